#include <doctest/doctest.h>

#include <functional>
#include <optional>

#include "engine/sfu/sfu.h"
#include "engine/sfu/stun.h"
#include "platform/udp_batch.h"

namespace parvis::sfu {
namespace {

/// Sends one check from a media thread of its own and tells the answer's type.
struct Checker final : DatagramReceiver {
  std::unique_ptr<MediaThread> thread = *open_media_thread("client", {"127.0.0.1", 0});
  std::function<void(Bytes)> answered;
  std::optional<Monotonic> arrived;
  int64_t waited_us = -1;
  void on_arrival(Monotonic at) override { arrived = at; }
  void on_datagram(const Peer&, std::span<uint8_t> bytes, Monotonic) override {
    if (arrived) waited_us = make_system_env()->loop.now() - *arrived;
    answered(Bytes(bytes.begin(), bytes.end()));
  }
  void on_batch_end(Monotonic) override {}
};

TEST_CASE("over a real socket: a client's check is answered, closing is told, bounds hold") {
  auto env = make_system_env();
  Configuration configuration{.bind_host = "127.0.0.1", .loops = 2};
  configuration.limits.transports = 1;
  struct Closed final : Events {
    Loop* loop = nullptr;
    State last = State::connecting;
    void on_state(TransportId, State state, CloseReason) override {
      last = state;
      loop->stop();
    }
  } events;
  events.loop = &env->loop;
  auto post = [&](Callback callback) { env->loop.post_from_any_thread(std::move(callback)); };
  auto engine = Engine::start(configuration, env->random, post, events);
  REQUIRE(engine);
  CHECK((*engine)->udp_ports().size() == 2);
  CHECK((*engine)->share_thread(7, 7));
  size_t together = 0;
  for (uint64_t group = 1; group <= 100; ++group) together += (*engine)->share_thread(7, group);
  CHECK(together > 20);
  CHECK(together < 80);
  auto local = (*engine)->create_transport({.group = 7});
  REQUIRE(local);
  CHECK_FALSE((*engine)->create_transport({}));
  CHECK_FALSE((*engine)->set_remote(local->id, {"u", "p", "sha-1 00"}));

  CHECK_FALSE((*engine)->send_message(local->id, 1, true, Bytes(1)));  // no such channel

  Checker checker;
  Bytes answer;
  checker.answered = [&](Bytes bytes) {
    post([&, bytes = std::move(bytes)] {
      answer = bytes;
      env->loop.stop();
    });
  };
  Peer server;
  server.ip = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 0, 0, 1};
  server.port = local->candidates.at(0).port;
  // Like a client, it asks again: the first check may come before the thread knows the transport.
  std::function<void()> check = [&] {
    std::array<uint8_t, 12> transaction{9};
    auto space = checker.thread->sender().space();
    size_t length = write_stun_request(space, transaction, local->ice_ufrag + ":x", local->ice_pwd);
    checker.thread->sender().push(server, length);
    checker.thread->sender().flush();
    checker.thread->loop().call_at(checker.thread->loop().now() + 50'000, check);
  };
  checker.thread->post(check);
  checker.thread->run(checker);
  env->loop.run();
  REQUIRE(answer.size() > 20);
  CHECK(checker.waited_us >= 0);  // the kernel's clock was told, in terms of the loop's
  CHECK(checker.waited_us < 1'100'000);
  CHECK(answer[0] == 1);
  CHECK(answer[8] == 9);

  (*engine)->close_transport(local->id);
  env->loop.run();
  CHECK(events.last == State::closed);
  CHECK((*engine)->create_transport({}));
  checker.thread.reset();
}

Task<void> check_over_tcp(Env& env, uint16_t port, LocalTransport local, Bytes& answer) {
  auto stream = co_await env.net.connect({"127.0.0.1", port}, env.loop.now() + seconds_us(5));
  REQUIRE(stream);
  std::array<uint8_t, 12> transaction{7};
  Bytes frame(256);
  size_t length =
      write_stun_request(std::span(frame).subspan(2), transaction, local.ice_ufrag + ":x", local.ice_pwd);
  frame.resize(2 + length);
  frame[1] = static_cast<uint8_t>(length);
  while (answer.size() < 22) {
    // Like a client, it asks again.
    REQUIRE(co_await (*stream)->write_all(as_text(frame), env.loop, seconds_us(5)));
    auto some = co_await (*stream)->readable(env.loop.now() + 50'000);
    std::array<uint8_t, 512> bytes;
    auto count = some ? (*stream)->try_read(bytes) : Result<size_t>(0);
    REQUIRE(count);
    answer.insert(answer.end(), bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(*count));
  }
  env.loop.stop();
}

TEST_CASE("a check over TCP is answered in a frame, on the number that UDP has") {
  auto env = make_system_env();
  Events events;
  auto post = [&](Callback callback) { env->loop.post_from_any_thread(std::move(callback)); };
  auto engine = Engine::start({.bind_host = "127.0.0.1"}, env->random, post, events);
  REQUIRE(engine);
  CHECK((*engine)->tcp_ports() == (*engine)->udp_ports());
  auto local = (*engine)->create_transport({.group = 7});
  REQUIRE(local->candidates.size() == 2);
  CHECK_FALSE(local->candidates[0].tcp);
  CHECK(local->candidates[1].tcp);
  CHECK(local->candidates[1].priority < local->candidates[0].priority);
  CHECK((*engine)->create_transport({.group = 7, .tcp_only = true})->candidates.size() == 1);
  Bytes answer;
  spawn(check_over_tcp(*env, local->candidates[1].port, *local, answer));
  env->loop.run();
  CHECK((answer[0] << 8 | answer[1]) > 20);
  CHECK(answer[2] == 1);
  CHECK(answer[10] == 7);
  EngineStats seen;
  (*engine)->engine_stats([&](EngineStats stats) {
    seen = stats;
    env->loop.stop();
  });
  env->loop.run();
  CHECK(seen.dropped_queue == 0);
  auto off =
      Engine::start({.bind_host = "127.0.0.1", .tcp = Configuration::Tcp::off}, env->random, post, events);
  CHECK((*off)->create_transport({})->candidates.size() == 1);
}

TEST_CASE("what the engine cannot bind or serve is an error") {
  auto env = make_system_env();
  Events events;
  auto post = [](Callback) {};
  CHECK_FALSE(Engine::start({.bind_host = "example"}, env->random, post, events));
  CHECK_FALSE(Engine::start({.bind_host = "127.0.0.1", .loops = 17}, env->random, post, events));
  Configuration shared{
      .bind_host = "127.0.0.1", .tcp = Configuration::Tcp::adopted, .tcp_port = 443, .loops = 2};
  CHECK_FALSE(Engine::start(shared, env->random, post, events));
}

}  // namespace
}  // namespace parvis::sfu
