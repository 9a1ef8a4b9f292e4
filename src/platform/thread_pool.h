#pragma once
// Executor over threads; results return to the loop by its thread-safe mailbox.
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "platform/env.h"

namespace parvis {

class ThreadPool final : public Executor {
 public:
  /// `capacity`: jobs that may wait, beside those that run.
  ThreadPool(Loop& loop, size_t threads, size_t capacity);
  /// Finishes the running jobs; those that wait are dropped with their `done`.
  ~ThreadPool();
  bool submit(Callback work, Callback done) override;

 private:
  struct Job {
    Callback work;
    Callback done;
  };
  void serve();

  Loop& loop_;
  const size_t capacity_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> waiting_;  // guarded by mutex_
  bool stopping_ = false;    // guarded by mutex_
  size_t idle_ = 0;          // guarded by mutex_: threads that wait for a job
  std::vector<std::thread> threads_;
};

}  // namespace parvis
