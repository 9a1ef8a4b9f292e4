#pragma once
// Runs a loop until one task has finished: for tests, benchmarks and commands that do one thing.
#include <optional>

#include "platform/loop.h"

namespace parvis {

template <class T>
T run_task(Loop& loop, Task<T> task) {
  std::optional<T> result;
  spawn([](Loop& on, Task<T> inner, std::optional<T>& out) -> Task<void> {
    out.emplace(co_await std::move(inner));
    on.stop();
  }(loop, std::move(task), result));
  loop.run();
  CHECK(result);
  return std::move(*result);
}

inline void run_task(Loop& loop, Task<void> task) {
  spawn([](Loop& on, Task<void> inner) -> Task<void> {
    co_await std::move(inner);
    on.stop();
  }(loop, std::move(task)));
  loop.run();
}

}  // namespace parvis
