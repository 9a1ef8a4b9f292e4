#include "platform/worker.h"

#include <pthread.h>

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "base/check.h"

namespace parvis {
namespace {

class ThreadWorker : public Worker {
 public:
  ThreadWorker(std::string_view name, Callback turn) : turn_(std::move(turn)), thread_([this] { run(); }) {
    pthread_setname_np(thread_.native_handle(), std::string(name.substr(0, 15)).c_str());
  }
  ~ThreadWorker() override {
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_one();
    thread_.join();
  }
  void wake() override {
    {
      std::lock_guard lock(mutex_);
      if (woken_) return;
      woken_ = true;
    }
    changed_.notify_one();
  }

 private:
  void run() {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [this] { return woken_ || stopping_; });
      if (stopping_) return;
      woken_ = false;
      lock.unlock();
      turn_();
      lock.lock();
    }
  }

  Callback turn_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool woken_ = false;
  bool stopping_ = false;
  std::thread thread_;  // last: it uses all of the above
};

class ThreadWorkers : public Workers {
 public:
  std::unique_ptr<Worker> start(std::string_view name, Callback turn) override {
    return std::make_unique<ThreadWorker>(name, std::move(turn));
  }
};

class LoopWorker : public Worker {
 public:
  LoopWorker(Loop& loop, std::move_only_function<int64_t()>& delay_us, Callback turn)
      : loop_(loop), delay_us_(delay_us), turn_(std::move(turn)) {}
  ~LoopWorker() override {
    if (timer_) loop_.cancel(timer_);
  }
  void wake() override {
    if (timer_) return;
    timer_ = loop_.call_at(loop_.now() + delay_us_(), [this] {
      timer_ = 0;
      turn_();
    });
  }

 private:
  Loop& loop_;
  std::move_only_function<int64_t()>& delay_us_;
  Callback turn_;
  TimerId timer_ = 0;
};

}  // namespace

Workers& thread_workers() {
  static ThreadWorkers workers;
  return workers;
}

LoopWorkers::LoopWorkers(Loop& loop, std::move_only_function<int64_t()> delay_us)
    : loop_(loop), delay_us_(std::move(delay_us)) {}

std::unique_ptr<Worker> LoopWorkers::start(std::string_view, Callback turn) {
  return std::make_unique<LoopWorker>(loop_, delay_us_, std::move(turn));
}

}  // namespace parvis
