#include "platform/thread_pool.h"

#include <pthread.h>
#include <signal.h>

namespace parvis {

ThreadPool::ThreadPool(Loop& loop, size_t threads, size_t capacity) : loop_(loop), capacity_(capacity) {
  // Signals are the loop thread's business; new threads inherit the mask.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  for (size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { serve(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

ThreadPool::~ThreadPool() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (auto& thread : threads_) thread.join();
}

bool ThreadPool::submit(Callback work, Callback done) {
  {
    std::lock_guard lock(mutex_);
    if (waiting_.size() >= capacity_ + idle_) return false;
    waiting_.push_back({std::move(work), std::move(done)});
  }
  wake_.notify_one();
  return true;
}

void ThreadPool::serve() {
  std::unique_lock lock(mutex_);
  for (;;) {
    ++idle_;
    wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    --idle_;
    if (stopping_) return;
    Job job = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    job.work();
    loop_.post_from_any_thread(std::move(job.done));
    job = {};
    lock.lock();
  }
}

}  // namespace parvis
