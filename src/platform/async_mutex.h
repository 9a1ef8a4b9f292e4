#pragma once
// Lets one coroutine at a time through a section that awaits: commands that check memory, commit, then change
// memory. Loop thread only. Not fair, but every waiter is woken at each release.
#include <utility>

#include "platform/signal.h"
#include "platform/task.h"

namespace parvis {

class AsyncMutex {
 public:
  class [[nodiscard]] Guard {
   public:
    explicit Guard(AsyncMutex* mutex) : mutex_(mutex) {}
    Guard(Guard&& other) noexcept : mutex_(std::exchange(other.mutex_, nullptr)) {}
    Guard& operator=(Guard&&) = delete;
    ~Guard() {
      if (mutex_) mutex_->release();
    }

   private:
    AsyncMutex* mutex_;
  };

  Task<Guard> lock(Loop& loop) {
    while (locked_) (void)co_await freed_.wait(loop);
    locked_ = true;
    co_return Guard(this);
  }

 private:
  void release() {
    locked_ = false;
    freed_.notify_all();
  }
  bool locked_ = false;
  Signal freed_;
};

}  // namespace parvis
