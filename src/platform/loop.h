#pragma once
// The event loop: one thread, one Loop. Product code never sees epoll; the simulator implements the same
// class with virtual time. Everything here is called on the loop's thread, except post_from_any_thread().
#include <coroutine>
#include <cstdint>
#include <functional>

#include "base/time.h"
#include "platform/task.h"

namespace parvis {

using Callback = std::move_only_function<void()>;
using TimerId = uint64_t;  // 0 is never a timer

class Loop {
 public:
  virtual ~Loop() = default;

  virtual Monotonic now() const = 0;  // cached once per turn
  /// Runs `callback` in a later turn, in order of posting.
  virtual void post(Callback callback) = 0;
  /// Thread-safe; wakes the loop.
  virtual void post_from_any_thread(Callback callback) = 0;
  virtual TimerId call_at(Monotonic when, Callback callback) = 0;
  /// False when the timer already ran or never was.
  virtual bool cancel(TimerId timer) = 0;
  virtual void run() = 0;   // until stop()
  virtual void stop() = 0;  // thread-safe

  struct Sleep {
    Loop& loop;
    Monotonic until;
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> self) {
      loop.call_at(until, [self] { self.resume(); });
    }
    void await_resume() {}
  };
  Sleep sleep_for_us(int64_t microseconds) { return {*this, now() + microseconds}; }
};

}  // namespace parvis
