#pragma once
// What a Machine is made of. Included by src/platform/simulated only.
#include <deque>

#include "platform/simulated/disk.h"
#include "platform/simulated/network.h"
#include "platform/simulated/simulation.h"
#include "platform/timers.h"

namespace parvis::simulated {

class SimulatedLoop final : public Loop {
 public:
  explicit SimulatedLoop(Machine& machine) : machine_(machine) {}

  Monotonic now() const override { return machine_.simulation().now(); }
  void post(Callback callback) override;
  void post_from_any_thread(Callback callback) override { post(std::move(callback)); }
  TimerId call_at(Monotonic when, Callback callback) override;
  bool cancel(TimerId timer) override { return timers_.cancel(timer); }
  void run() override;  // drives the whole simulation
  void stop() override { stopping_ = true; }
  void drop_everything();

 private:
  void run_posted();
  void wake_for_timers();

  Machine& machine_;
  Timers timers_;
  std::vector<Callback> posted_;
  Monotonic wake_at_{INT64_MAX};
  bool stopping_ = false;
};

class SimulatedClock final : public Clock {
 public:
  explicit SimulatedClock(Simulation& simulation) : simulation_(simulation) {}
  Instant now() override { return {1'790'000'000'000 + simulation_.now().us / 1'000 + offset_ms}; }
  int64_t offset_ms = 0;

 private:
  Simulation& simulation_;
};

class SimulatedRandom final : public Random {
 public:
  explicit SimulatedRandom(Dice dice) : dice_(dice) {}
  void fill(std::span<uint8_t> out) override {
    for (uint8_t& byte : out) byte = static_cast<uint8_t>(dice_.next());
  }

 private:
  Dice dice_;
};

/// Jobs run as events: `work` at some moment after its turn has come, `done` at another; a crash may fall
/// between.
class SimulatedExecutor final : public Executor {
 public:
  SimulatedExecutor(Machine& machine, size_t threads, size_t capacity)
      : machine_(machine), threads_(threads), capacity_(capacity) {}
  bool submit(Callback work, Callback done) override;

 private:
  struct Job {
    Callback work;
    Callback done;
  };
  void start_next();

  Machine& machine_;
  size_t threads_;
  size_t capacity_;
  size_t running_ = 0;
  std::deque<Job> waiting_;
};

struct MachineParts {
  explicit MachineParts(Machine& machine);
  SimulatedLoop loop;
  SimulatedClock clock;
  SimulatedRandom random;
  SimulatedNet net;
  SimulatedFs fs;
  SimulatedExecutor disk;
  SimulatedExecutor cpu;
  LoopWorkers workers;
  Env env{.loop = loop,
          .clock = clock,
          .random = random,
          .net = net,
          .fs = fs,
          .disk = disk,
          .cpu = cpu,
          .workers = workers};
};

}  // namespace parvis::simulated
