#include "platform/worker.h"

#include <doctest/doctest.h>

#include <atomic>
#include <latch>

using namespace parvis;

TEST_CASE("a woken worker takes a turn on a thread of its own") {
  std::latch done(1);
  std::atomic<int> turns = 0;
  auto worker = thread_workers().start("test", [&] {
    if (turns++ == 0) done.count_down();
  });
  worker->wake();
  done.wait();
  worker.reset();
  CHECK(turns >= 1);
}

TEST_CASE("destroying a worker waits for its running turn") {
  std::latch started(1);
  std::atomic<bool> finished = false;
  auto worker = thread_workers().start("test", [&] {
    started.count_down();
    for (int i = 0; i < 1000; ++i) std::atomic_signal_fence(std::memory_order_seq_cst);
    finished = true;
  });
  worker->wake();
  started.wait();
  worker.reset();
  CHECK(finished);
}
