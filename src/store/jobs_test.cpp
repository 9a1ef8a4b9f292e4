#include "store/jobs.h"

#include "platform/simulated/simulation.h"
#include "store/outbox.h"

#include <doctest/doctest.h>

using namespace parvis;
using namespace parvis::store;

namespace {

const Statement list_jobs{"test.list_jobs", "select id, attempts, run_at from job order by id"};

// One simulated machine with a database in memory; hours pass in no time.
struct World {
  explicit World(uint64_t seed = 1)
      : simulation(seed, simulated::Faults::calm()), machine(simulation.add_machine("10.0.0.1")) {
    machine.run([&](Env& env) {
      database = std::move(*open_database(env, {.url = "sqlite::memory:"}));
      jobs = make_jobs(env, *database);
    });
  }
  void enqueue(std::string kind, std::string payload, Instant run_at = {}) {
    machine.run([&](Env&) {
      spawn([](World& at, std::string k, std::string p, Instant when) -> Task<void> {
        auto id = co_await at.database->write(
            [&at, k, p, when](Transaction& tx) { return at.jobs->enqueue(tx, k, p, when); });
        CHECK(id);
      }(*this, kind, payload, run_at));
    });
  }
  void start() {
    machine.run([&](Env&) { jobs->start(); });
  }
  template <class T>
  T get(Task<Result<T>> task) {
    std::optional<Result<T>> out;
    machine.run([&](Env&) {
      spawn([](Task<Result<T>> inner, std::optional<Result<T>>& result) -> Task<void> {
        result.emplace(co_await std::move(inner));
      }(std::move(task), out));
    });
    REQUIRE(simulation.run_until([&] { return out.has_value(); }, seconds_us(60)));
    REQUIRE(*out);
    return std::move(**out);
  }
  size_t left() {
    return get(database->read([](Reader& reader) { return reader.query(list_jobs); })).size();
  }
  Instant now() { return machine.env().clock.now(); }

  simulated::Simulation simulation;
  simulated::Machine& machine;
  std::unique_ptr<Database> database;
  std::unique_ptr<Jobs> jobs;
  std::vector<std::string> ran;
};

}  // namespace

TEST_CASE("a job runs once, soon after its transaction, and is gone") {
  World at;
  at.jobs->handle({.name = "mail", .run = [&](Job job) -> Task<Result<void>> {
                     at.ran.push_back(job.payload);
                     co_return Result<void>{};
                   }});
  at.start();
  at.enqueue("mail", "a");
  at.simulation.run_for(millis_us(100));
  CHECK(at.ran == std::vector<std::string>{"a"});
  CHECK(at.left() == 0);
}

TEST_CASE("a job waits for its time, and jobs of unknown kinds wait") {
  World at;
  at.jobs->handle({.name = "mail", .run = [&](Job job) -> Task<Result<void>> {
                     at.ran.push_back(job.payload);
                     co_return Result<void>{};
                   }});
  at.start();
  at.enqueue("mail", "later", at.now() + 3'600'000);
  at.enqueue("other", "x");
  at.simulation.run_for(seconds_us(3500));
  CHECK(at.ran.empty());
  at.simulation.run_for(seconds_us(102));
  CHECK(at.ran.size() == 1);
  CHECK(at.left() == 1);
}

TEST_CASE("a failing job comes again after growing pauses, then is kept as dead and may be revived") {
  World at;
  std::vector<int64_t> times;
  bool fixed = false;
  at.jobs->handle({.name = "mail",
                   .run = [&](Job) -> Task<Result<void>> {
                     times.push_back(at.now().ms);
                     if (fixed) co_return Result<void>{};
                     co_return fail(reasons::unavailable, "server down");
                   },
                   .max_attempts = 6});
  at.start();
  at.enqueue("mail", "a");
  at.simulation.run_for(seconds_us(3600));
  REQUIRE(times.size() == 6);
  for (size_t i = 1; i < times.size(); ++i) {
    int64_t pause = times[i] - times[i - 1], expected = Jobs::first_pause_ms << (i - 1);
    CHECK(pause >= expected / 2);
    CHECK(pause <= expected * 3 / 2 + Jobs::poll_ms + 100);
  }
  auto dead = at.get(at.jobs->dead(10));
  REQUIRE(dead.size() == 1);
  CHECK(dead[0].attempts == 6);
  CHECK(dead[0].last_error == "unavailable: server down");
  fixed = true;
  bool revived = false;
  at.machine.run([&](Env&) {
    spawn([](World& world, std::string id, bool& out) -> Task<void> {
      out = (co_await world.jobs->revive(id)).has_value();
    }(at, dead[0].id, revived));
  });
  at.simulation.run_for(seconds_us(5));
  CHECK(revived);
  CHECK(times.size() == 7);
  CHECK(at.left() == 0);
}

TEST_CASE("a hopeless job is not tried again") {
  World at;
  at.jobs->handle({.name = "mail", .run = [&](Job) -> Task<Result<void>> {
                     at.ran.push_back("x");
                     co_return fail(reasons::malformed, "no such address");
                   }});
  at.start();
  at.enqueue("mail", "a");
  at.simulation.run_for(seconds_us(3600));
  CHECK(at.ran.size() == 1);
  CHECK(at.get(at.jobs->dead(10)).size() == 1);
}

TEST_CASE("no more jobs of a kind run at once than it allows; the others follow") {
  World at;
  size_t running = 0, most = 0, done = 0;
  at.jobs->handle({.name = "slow",
                   .run = [&](Job) -> Task<Result<void>> {
                     most = std::max(most, ++running);
                     co_await at.machine.env().loop.sleep_for_us(seconds_us(2));
                     --running;
                     ++done;
                     co_return Result<void>{};
                   },
                   .concurrency = 3});
  at.start();
  for (int i = 0; i < 10; ++i) at.enqueue("slow", std::to_string(i));
  at.simulation.run_for(seconds_us(60));
  CHECK(most == 3);
  CHECK(done == 10);
}

TEST_CASE("a job whose runner outlives its deadline is attempted again, and the late end changes nothing") {
  World at;
  std::vector<int> attempts;
  at.jobs->handle({.name = "stuck",
                   .run = [&](Job job) -> Task<Result<void>> {
                     attempts.push_back(job.attempt);
                     if (job.attempt == 1) co_await at.machine.env().loop.sleep_for_us(seconds_us(30));
                     co_return Result<void>{};
                   },
                   .concurrency = 2,
                   .deadline_ms = 10'000});
  at.start();
  at.enqueue("stuck", "a");
  at.simulation.run_for(seconds_us(15));
  CHECK(attempts == std::vector<int>{1, 2});
  CHECK(at.left() == 0);
  at.simulation.run_for(seconds_us(60));
  CHECK(attempts.size() == 2);
}

TEST_CASE("what a killed process was at is taken up as soon as the next one starts") {
  World at;
  at.jobs->handle({.name = "told",
                   .run = [&](Job) -> Task<Result<void>> {
                     at.ran.push_back("cut short");
                     co_await at.machine.env().loop.sleep_for_us(seconds_us(3600));
                     co_return Result<void>{};
                   },
                   .deadline_ms = 600'000});
  at.start();
  at.enqueue("told", "a");
  at.simulation.run_for(seconds_us(1));
  std::unique_ptr<Jobs> next;
  at.machine.run([&](Env& env) {
    next = make_jobs(env, *at.database);
    next->handle({.name = "told", .run = [&](Job job) -> Task<Result<void>> {
                    at.ran.push_back(job.payload);
                    co_return Result<void>{};
                  }});
    next->start();
  });
  at.simulation.run_for(seconds_us(2));
  CHECK(at.ran == std::vector<std::string>{"cut short", "a"});
  CHECK(at.left() == 0);
}

TEST_CASE("draining waits for what runs and takes nothing new") {
  World at;
  bool drained = false;
  at.jobs->handle({.name = "slow", .run = [&](Job job) -> Task<Result<void>> {
                     co_await at.machine.env().loop.sleep_for_us(seconds_us(2));
                     at.ran.push_back(job.payload);
                     co_return Result<void>{};
                   }});
  at.start();
  at.enqueue("slow", "a");
  at.enqueue("slow", "b");
  at.simulation.run_for(seconds_us(1));
  at.machine.run([&](Env& env) {
    spawn([](World& world, Monotonic until, bool& out) -> Task<void> {
      co_await world.jobs->drain(until);
      out = true;
    }(at, env.loop.now() + seconds_us(20), drained));
  });
  at.simulation.run_for(seconds_us(30));
  CHECK(drained);
  CHECK(at.ran.size() == 1);
  CHECK(at.left() == 1);
}

TEST_CASE("a subscriber sees every event in order, again after a failure, and goes on after a restart") {
  World at;
  std::vector<int64_t> seen;
  int failures = 2;
  auto subscribe = [&](Outbox& outbox) {
    outbox.subscribe("test", [&](std::vector<OutboxEvent> events) -> Task<Result<void>> {
      if (failures > 0 && --failures >= 0) co_return fail(reasons::unavailable);
      for (auto& event : events) seen.push_back(event.position);
      co_return Result<void>{};
    });
    outbox.start();
  };
  auto publish = [&] {
    at.get(at.database->write([](Transaction& tx) { return tx.publish({.kind = "x", .payload = "{}"}); }));
  };
  std::unique_ptr<Outbox> outbox;
  publish();
  at.machine.run([&](Env& env) {
    outbox = make_outbox(env, *at.database);
    subscribe(*outbox);
  });
  for (int i = 0; i < 600; ++i) publish();
  at.simulation.run_for(seconds_us(10));
  REQUIRE(seen.size() == 601);
  for (size_t i = 0; i < seen.size(); ++i) CHECK(seen[i] == static_cast<int64_t>(i + 1));

  at.machine.run([&](Env& env) {
    outbox = make_outbox(env, *at.database);
    subscribe(*outbox);
  });
  at.simulation.run_for(seconds_us(1));
  CHECK(seen.size() == 601);
  publish();
  at.simulation.run_for(seconds_us(1));
  CHECK(seen.back() == 602);

  CHECK(at.get(outbox->trim(at.now() + 1)) == 601);
  publish();
  at.simulation.run_for(seconds_us(1));
  CHECK(seen.back() == 603);
}
