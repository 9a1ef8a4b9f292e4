#include <doctest/doctest.h>

#include "engine/livekit/messages.h"
#include "engine/livekit/server.h"

namespace parvis::livekit {
namespace {

struct Socket final : Connection {
  std::vector<wire::SignalResponse> received;
  void send(ByteView frame) override {
    REQUIRE(received.emplace_back().ParseFromArray(frame.data(), static_cast<int>(frame.size())));
  }
  void close(std::string_view) override {}
  std::string offer() const {
    for (auto one = received.rbegin(); one != received.rend(); ++one) {
      if (one->has_offer()) return one->offer().sdp();
    }
    return {};
  }
};

struct At {
  std::unique_ptr<Env, void (*)(Env*)> env = make_system_env();
  Observer observer;
  std::unique_ptr<Server> server;
  explicit At(sfu::Configuration::Tcp tcp = sfu::Configuration::Tcp::own_port) {
    ServerConfiguration configuration;
    configuration.media.bind_host = "127.0.0.1";
    configuration.media.tcp = tcp;
    server = std::move(*Server::start(configuration, *env, observer));
  }
  /// With two connections: the server offers at once, and its addresses are seen.
  std::unique_ptr<Session> join(Socket& socket, const std::string& identity) {
    JoinQuery query{.single_connection = false, .join_request = {}, .parameters = {}};
    Grant grant{.room = "salle",
                .identity = identity,
                .name = identity,
                .metadata = {},
                .attributes = {},
                .permission = {}};
    return server->join(query, grant, socket);
  }
};

void say(Session& session, const wire::SignalRequest& request) {
  auto text = request.SerializeAsString();
  session.receive(as_bytes(text));
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("clients are told where they reach the server, over UDP and over TCP") {
  At at;
  Socket socket;
  auto session = at.join(socket, "ada");
  REQUIRE(at.server->tcp_ports().size() == 1);
  CHECK(at.server->tcp_ports() == at.server->udp_ports());
  std::string port = std::to_string(at.server->udp_ports()[0]);
  CHECK(has(socket.offer(), "1 udp 2130706431 127.0.0.1 " + port + " typ host\r\n"));
  CHECK(has(socket.offer(), "1 tcp 1671430143 127.0.0.1 " + port + " typ host tcptype passive\r\n"));
  At off(sfu::Configuration::Tcp::off);
  Socket other;
  auto udp = off.join(other, "ada");
  CHECK(has(other.offer(), " udp "));
  CHECK_FALSE(has(other.offer(), " tcp "));
}

TEST_CASE("who asks for TCP gets nothing else when it comes again; others are not concerned") {
  At at;
  Socket first, again, other;
  auto session = at.join(first, "ada");
  wire::SignalRequest wish;
  wish.mutable_simulate()->set_switch_candidate_protocol(wire::TCP);
  say(*session, wish);
  session = at.join(again, "ada");
  CHECK(has(again.offer(), " tcp "));
  CHECK_FALSE(has(again.offer(), " udp "));
  auto bruno = at.join(other, "bruno");
  CHECK(has(other.offer(), " udp "));
}

TEST_CASE("a socket that asks for too much is read later, and nothing it said is lost") {
  At at;
  Socket busy, quiet;
  auto one = at.join(busy, "ada"), two = at.join(quiet, "bruno");
  size_t before = busy.received.size();
  wire::SignalRequest ping;
  ping.mutable_ping_req()->set_timestamp(1);
  for (int i = 0; i < 400; ++i) {
    say(*one, ping);
    CHECK(one->pause_us() == 0);
  }
  for (int i = 0; i < 10'000; ++i) say(*one, ping);
  CHECK(one->pause_us() > seconds_us(90));  // at 100 a second
  CHECK(busy.received.size() == before + 10'400);
  say(*two, ping);
  CHECK(two->pause_us() == 0);
  // What everybody is told of, and large messages, weigh more.
  wire::SignalRequest name;
  name.mutable_update_metadata()->set_metadata(std::string(60'000, 'x'));
  for (int i = 0; i < 60; ++i) say(*two, name);
  CHECK(two->pause_us() > 0);
  std::string garbage(10, '\xff');
  for (int i = 0; i < 600; ++i) two->receive(as_bytes(garbage));
  CHECK(two->pause_us() > seconds_us(5));
}

}  // namespace parvis::livekit
