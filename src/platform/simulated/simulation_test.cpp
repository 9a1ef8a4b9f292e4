#include "platform/simulated/simulation.h"

#include <doctest/doctest.h>

#include "platform/buggify.h"
#include "platform/run_task.h"
#include "platform/simulated/disk.h"

namespace parvis::simulated {
namespace {

Task<Result<std::string>> read_until_closed(Stream& stream, Loop& loop) {
  std::string all;
  for (;;) {
    CO_TRY(co_await stream.readable(loop.now() + seconds_us(600)));
    uint8_t buffer[700];
    auto count = stream.try_read(buffer);
    if (!count && count.error().is(Stream::closed)) co_return all;
    if (!count) co_return std::unexpected(count.error());
    all.append(reinterpret_cast<char*>(buffer), *count);
  }
}

struct Transfer {
  std::string received;
  bool sent = false, ended = false, failed = false;
};

Task<void> serve_one(Env& env, std::string bytes, Transfer& transfer) {
  auto listener = env.net.listen({"0.0.0.0", 80}).value();
  auto stream = co_await listener->accept();
  if (!stream) co_return;
  auto written = co_await (*stream)->write_all(bytes, env.loop, seconds_us(600));
  transfer.failed |= !written;
  transfer.sent = true;
  (*stream)->shutdown_write();
  uint8_t byte;
  while (written && (co_await (*stream)->readable({INT64_MAX})) && (*stream)->try_read({&byte, 1})) {
  }
}

Task<void> fetch_one(Env& env, Transfer& transfer) {
  Result<std::unique_ptr<Stream>> stream = fail(reasons::timeout);
  while (!stream) stream = co_await env.net.connect({"10.0.0.1", 80}, env.loop.now() + seconds_us(20));
  auto all = co_await read_until_closed(**stream, env.loop);
  transfer.failed |= !all;
  if (all) transfer.received = *all;
  transfer.ended = true;
}

uint64_t run_transfer(uint64_t seed, Transfer& transfer, const std::string& bytes) {
  Simulation simulation(seed);
  Machine& server = simulation.add_machine("10.0.0.1");
  Machine& client = simulation.add_machine("10.0.0.2");
  server.run([&](Env& env) { spawn(serve_one(env, bytes, transfer)); });
  client.run([&](Env& env) { spawn(fetch_one(env, transfer)); });
  CHECK(simulation.run_until([&] { return transfer.ended; }, seconds_us(100'000)));
  return simulation.trace_hash();
}

TEST_CASE("bytes arrive whole and in order under every mixture of faults; runs replay bit by bit") {
  std::string bytes;
  for (int i = 0; i < 5'000; ++i) bytes += static_cast<char>('a' + i % 26);
  int resets = 0;
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    Transfer first, second;
    uint64_t hash = run_transfer(seed, first, bytes);
    CHECK_EQ(run_transfer(seed, second, bytes), hash);
    if (first.failed) {
      ++resets;
    } else {
      CHECK(first.received == bytes);
    }
  }
  CHECK_LT(resets, 45);
  CHECK_GT(resets, 0);
}

TEST_CASE("virtual time: an hour of sleep costs nothing") {
  Simulation simulation(1);
  Machine& machine = simulation.add_machine("10.0.0.1");
  Monotonic start = simulation.now();
  run_task(machine.env().loop, [](Loop& loop) -> Task<void> {
    co_await loop.sleep_for_us(seconds_us(3'600));
  }(machine.env().loop));
  CHECK_GE(simulation.now() - start, seconds_us(3'600));
}

TEST_CASE("a partition holds bytes back until it heals; connecting across it times out") {
  Simulation simulation(3, Faults::calm());
  Machine& a = simulation.add_machine("10.0.0.1");
  Machine& b = simulation.add_machine("10.0.0.2");
  simulation.set_partition(a, b, true);
  a.run([](Env& env) {
    static std::unique_ptr<Listener> listener;
    listener = env.net.listen({"0.0.0.0", 80}).value();
    env.loop.call_at(env.loop.now() + seconds_us(60), [] { listener.reset(); });
  });
  Env& env = b.env();
  auto cut = run_task(env.loop, env.net.connect({"10.0.0.1", 80}, env.loop.now() + seconds_us(5)));
  CHECK(cut.error().is(reasons::timeout));
  simulation.set_partition(a, b, false);
  CHECK(run_task(env.loop, env.net.connect({"10.0.0.1", 80}, env.loop.now() + seconds_us(5))).has_value());
  CHECK(run_task(env.loop, env.net.connect({"10.0.0.1", 81}, env.loop.now() + seconds_us(5)))
            .error()
            .is(reasons::unavailable));
  simulation.run_for(seconds_us(100));
}

TEST_CASE("a crash ends a machine's tasks and connections; its peer learns it when it writes") {
  Simulation simulation(5, Faults::calm());
  Machine& server = simulation.add_machine("10.0.0.1");
  Machine& client = simulation.add_machine("10.0.0.2");
  auto alive = std::make_shared<int>(1);
  server.run([&](Env& env) {
    spawn([](Env& on, std::shared_ptr<int>) -> Task<void> {
      auto listener = on.net.listen({"0.0.0.0", 80}).value();
      auto stream = co_await listener->accept();
      co_await (*stream)->readable({INT64_MAX});
    }(env, alive));
  });
  std::string outcome;
  client.run([&](Env& env) {
    spawn([](Env& on, std::string& out) -> Task<void> {
      auto stream = (co_await on.net.connect({"10.0.0.1", 80}, on.loop.now() + seconds_us(5))).value();
      co_await on.loop.sleep_for_us(seconds_us(2));
      for (;;) {
        auto written = co_await stream->write_all("hello", on.loop, seconds_us(5));
        co_await on.loop.sleep_for_us(seconds_us(1));
        if (!written) break;
      }
      out = "noticed";
    }(env, outcome));
  });
  simulation.run_for(seconds_us(1));
  CHECK_EQ(alive.use_count(), 2);
  server.crash();
  CHECK_EQ(alive.use_count(), 1);
  CHECK(simulation.run_until([&] { return !outcome.empty(); }, seconds_us(20)));
}

TEST_CASE("executors take virtual time, keep their bounds and die with their machine") {
  Simulation simulation(7, Faults::calm());
  Machine& machine = simulation.add_machine("10.0.0.1");
  int done = 0, refused = 0;
  machine.run([&](Env& env) {
    for (int i = 0; i < 40; ++i) {
      if (!env.cpu.submit([] {}, [&] { ++done; })) ++refused;
    }
  });
  CHECK_EQ(refused, 23);  // one runs, sixteen wait
  simulation.run_for(seconds_us(1));
  CHECK_EQ(done, 17);
  machine.run([&](Env& env) { env.cpu.submit([&] { done = 99; }, [] {}); });
  machine.crash();
  simulation.run_for(seconds_us(1));
  CHECK_EQ(done, 17);
}

TEST_CASE("BUGGIFY never fires outside a simulation and does in some runs inside") {
  CHECK_FALSE(BUGGIFY("test.site"));
  int runs_with = 0;
  for (uint64_t seed = 0; seed < 60; ++seed) {
    Simulation simulation(seed, Faults::calm());
    bool fired = false;
    for (int i = 0; i < 200; ++i) fired |= BUGGIFY("test.site");
    runs_with += fired;
  }
  CHECK_GT(runs_with, 5);
  CHECK_LT(runs_with, 30);
  CHECK_GT(buggify_sites().at("test.site").fired, 0);
  CHECK_FALSE(BUGGIFY("test.site"));
}

TEST_CASE("the disk keeps what was synced, and only chance keeps the rest") {
  int kept_unsynced = 0;
  for (uint64_t seed = 0; seed < 40; ++seed) {
    Simulation simulation(seed, Faults::calm());
    Machine& machine = simulation.add_machine("10.0.0.1");
    Fs& fs = machine.env().fs;
    REQUIRE(fs.make_directories("/data").has_value());
    {
      auto file = fs.create("/data/new").value();
      REQUIRE(file->write_at(0, as_bytes(std::string(2'000, 's'))).has_value());
      REQUIRE(file->sync().has_value());
      REQUIRE(fs.rename("/data/new", "/data/file").has_value());
      REQUIRE(file->write_at(1'000, as_bytes(std::string(1'000, 'u'))).has_value());
    }
    machine.crash();
    auto file = machine.env().fs.open("/data/file").value();
    std::string content(2'000, 0);
    CHECK_EQ(file->read_at(0, {reinterpret_cast<uint8_t*>(content.data()), content.size()}).value(), 2'000);
    CHECK_EQ(content.substr(0, 512), std::string(512, 's'));
    CHECK_EQ(content.find_first_not_of("su"), std::string::npos);
    kept_unsynced += content.find('u') != std::string::npos;
  }
  CHECK_GT(kept_unsynced, 5);
  CHECK_LT(kept_unsynced, 40);
}

TEST_CASE("a full disk refuses writes and keeps serving reads; an I/O error is told once") {
  Simulation simulation(1, Faults::calm());
  Machine& machine = simulation.add_machine("10.0.0.1");
  machine.disk().set_capacity(1'000);
  auto file = machine.env().fs.create("file").value();
  CHECK(file->write_at(0, as_bytes(std::string(900, 'x'))).has_value());
  CHECK(file->write_at(900, as_bytes(std::string(101, 'x'))).error().is(reasons::storage_full));
  CHECK_EQ(machine.env().fs.free_bytes("").value(), 100);
  uint8_t byte;
  CHECK(file->read_at(0, {&byte, 1}).has_value());
  machine.disk().fail_after(1);
  CHECK(file->read_at(0, {&byte, 1}).has_value());
  CHECK(file->read_at(0, {&byte, 1}).error().is(reasons::corrupt));
  CHECK(file->read_at(0, {&byte, 1}).has_value());
}

}  // namespace
}  // namespace parvis::simulated
