#pragma once
// Signal: wakes the coroutines that wait on it. Single-threaded. A waiter may give a deadline.
//   while (!ready) if (!co_await signal.wait(loop, deadline)) co_return fail(reasons::timeout);
#include <coroutine>

#include "platform/loop.h"

namespace parvis {

class Signal {
 public:
  Signal() = default;
  Signal(const Signal&) = delete;
  ~Signal();  // nobody may wait any more

  /// Wakes every current waiter (each resumes in a later turn of its loop).
  void notify_all();

  class [[nodiscard]] Wait {
   public:
    Wait(Signal& signal, Loop& loop, Monotonic deadline)
        : signal_(&signal), loop_(loop), deadline_(deadline) {}
    Wait(const Wait&) = delete;
    ~Wait();
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> self);
    /// True when notified, false when the deadline passed first.
    bool await_resume() const { return notified_; }

   private:
    friend class Signal;
    void unlink();
    Signal* signal_;
    Loop& loop_;
    Monotonic deadline_;
    std::coroutine_handle<> self_;
    TimerId timer_ = 0;
    bool notified_ = false;
    bool linked_ = false;
    Wait* next_ = nullptr;
    Wait* previous_ = nullptr;
  };
  Wait wait(Loop& loop, Monotonic deadline = {INT64_MAX}) { return Wait(*this, loop, deadline); }

 private:
  Wait* first_ = nullptr;
};

}  // namespace parvis
