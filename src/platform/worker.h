#pragma once
// A thread of its own for one blocking duty (the database writer, a reader): its owner keeps the queue, the
// worker only runs `turn` whenever it was woken. In simulation a turn is an event of the loop, so the same
// owner runs deterministically.
#include <memory>
#include <string_view>

#include "platform/loop.h"

namespace parvis {

class Worker {
 public:
  /// Waits for the turn that is running, drops wakes that were not served, ends the thread.
  virtual ~Worker() = default;
  /// Thread-safe. At least one turn starts after this call; several wakes before it starts are one.
  virtual void wake() = 0;
};

class Workers {
 public:
  virtual ~Workers() = default;
  /// `name` at most 15 characters (shown by the kernel's tools). `turn` never runs twice at the same time.
  virtual std::unique_ptr<Worker> start(std::string_view name, Callback turn) = 0;
};

/// Real threads; stateless.
Workers& thread_workers();

/// Turns are events of `loop`, each after `delay_us()` microseconds of its time. For the simulator.
class LoopWorkers : public Workers {
 public:
  LoopWorkers(Loop& loop, std::move_only_function<int64_t()> delay_us);
  std::unique_ptr<Worker> start(std::string_view name, Callback turn) override;

 private:
  Loop& loop_;
  std::move_only_function<int64_t()> delay_us_;
};

}  // namespace parvis
