#include "platform/net.h"

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "platform/diversion.h"
#include "platform/env.h"
#include "platform/log.h"
#include "platform/run_task.h"

namespace parvis {
namespace {

Task<Result<std::string>> read_until_closed(Stream& stream, Loop& loop) {
  std::string all;
  for (;;) {
    CO_TRY(co_await stream.readable(loop.now() + seconds_us(10)));
    uint8_t buffer[4096];
    auto count = stream.try_read(buffer);
    if (!count && count.error().is(Stream::closed)) co_return all;
    if (!count) co_return std::unexpected(count.error());
    all.append(reinterpret_cast<char*>(buffer), *count);
  }
}

struct Pair {
  std::unique_ptr<Stream> client, server;
};

Task<Result<Pair>> connected_pair(Env& env, Listener& listener) {
  auto client = CO_TRY(co_await env.net.connect(listener.address(), env.loop.now() + seconds_us(10)));
  auto server = CO_TRY(co_await listener.accept());
  co_return Pair{std::move(client), std::move(server)};
}

struct Fixture {
  std::unique_ptr<Env, void (*)(Env*)> env = make_system_env();
  std::unique_ptr<Listener> listener = env->net.listen({"127.0.0.1", 0}).value();
  Pair pair = run_task(env->loop, connected_pair(*env, *listener)).value();
  Stream& client = *pair.client;
  Stream& server = *pair.server;
};

TEST_CASE("a listener hands over what begins otherwise, unread and alive; the rest it serves itself") {
  auto env = make_system_env();
  auto listener = env->net.listen({"127.0.0.1", 0}).value();
  int taken = -1;
  divert(*listener,
         {.takes = [](uint8_t first) { return first < 9; }, .take = [&](int one) { taken = one; }});
  auto serve = [&](std::string_view text) -> Task<Result<std::string>> {
    auto pair = CO_TRY(co_await connected_pair(*env, *listener));
    CO_TRY(co_await pair.client->write_all(text, env->loop, seconds_us(10)));
    CO_TRY(co_await pair.server->readable(env->loop.now() + seconds_us(10)));
    uint8_t buffer[16];
    auto count = CO_TRY(pair.server->try_read(buffer));
    co_return std::string(reinterpret_cast<char*>(buffer), count);
  };
  CHECK(run_task(env->loop, serve("GET")).value() == "GET");
  CHECK(taken == -1);
  auto other = [&]() -> Task<Result<std::string>> {
    auto pair = CO_TRY(co_await connected_pair(*env, *listener));
    CO_TRY(co_await pair.client->write_all(std::string_view("\x01media"), env->loop, seconds_us(10)));
    auto seen = co_await pair.server->readable(env->loop.now() + seconds_us(10));
    CHECK_FALSE(seen.has_value());
    pair.server->abort();  // as a server does with what failed
    pair.server.reset();
    char buffer[16];
    CHECK(::recv(taken, buffer, sizeof buffer, MSG_DONTWAIT) == 6);
    CHECK(::send(taken, "answer", 6, 0) == 6);
    CO_TRY(co_await pair.client->readable(env->loop.now() + seconds_us(10)));
    uint8_t answer[16];
    auto count = CO_TRY(pair.client->try_read(answer));
    ::close(taken);
    co_return std::string(reinterpret_cast<char*>(answer), count);
  };
  CHECK(run_task(env->loop, other()).value() == "answer");
}

TEST_CASE_FIXTURE(Fixture, "bytes arrive whole and in order through backpressure, then the end is seen") {
  std::string sent(8 << 20, 'x');
  for (size_t i = 0; i < sent.size(); i += 97) sent[i] = static_cast<char>('a' + i % 26);
  CHECK_EQ(server.peer().host, "127.0.0.1");
  CHECK_FALSE(server.encrypted());
  spawn([](Stream& to, Loop& loop, const std::string& bytes) -> Task<void> {
    iovec parts[] = {{const_cast<char*>(bytes.data()), 5},
                     {nullptr, 0},
                     {const_cast<char*>(bytes.data() + 5), bytes.size() - 5}};
    auto written = co_await to.write_all(parts, loop, seconds_us(10));
    CHECK(written.has_value());
    to.shutdown_write();
  }(server, env->loop, sent));
  auto received = run_task(env->loop, read_until_closed(client, env->loop));
  REQUIRE(received.has_value());
  CHECK(*received == sent);
}

TEST_CASE_FIXTURE(Fixture, "the other direction still works after a half-close") {
  client.shutdown_write();
  auto end = run_task(env->loop, read_until_closed(server, env->loop));
  CHECK(end.has_value());
  CHECK(run_task(env->loop, server.write_all("late answer", env->loop, seconds_us(1))).has_value());
  server.shutdown_write();
  CHECK_EQ(run_task(env->loop, read_until_closed(client, env->loop)).value(), "late answer");
}

TEST_CASE_FIXTURE(Fixture, "waiting to read stops at the deadline and can be tried again") {
  for (int i = 0; i < 2; ++i) {
    auto outcome = run_task(env->loop, server.readable(env->loop.now() + millis_us(2)));
    CHECK(outcome.error().is(reasons::timeout));
  }
  CHECK(run_task(env->loop, client.write_all("x", env->loop, seconds_us(1))).has_value());
  CHECK(run_task(env->loop, server.readable(env->loop.now() + seconds_us(10))).has_value());
}

TEST_CASE_FIXTURE(Fixture, "a reader too slow is cut by the write timeout") {
  std::string large(32 << 20, 'x');
  auto outcome = run_task(env->loop, server.write_all(large, env->loop, millis_us(5)));
  CHECK(outcome.error().is(reasons::timeout));
}

TEST_CASE_FIXTURE(Fixture, "abort wakes who waits with cancelled, and everything after fails") {
  env->loop.post([this] { server.abort(); });
  auto outcome = run_task(env->loop, server.readable({INT64_MAX}));
  CHECK(outcome.error().is(reasons::cancelled));
  uint8_t buffer[8];
  CHECK(server.try_read(buffer).error().is(reasons::cancelled));
  iovec part{buffer, 1};
  CHECK(server.try_write({&part, 1}).error().is(reasons::cancelled));
  auto end = run_task(env->loop, read_until_closed(client, env->loop));
  CHECK((end.has_value() || end.error().is(reasons::cancelled)));
}

TEST_CASE_FIXTURE(Fixture, "a closed listener ends accept") {
  env->loop.post([this] { listener->close(); });
  CHECK(run_task(env->loop, listener->accept()).error().is(reasons::cancelled));
  CHECK(run_task(env->loop, listener->accept()).error().is(reasons::cancelled));
}

TEST_CASE_FIXTURE(Fixture, "files are sent from their offset; a file cut short is an error") {
  std::string path = "net_test.tmp";
  auto file = env->fs.create(path).value();
  REQUIRE(file->write_at(0, as_bytes("0123456789")).has_value());
  CHECK_EQ(server.try_send_file(file->descriptor(), 3, 5).value(), 5);
  CHECK(server.try_send_file(file->descriptor(), 10, 5).error().is(reasons::corrupt));
  server.shutdown_write();
  CHECK_EQ(run_task(env->loop, read_until_closed(client, env->loop)).value(), "34567");
  CHECK(env->fs.remove(path).has_value());
}

TEST_CASE("refused addresses and ports are errors that say which") {
  auto env = make_system_env();
  CHECK(env->net.listen({"localhost", 0}).error().is(reasons::malformed));
  auto taken = env->net.listen({"::1", 0}).value();
  CHECK_EQ(taken->address().host, "::1");
  CHECK(env->net.listen(taken->address()).error().is(reasons::unavailable));
  Address gone = taken->address();
  taken.reset();
  auto outcome = run_task(env->loop, env->net.connect(gone, env->loop.now() + seconds_us(5)));
  CHECK(outcome.error().is(reasons::unavailable));
}

TEST_CASE("a peer that reaches IPv6 with an IPv4 address has an IPv4 address") {
  auto env = make_system_env();
  auto listener = env->net.listen({"::", 0}).value();
  Address v4{"127.0.0.1", listener->address().port};
  auto connect_and_accept = [](Env& on, Listener& from, Address to) -> Task<Result<std::string>> {
    auto client = CO_TRY(co_await on.net.connect(to, on.loop.now() + seconds_us(5)));
    auto server = CO_TRY(co_await from.accept());
    co_return server->peer().host;
  };
  CHECK_EQ(run_task(env->loop, connect_and_accept(*env, *listener, v4)).value(), "127.0.0.1");
}

TEST_CASE("local sockets: a path as host") {
  auto env = make_system_env();
  Address path{"/tmp/parvis_net_test.sock", 0};
  auto listener = env->net.listen(path).value();
  auto pair = run_task(env->loop, connected_pair(*env, *listener));
  REQUIRE(pair.has_value());
  CHECK_EQ(pair->server->peer().host, "unix");
  CHECK(env->fs.remove(path.host).has_value());
}

TEST_CASE("out of descriptors, accept waits and goes on once some are free") {
  auto env = make_system_env();
  set_log_sink(nullptr);
  auto listener = env->net.listen({"127.0.0.1", 0}).value();
  auto first =
      run_task(env->loop, env->net.connect(listener->address(), env->loop.now() + seconds_us(5))).value();
  rlimit before, none;
  getrlimit(RLIMIT_NOFILE, &before);
  none = before;
  none.rlim_cur = 0;
  setrlimit(RLIMIT_NOFILE, &none);
  env->loop.call_at(env->loop.now() + millis_us(20), [&] { setrlimit(RLIMIT_NOFILE, &before); });
  CHECK(run_task(env->loop, listener->accept()).has_value());
  set_log_sink(write_log_to_stderr);
}

}  // namespace
}  // namespace parvis
