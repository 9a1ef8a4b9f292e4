// The whole server in a simulated world, fed raw bytes: it ends every connection, leaves no handler behind,
// and what it says is HTTP. The first two bytes choose the network's faults.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "core/http/router.h"
#include "core/http/server.h"
#include "platform/simulated/simulation.h"

using namespace parvis;
using namespace parvis::http;

namespace {

Task<void> echo_messages(std::unique_ptr<WebSocket> socket) {
  while (true) {
    auto message = co_await socket->receive();
    if (!message) co_return;
    socket->send(message->data, message->binary);
  }
}

class FuzzApplication final : public Application {
 public:
  Task<Response> handle(Request& request) override {
    ++running;
    auto response = co_await answer(request);
    --running;
    co_return response;
  }
  uint64_t max_body_bytes(const Request&) override { return 5000; }
  void account(const Request&, const Traffic&) override {}
  Response error(const Request*, const Error& error) override {
    return Response::text(std::string(error.reason->id));
  }
  int running = 0;

 private:
  Task<Response> answer(Request& request) {
    if (request.path == "/ws") {
      Response response;
      response.upgrade = echo_messages;
      co_return response;
    }
    if (request.path == "/ignore") co_return Response::text("ignored");
    auto text = co_await request.read_text(6000);
    if (!text) co_return Response::text(std::string(text.error().reason->id), 400);
    co_return Response::text(std::move(*text));
  }
};

Task<void> client(Env& env, std::string wire, std::string& received, bool& done) {
  auto stream = co_await env.net.connect({"10.0.0.1", 80}, env.loop.now() + seconds_us(60));
  if (stream) {
    (void)co_await (*stream)->write_all(wire, env.loop, seconds_us(60));
    while (co_await (*stream)->readable(env.loop.now() + seconds_us(300))) {
      std::array<uint8_t, 4096> buffer;
      auto count = (*stream)->try_read(buffer);
      if (!count) break;
      received.append(as_text(std::span(buffer).first(*count)));
    }
  }
  done = true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  simulated::Faults faults;
  faults.split = (data[0] & 15) / 20.0;
  faults.spurious = (data[0] >> 4) / 40.0;
  simulated::Simulation simulation(data[1], faults);
  auto& house = simulation.add_machine("10.0.0.1");
  auto& outside = simulation.add_machine("10.0.0.2");
  FuzzApplication application;
  std::string received;
  bool done = false;
  house.run([&](Env& env) {
    auto& server = house.keep(make_server(env, application, {}, {{"10.0.0.0/8"}}));
    spawn(server.serve(env.net.listen({"10.0.0.1", 80}).value()));
  });
  outside.run(
      [&](Env& env) { spawn(client(env, std::string(as_text({data + 2, size - 2})), received, done)); });
  CHECK(simulation.run_until([&] { return done; }, seconds_us(3600)));
  simulation.run_for(seconds_us(300));
  CHECK(application.running == 0);
  CHECK(received.empty() || std::string("HTTP/1.1 ").starts_with(received.substr(0, 9)));
  return 0;
}
