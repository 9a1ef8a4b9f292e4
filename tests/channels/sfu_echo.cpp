// One transport of the forwarding unit on 127.0.0.1, whose data channels echo. Reads the client's offer from
// the file that is named, prints the answer, a line "END", then what happens, until the transport is gone. On
// each client it opens "from-engine"; a text "all" is sent on that channel by label.
#include <fstream>
#include <iterator>

#include "base/bytes.h"
#include "engine/sfu/sdp.h"
#include "engine/sfu/sfu.h"

using namespace parvis;
using namespace parvis::sfu;

namespace {

struct Echo final : Events {
  Loop& loop;
  Engine* engine = nullptr;
  explicit Echo(Loop& owner) : loop(owner) {}
  void say(const std::string& line) {
    std::printf("%s\n", line.c_str());
    std::fflush(stdout);
  }
  void on_state(TransportId, State state, CloseReason) override {
    say("state " + std::to_string(static_cast<int>(state)));
    if (state == State::failed || state == State::closed) loop.stop();
  }
  void on_data_channel(TransportId, DataChannel channel) override {
    say("opened " + channel.label + (channel.ordered ? " ordered" : " unordered") +
        (channel.reliable ? " reliable" : " lossy"));
  }
  void on_data_channel_closed(TransportId, uint16_t stream) override {
    say("closed " + std::to_string(stream));
  }
  void on_message(TransportId transport, uint16_t stream, bool binary, Bytes message) override {
    if (!binary && as_text(message) == "all") {
      engine->send_message({transport}, "from-engine", false, message);
    } else if (!engine->send_message(transport, stream, binary, message)) {
      say("refused " + std::to_string(message.size()));
    }
  }
};

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) return 2;
  std::ifstream file(arguments[1]);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  auto offer = sdp::parse(text);
  if (!offer) return 1;
  auto env = make_system_env();
  Echo echo(env->loop);
  auto post = [&](Callback callback) { env->loop.post_from_any_thread(std::move(callback)); };
  auto engine = Engine::start({.bind_host = "127.0.0.1"}, env->random, post, echo);
  if (!engine) return 1;
  echo.engine = engine->get();
  auto local = echo.engine->create_transport({});
  auto remote = sdp::remote_transport(*offer);
  if (!local || !remote || !echo.engine->set_remote(local->id, *remote)) return 1;
  echo.engine->open_data_channel(local->id, {.label = "from-engine"});
  sdp::Description answer;
  for (const auto& section : offer->sections) answer.sections.push_back(sdp::answer(section));
  sdp::set_transport(answer, *local);
  std::printf("%sEND\n", sdp::write(answer).c_str());
  std::fflush(stdout);
  env->loop.run();
  return 0;
}
