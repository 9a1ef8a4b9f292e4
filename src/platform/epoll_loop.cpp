#include "platform/epoll_loop.h"

#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace parvis {

namespace {

Monotonic monotonic_now() {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return {time.tv_sec * 1'000'000 + time.tv_nsec / 1'000};
}

}  // namespace

EpollLoop::EpollLoop() : now_(monotonic_now()) {
  epoll_ = epoll_create1(EPOLL_CLOEXEC);
  wake_ = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  CHECK(epoll_ >= 0 && wake_ >= 0);
  CHECK(watch(wake_, *this));
}

EpollLoop::~EpollLoop() {
  ::close(wake_);
  ::close(epoll_);
}

Result<void> EpollLoop::watch(int descriptor, Watched& watched) {
  epoll_event event{.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data = {.ptr = &watched}};
  if (epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event) != 0) {
    return fail(reasons::unavailable, "epoll_ctl: errno " + std::to_string(errno));
  }
  return {};
}

void EpollLoop::unwatch(int descriptor, Watched& watched) {
  epoll_ctl(epoll_, EPOLL_CTL_DEL, descriptor, nullptr);
  // The batch being dispatched may still name it.
  for (int i = 0; i < event_count_; ++i) {
    if (events_[i].data.ptr == &watched) events_[i].data.ptr = nullptr;
  }
}

void EpollLoop::post_from_any_thread(Callback callback) {
  bool must_wake;
  {
    std::lock_guard lock(mutex_);
    from_threads_.push_back(std::move(callback));
    must_wake = !std::exchange(woken_, true);
  }
  if (must_wake) wake();
}

void EpollLoop::stop() {
  stopping_ = true;
  wake();
}

void EpollLoop::wake() {
  uint64_t one = 1;
  [[maybe_unused]] auto written =
      ::write(wake_, &one, sizeof one);  // full counter: a wake-up is pending anyway
}

void EpollLoop::on_ready(uint32_t) {
  uint64_t count;
  [[maybe_unused]] auto read = ::read(wake_, &count, sizeof count);
  std::lock_guard lock(mutex_);
  woken_ = false;
  std::move(from_threads_.begin(), from_threads_.end(), std::back_inserter(posted_));
  from_threads_.clear();
}

void EpollLoop::run() {
  while (!stopping_) turn();
  stopping_ = false;
}

void EpollLoop::turn() {
  event_count_ = epoll_wait(epoll_, events_.data(), max_events, wait_ms());
  CHECK(event_count_ >= 0 || errno == EINTR);
  event_count_ = std::max(event_count_, 0);
  now_ = monotonic_now();
  for (int i = 0; i < event_count_; ++i) {
    if (auto* watched = static_cast<Watched*>(events_[i].data.ptr)) watched->on_ready(events_[i].events);
  }
  event_count_ = 0;
  timers_.run_due(now_);
  run_posted();
}

void EpollLoop::run_posted() {
  running_.swap(posted_);
  for (Callback& callback : running_) callback();
  running_.clear();
}

int EpollLoop::wait_ms() const {
  if (!posted_.empty()) return 0;
  Monotonic next = timers_.next();
  if (next.us == INT64_MAX) return -1;
  // Rounded up: a timer never runs early.
  int64_t left_ms = (next - monotonic_now() + 999) / 1'000;
  return static_cast<int>(std::clamp<int64_t>(left_ms, 0, 60'000));
}

}  // namespace parvis
