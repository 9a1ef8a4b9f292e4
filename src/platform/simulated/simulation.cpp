#include "platform/simulated/simulation.h"

#include <algorithm>

#include "platform/buggify.h"
#include "platform/simulated/machine_parts.h"

namespace parvis::simulated {

Faults Faults::draw(Dice& dice) {
  Faults faults;
  auto sometimes = [&](double probability) { return dice.chance(0.6) ? probability : 0; };
  faults.latency_min_us = dice.between(1, 500);
  faults.latency_max_us = faults.latency_min_us + dice.between(0, dice.chance(0.3) ? 200'000 : 2'000);
  faults.window_bytes = dice.chance(0.3) ? 1 + dice.below(200) : 4'096 + dice.below(128 << 10);
  faults.split = sometimes(0.5);
  faults.spurious = sometimes(0.1);
  faults.stall = sometimes(0.01);
  faults.reset = dice.chance(0.4) ? 0.002 : 0;
  faults.timer_late_max_us = dice.chance(0.5) ? dice.between(0, 20'000) : 0;
  faults.job_max_us = dice.chance(0.3) ? 300'000 : 2'000;
  return faults;
}

Simulation::Simulation(uint64_t seed) : Simulation(seed, Faults::calm()) { faults_ = Faults::draw(dice_); }

Simulation::Simulation(uint64_t seed, Faults faults) : dice_(seed), faults_(faults) {
  buggify_begin(dice_.next());
}

Simulation::~Simulation() {
  machines_.clear();
  buggify_end();
}

Machine& Simulation::add_machine(const std::string& host) {
  auto& machine = machines_[host];
  CHECK(!machine);
  machine = std::make_unique<Machine>(*this, host);
  return *machine;
}

Machine* Simulation::find_machine(const std::string& host) {
  auto found = machines_.find(host);
  return found == machines_.end() ? nullptr : found->second.get();
}

void Simulation::trace(uint64_t value) {
  trace_ = (trace_ ^ value) * 0x100000001b3;
  trace_ ^= trace_ >> 29;
}

void Simulation::schedule(int64_t delay_us, Machine* machine, Callback callback) {
  queue_.push_back({now_ + std::max<int64_t>(delay_us, 0), sequence_++, machine,
                    machine ? machine->life() : 0, std::move(callback)});
  std::push_heap(queue_.begin(), queue_.end(), later);
}

void Simulation::forget(const Machine& machine) {
  std::vector<Event> dropped;
  auto kept =
      std::partition(queue_.begin(), queue_.end(), [&](const Event& e) { return e.machine != &machine; });
  std::move(kept, queue_.end(), std::back_inserter(dropped));
  queue_.erase(kept, queue_.end());
  std::make_heap(queue_.begin(), queue_.end(), later);
}

void Simulation::step() {
  std::pop_heap(queue_.begin(), queue_.end(), later);
  Event event = std::move(queue_.back());
  queue_.pop_back();
  now_ = std::max(now_, event.when);
  if (!event.machine) {
    ++events_;
    event.callback();
    return;
  }
  if (event.machine->life() != event.life) return;
  ++events_;
  trace(static_cast<uint64_t>(now_.us));
  trace(event.sequence);
  SpawnGroup::Scope scope(event.machine->group());
  event.callback();
}

bool Simulation::run_until(const std::function<bool()>& done, int64_t limit_us) {
  Monotonic limit = now_ + limit_us;
  while (!done()) {
    if (queue_.empty() || queue_.front().when > limit) {
      now_ = std::max(now_, limit);
      return false;
    }
    step();
  }
  return true;
}

void Simulation::run_for(int64_t duration_us) {
  run_until([] { return false; }, duration_us);
}

void Simulation::set_partition(const Machine& a, const Machine& b, bool cut) {
  auto pair = std::minmax(a.host(), b.host());
  if (cut) {
    partitions_.insert(pair);
  } else {
    partitions_.erase(pair);
  }
}

bool Simulation::partitioned(const Machine& a, const Machine& b) const {
  return !partitions_.empty() && partitions_.contains(std::minmax(a.host(), b.host()));
}

Machine::Machine(Simulation& simulation, std::string host)
    : simulation_(simulation),
      host_(std::move(host)),
      disk_(std::make_unique<SimulatedDisk>(simulation.dice().fork())),
      parts_(std::make_unique<MachineParts>(*this)) {}

Machine::~Machine() { power_off(); }

Env& Machine::env() { return parts_->env; }

void Machine::run(const std::function<void(Env&)>& function) {
  SpawnGroup::Scope scope(group_);
  function(env());
}

void Machine::jump_clock(int64_t milliseconds) { parts_->clock.offset_ms += milliseconds; }

void Machine::power_off() {
  SpawnGroup::TearDown guard;
  ++life_;
  // Callbacks first: they hold handles of the frames that die next.
  simulation_.forget(*this);
  parts_->loop.drop_everything();
  group_.destroy_tasks();
  while (!kept_.empty()) kept_.pop_back();
  group_.destroy_tasks();
  // Destructors may have submitted jobs or armed timers: nobody will run them.
  simulation_.forget(*this);
  parts_->loop.drop_everything();
  parts_.reset();
}

void Machine::crash() {
  power_off();
  disk_->crash();
  parts_ = std::make_unique<MachineParts>(*this);
}

MachineParts::MachineParts(Machine& machine)
    : loop(machine),
      clock(machine.simulation()),
      random(machine.simulation().dice().fork()),
      net(machine),
      fs(machine.disk(), clock),
      disk(machine, 2, 1024),
      cpu(machine, 1, 16),
      workers(loop, [&simulation = machine.simulation()] {
        return static_cast<int64_t>(
            simulation.dice().skewed(static_cast<uint64_t>(simulation.faults().job_max_us)));
      }) {}

void SimulatedLoop::post(Callback callback) {
  posted_.push_back(std::move(callback));
  if (posted_.size() > 1) return;
  machine_.simulation().schedule(machine_.simulation().dice().between(0, 10), &machine_,
                                 [this] { run_posted(); });
}

void SimulatedLoop::run_posted() {
  auto running = std::exchange(posted_, {});
  for (Callback& callback : running) callback();
}

TimerId SimulatedLoop::call_at(Monotonic when, Callback callback) {
  TimerId timer = timers_.arm(when, std::move(callback));
  wake_for_timers();
  return timer;
}

void SimulatedLoop::wake_for_timers() {
  if (timers_.next() >= wake_at_) return;
  Simulation& simulation = machine_.simulation();
  wake_at_ = timers_.next();
  int64_t late_us = simulation.dice().between(0, simulation.faults().timer_late_max_us);
  int64_t delay_us = std::max<int64_t>(wake_at_ - simulation.now(), 0) + late_us;
  simulation.schedule(delay_us, &machine_, [this, at = wake_at_] {
    // An earlier timer, armed later, has had its own event since: one event alone goes on from timer to
    // timer.
    if (wake_at_ != at) return;
    wake_at_ = {INT64_MAX};
    timers_.run_due(now());
    wake_for_timers();
  });
}

void SimulatedLoop::run() {
  while (!stopping_) {
    CHECK(machine_.simulation().run_until([this] { return stopping_; }, seconds_us(7 * 86'400)));
  }
  stopping_ = false;
}

void SimulatedLoop::drop_everything() {
  timers_.clear();
  posted_.clear();
}

bool SimulatedExecutor::submit(Callback work, Callback done) {
  if (waiting_.size() >= capacity_) return false;
  waiting_.push_back({std::move(work), std::move(done)});
  if (running_ < threads_) start_next();
  return true;
}

void SimulatedExecutor::start_next() {
  Simulation& simulation = machine_.simulation();
  ++running_;
  auto job = std::make_shared<Job>(std::move(waiting_.front()));
  waiting_.pop_front();
  auto time_us =
      static_cast<int64_t>(simulation.dice().skewed(static_cast<uint64_t>(simulation.faults().job_max_us)));
  simulation.schedule(time_us, &machine_, [this, job] {
    job->work();
    Simulation& on = machine_.simulation();
    auto back_us = static_cast<int64_t>(on.dice().skewed(500));
    on.schedule(back_us, &machine_, [job] { job->done(); });
    --running_;
    if (!waiting_.empty()) start_next();
  });
}

}  // namespace parvis::simulated
