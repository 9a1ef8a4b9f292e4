#include <doctest/doctest.h>

#include "core/http/server_fixture.h"
#include "platform/simulated/simulation.h"
#include "proto/websocket_deflate.h"

using namespace parvis;
using namespace parvis::http;
using proto::masked_frame;
using proto::Opcode;
using proto::WebSocketEvent;
using simulated::Faults;
using simulated::Simulation;

namespace {

constexpr std::array<uint8_t, 4> mask = {9, 8, 7, 6};
constexpr const char* deflate_offer =
    "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n";
std::string text(std::string_view payload, bool final = true) {
  return masked_frame(Opcode::text, payload, mask, final);
}

struct World {
  Simulation simulation;
  simulated::Machine& house;
  simulated::Machine& outside;
  TestApplication* app = nullptr;
  Server* server = nullptr;

  explicit World(uint64_t seed = 1, Faults faults = {})
      : simulation(seed, faults),
        house(simulation.add_machine("10.0.0.1")),
        outside(simulation.add_machine("10.0.0.2")) {
    house.run([&](Env& env) {
      app = &house.keep(std::make_unique<TestApplication>(env));
      server = &house.keep(make_server(env, *app, {}, {}));
      spawn(server->serve(env.net.listen({"10.0.0.1", 80}).value()));
    });
  }
  /// Sends `wire` on a new WebSocket; gathers what comes back until the end: "text:a pong:b close:1000 ...".
  std::string say(std::string wire, std::string headers = "", bool read = true) {
    std::optional<std::string> out;
    outside.run([&](Env& env) { spawn(client(env, std::move(wire), std::move(headers), read, out)); });
    REQUIRE(simulation.run_until([&] { return out.has_value(); }, seconds_us(3600)));
    simulation.run_for(seconds_us(60));
    CHECK(server->counters().websockets == 0);
    CHECK(app->websockets == 0);
    return *out;
  }

 private:
  static Task<void> client(Env& env, std::string wire, std::string headers, bool read,
                           std::optional<std::string>& out) {
    auto socket = co_await TestSocket::open(env, {"10.0.0.1", 80}, std::move(headers));
    std::string log;
    if (!socket) {
      out = "no handshake";
      co_return;
    }
    (void)co_await socket->send(std::move(wire));
    while (read) {
      auto event = co_await socket->next();
      if (!event) break;
      if (!log.empty()) log += " ";
      log += describe(*event);
      // A silent peer is one that answers nothing at all.
      if (event->kind == WebSocketEvent::Kind::close && event->close_code != 1011) {
        (void)co_await socket->send(masked_frame(Opcode::close, proto::close_payload(1000, ""), mask));
      }
    }
    if (!read) co_await env.loop.sleep_for_us(seconds_us(100));
    out = log;
  }
  static std::string describe(const WebSocketEvent& event) {
    using Kind = WebSocketEvent::Kind;
    proto::MessageDeflate deflate;
    auto data = event.compressed ? deflate.inflate(event.data, 1 << 20).value() : event.data;
    if (data.size() > 40) data = std::to_string(data.size()) + (event.compressed ? "z" : "");
    switch (event.kind) {
      case Kind::text:
        return "text:" + data;
      case Kind::binary:
        return "binary:" + data;
      case Kind::ping:
        return "ping:" + data;
      case Kind::pong:
        return "pong:" + data;
      case Kind::close:
        return "close:" + std::to_string(event.close_code) + data;
      case Kind::need_more:
        break;
    }
    return "?";
  }
};

Faults splitting() {
  Faults faults;
  faults.split = 0.6;
  faults.spurious = 0.2;
  faults.window_bytes = 5000;
  return faults;
}

std::string goodbye() { return masked_frame(Opcode::close, proto::close_payload(1000, "fini"), mask); }

}  // namespace

TEST_CASE("messages go there and back, fragments and pings between them, however the bytes are cut") {
  auto wire = text("un") + text("de", false) + masked_frame(Opcode::ping, "p", mask) +
              masked_frame(Opcode::continuation, "ux", mask) +
              masked_frame(Opcode::binary, std::string(50'000, 'b'), mask) + text("") + goodbye();
  for (uint64_t seed = 1; seed <= 30; ++seed) {
    World world(seed, splitting());
    CAPTURE(seed);
    CHECK(world.say(wire) == "text:un pong:p text:deux binary:50000 text: close:1000");
    CHECK(world.app->websocket_end == "peer_closed");
    CHECK(!world.app->accounts.empty());
    CHECK(world.app->total.bytes_in > 50'000);
    CHECK(world.app->total.bytes_out > 50'000);
  }
}

TEST_CASE("messages that follow the handshake in the same packet are not lost") {
  World world;
  std::string handshake =
      "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: "
      "13\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
  std::optional<std::string> received;
  world.outside.run([&](Env& env) {
    spawn([](Env& e, std::string wire, std::optional<std::string>& out) -> Task<void> {
      out = co_await talk(e, {"10.0.0.1", 80}, std::move(wire));
    }(env, handshake + text("vite") + goodbye(), received));
  });
  REQUIRE(world.simulation.run_until([&] { return received.has_value(); }, seconds_us(100)));
  CHECK(received->find("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") != std::string::npos);
  CHECK(received->ends_with(std::string("\x81\x04vite\x88\x02\x03\xe8")));
}

TEST_CASE("compression is negotiated, used from a few hundred bytes, and accepted") {
  proto::MessageDeflate deflate;
  std::string message(2000, 'm');
  auto packed = deflate.compress(message);
  auto wire = text("court") + masked_frame(Opcode::text, packed, mask, true, true) + goodbye();
  World world;
  CHECK(world.say(wire, deflate_offer) == "text:court text:2000z close:1000");
  CHECK(world.say(text(message) + goodbye()) == "text:2000 close:1000");
  auto bomb = deflate.compress(std::string(3 << 20, 'x'));
  CHECK(world.say(masked_frame(Opcode::text, bomb, mask, true, true), deflate_offer) == "close:1009");
  CHECK(world.say(masked_frame(Opcode::text, deflate.compress("\xff" + message), mask, true, true),
                  deflate_offer) == "close:1007");
}

TEST_CASE("what breaks the protocol is told and ended") {
  World world;
  CHECK(world.say("\x81\x01x") == "close:1002");  // not masked
  CHECK(world.say(text("\xff")) == "close:1007");
  CHECK(world.app->websocket_end == "malformed");
  CHECK(world.say(masked_frame(Opcode::text, std::string((1 << 20) + 1, 'x'), mask)) == "close:1009");
  CHECK(world.app->websocket_end == "too_large");
  CHECK(world.say(masked_frame(Opcode::text, "x", mask, true, true)) == "close:1002");  // RSV1 not negotiated
}

TEST_CASE("the server's close waits for the peer's, but not for ever") {
  World world;
  CHECK(world.say(text("close please")) == "close:4000à vos ordres");
  CHECK(world.app->websocket_end == "peer_closed");
  CHECK(world.say(text("close please"), "", false) == "");
}

TEST_CASE("a silent peer is asked, then given up") {
  World world;
  auto start = world.simulation.now();
  CHECK(world.say("") == "ping:");  // our client does not answer pings
  CHECK(world.app->websocket_end == "timeout");
  CHECK((world.simulation.now() - start) / 1'000'000 < 45 * 2 + 70);
}

TEST_CASE("a reader too slow for what it is sent is closed with 1013, without unbounded memory") {
  World world;
  auto log = world.say(text("flood"));
  CHECK(log.ends_with("close:1013too slow"));
  CHECK(log.size() < 1000);
  CHECK(world.say(text("flood"), "", false) == "");  // never reads: cut by the write timeout
}

TEST_CASE("a peer that vanishes ends the handler") {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    World world(seed);
    world.outside.run([](Env& env) {
      spawn([](Env& e) -> Task<void> {
        auto socket = co_await TestSocket::open(e, {"10.0.0.1", 80});
        co_await e.loop.sleep_for_us(seconds_us(500));
      }(env));
    });
    world.simulation.run_for(seconds_us(2));
    CHECK(world.app->websockets == 1);
    world.outside.crash();
    world.simulation.run_for(seconds_us(120));
    CHECK(world.app->websockets == 0);
  }
}

TEST_CASE("stopping closes WebSockets with 1012") {
  World world;
  std::optional<std::string> log;
  bool stopped = false;
  world.outside.run([&](Env& env) {
    spawn([](Env& e, std::optional<std::string>& out) -> Task<void> {
      auto socket = co_await TestSocket::open(e, {"10.0.0.1", 80});
      auto event = co_await socket->next();
      out = event ? std::to_string(event->close_code) : "lost";
      (void)co_await socket->send(goodbye());
      while (co_await socket->next()) {
      }
    }(env, log));
  });
  world.simulation.run_for(seconds_us(1));
  world.house.run([&](Env& env) {
    spawn([](Env& e, Server& server, bool& done) -> Task<void> {
      co_await server.stop(e.loop.now() + seconds_us(20));
      done = true;
    }(env, *world.server, stopped));
  });
  REQUIRE(world.simulation.run_until([&] { return stopped && log; }, seconds_us(19)));
  CHECK(*log == "1012");
  CHECK(world.app->websockets == 0);
}
