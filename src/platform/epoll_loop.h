#pragma once
// The real loop: epoll, edge-triggered, one thread. Descriptors are registered once for both directions, so
// that a request costs no epoll_ctl.
#include <sys/epoll.h>

#include <array>
#include <atomic>
#include <mutex>
#include <vector>

#include "base/result.h"
#include "platform/timers.h"

namespace parvis {

/// Something behind a descriptor. on_ready() may destroy the object.
class Watched {
 public:
  virtual void on_ready(uint32_t epoll_events) = 0;

 protected:
  ~Watched() = default;
};

class EpollLoop final : public Loop, private Watched {
 public:
  EpollLoop();
  ~EpollLoop();

  Monotonic now() const override { return now_; }
  void post(Callback callback) override { posted_.push_back(std::move(callback)); }
  void post_from_any_thread(Callback callback) override;
  TimerId call_at(Monotonic when, Callback callback) override {
    return timers_.arm(when, std::move(callback));
  }
  bool cancel(TimerId timer) override { return timers_.cancel(timer); }
  void run() override;
  void stop() override;

  /// Edge-triggered, reading and writing. The loop keeps a pointer to `watched` until unwatch().
  Result<void> watch(int descriptor, Watched& watched);
  void unwatch(int descriptor, Watched& watched);

 private:
  static constexpr int max_events = 256;
  void on_ready(uint32_t epoll_events) override;  // the wake-up descriptor
  void wake();
  void turn();
  void run_posted();
  int wait_ms() const;

  int epoll_ = -1;
  int wake_ = -1;
  Monotonic now_;
  Timers timers_;
  std::vector<Callback> posted_;
  std::vector<Callback> running_;
  std::array<epoll_event, max_events> events_;
  int event_count_ = 0;  // of the batch being dispatched

  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  std::vector<Callback> from_threads_;  // guarded by mutex_
  bool woken_ = false;                  // guarded by mutex_: a wake-up is already on its way
};

}  // namespace parvis
