#pragma once
// A deterministic universe: virtual time, machines, a hostile network between them, disks that forget what
// was not synced. Everything that happens follows from one seed; a run can be replayed and compared by its
// trace hash.
//
//   Simulation simulation(seed);
//   Machine& server = simulation.add_machine("10.0.0.1");
//   server.run([](Env& env) { spawn(serve(env)); });
//   CHECK(simulation.run_until([&] { return clients_done; }, seconds_us(600)));
//
// One real thread. Code under test sees only Env; "threads" of executors are events of random length.
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "platform/env.h"
#include "platform/simulated/dice.h"

namespace parvis::simulated {

class Machine;

/// How hostile the world is. Each seed draws another mixture, so that every kind of trouble is also met
/// alone.
struct Faults {
  int64_t latency_min_us = 20;
  int64_t latency_max_us = 200;
  size_t window_bytes = 64 << 10;  // what a direction of a connection holds
  double split = 0;                // a read or write is cut short, often to one byte
  double spurious = 0;             // readable() or writable() returns with nothing to do
  double stall = 0;                // a segment takes up to 3 s more
  double reset = 0;                // a connection dies at a segment
  int64_t timer_late_max_us = 0;
  int64_t job_max_us = 2'000;  // time an executor's job takes
  static Faults draw(Dice& dice);
  static Faults calm() { return {}; }
};

class Simulation {
 public:
  explicit Simulation(uint64_t seed);
  Simulation(uint64_t seed, Faults faults);
  Simulation(const Simulation&) = delete;
  ~Simulation();

  Machine& add_machine(const std::string& host);
  Machine* find_machine(const std::string& host);

  Monotonic now() const { return now_; }
  Dice& dice() { return dice_; }
  Faults& faults() { return faults_; }
  /// Runs events until `done` (asked after each event). False when `limit_us` of virtual time passed first,
  /// or when nothing is left that could happen.
  bool run_until(const std::function<bool()>& done, int64_t limit_us);
  void run_for(int64_t duration_us);

  /// Cuts two machines off from each other: what is under way arrives after the partition heals.
  void set_partition(const Machine& a, const Machine& b, bool cut);
  bool partitioned(const Machine& a, const Machine& b) const;

  /// Equal seeds and equal programs give equal hashes.
  uint64_t trace_hash() const { return trace_; }
  uint64_t events() const { return events_; }
  void trace(uint64_t value);

  /// For the parts of the universe: runs `callback` after `delay_us`, on `machine` if it has not died
  /// meanwhile, or on none.
  void schedule(int64_t delay_us, Machine* machine, Callback callback);
  /// Drops the events of a machine that lost power.
  void forget(const Machine& machine);

 private:
  struct Event {
    Monotonic when;
    uint64_t sequence;
    Machine* machine;
    uint32_t life;
    Callback callback;
  };
  static bool later(const Event& a, const Event& b) {
    return a.when != b.when ? a.when > b.when : a.sequence > b.sequence;
  }
  void step();

  Dice dice_;
  Faults faults_;
  Monotonic now_{seconds_us(1'000)};
  std::vector<Event> queue_;  // heap
  uint64_t sequence_ = 0;
  uint64_t events_ = 0;
  uint64_t trace_ = 0;
  std::map<std::string, std::unique_ptr<Machine>> machines_;
  std::set<std::pair<std::string, std::string>> partitions_;
};

class SimulatedDisk;
struct MachineParts;

/// One computer: loop, clock, randomness, network, executors and a disk that outlives its crashes.
class Machine {
 public:
  Machine(Simulation& simulation, std::string host);
  ~Machine();

  Env& env();
  const std::string& host() const { return host_; }
  SimulatedDisk& disk() { return *disk_; }
  /// Calls `function` as this machine: what it spawns dies with the machine.
  void run(const std::function<void(Env&)>& function);
  /// Owned by the machine until it crashes; destroyed after its tasks, in reverse order of keeping.
  template <class T>
  T& keep(std::unique_ptr<T> object) {
    T& reference = *object;
    kept_.emplace_back(std::shared_ptr<T>(std::move(object)));
    return reference;
  }
  /// Power cut: tasks, timers and connections vanish, the disk loses what was not synced. The machine is up
  /// again, empty, at once: run() boots it.
  void crash();
  /// The wall clock jumps (monotonic time does not).
  void jump_clock(int64_t milliseconds);

  uint32_t life() const { return life_; }
  SpawnGroup& group() { return group_; }
  MachineParts& parts() { return *parts_; }
  Simulation& simulation() { return simulation_; }

 private:
  void power_off();

  Simulation& simulation_;
  std::string host_;
  uint32_t life_ = 1;
  SpawnGroup group_;
  std::unique_ptr<SimulatedDisk> disk_;
  std::unique_ptr<MachineParts> parts_;
  std::vector<std::shared_ptr<void>> kept_;  // shared_ptr<void> remembers how to destroy; nobody shares
};

}  // namespace parvis::simulated
