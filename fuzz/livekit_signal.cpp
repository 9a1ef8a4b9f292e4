// What a participant's socket brings: protobuf and session descriptions. Frames are preceded by their length
// (2 bytes).
#include <cstdlib>

#include "engine/livekit/messages.h"
#include "engine/livekit/server.h"

namespace rooms = parvis::livekit;
using namespace parvis;

namespace {

struct Socket final : rooms::Connection {
  void send(ByteView) override {}
  void close(std::string_view) override {}
};

struct World {
  std::unique_ptr<Env, void (*)(Env*)> env = make_system_env();
  rooms::Observer observer;
  std::unique_ptr<rooms::Server> server;
  rooms::JoinQuery query;
  World() {
    rooms::ServerConfiguration configuration;
    configuration.media.bind_host = "127.0.0.1";
    auto started = rooms::Server::start(configuration, *env, observer);
    if (!started) std::abort();
    server = std::move(*started);
    rooms::wire::WrappedJoinRequest wrapped;
    query.join_request = to_base64(as_bytes(wrapped.SerializeAsString()), Base64::url_unpadded);
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static World world;
  rooms::Grant grant{
      .room = "r", .identity = "a", .name = {}, .metadata = {}, .attributes = {}, .permission = {}};
  Socket one, two;
  auto first = world.server->join(world.query, grant, one);
  grant.identity = "b";
  auto second = world.server->join(world.query, grant, two);
  for (size_t at = 0; at + 2 <= size;) {
    size_t length = std::min<size_t>(size_t{data[at]} << 8 | data[at + 1], size - at - 2);
    first->receive({data + at + 2, length});
    at += 2 + length;
  }
  first.reset();
  second.reset();
  (void)world.server->delete_room("r");
  return 0;
}
