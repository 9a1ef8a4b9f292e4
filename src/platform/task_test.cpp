#include "platform/task.h"

#include <doctest/doctest.h>

#include <memory>
#include <string>

#include "base/result.h"
#include "platform/epoll_loop.h"
#include "platform/run_task.h"
#include "platform/signal.h"

namespace parvis {
namespace {

Task<int> number(int value) { co_return value; }
Task<Result<void>> nothing() { co_return {}; }
Task<Result<std::string>> refused() { co_return fail(reasons::forbidden, "no"); }

Task<Result<int>> sum(int count) {
  int total = 0;
  for (int i = 0; i < count; ++i) total += co_await number(i);
  CO_TRY(co_await nothing());
  co_return total;
}

Task<Result<int>> forwards_errors() {
  std::string text = CO_TRY(co_await refused());
  co_return static_cast<int>(text.size());
}

TEST_CASE("a task gives its value to the one who awaits it, and errors travel with CO_TRY") {
  EpollLoop loop;
  CHECK_EQ(run_task(loop, number(7)), 7);
  // Deep enough to overflow the stack if finished tasks were resumed recursively.
  auto total = run_task(loop, sum(60'000));
  REQUIRE(total.has_value());
  CHECK_EQ(*total, 1'799'970'000);
  CHECK(run_task(loop, forwards_errors()).error().is(reasons::forbidden));
}

TEST_CASE("a spawned task runs at once until it suspends, and frees what it holds at its end") {
  EpollLoop loop;
  Signal signal;
  auto held = std::make_shared<int>(1);
  std::weak_ptr<int> seen = held;
  int step = 0;
  spawn([](Loop& on, Signal& wake, std::shared_ptr<int>, int& at) -> Task<void> {
    at = 1;
    co_await wake.wait(on);
    at = 2;
  }(loop, signal, std::move(held), step));
  CHECK_EQ(step, 1);
  CHECK_FALSE(seen.expired());
  signal.notify_all();
  CHECK_EQ(step, 1);
  loop.post([&] { loop.stop(); });
  loop.run();
  CHECK_EQ(step, 2);
  CHECK(seen.expired());
}

TEST_CASE("a task that is never awaited frees its arguments") {
  auto held = std::make_shared<int>(1);
  std::weak_ptr<int> seen = held;
  {
    auto task = [](std::shared_ptr<int>) -> Task<void> { co_return; }(std::move(held));
  }
  CHECK(seen.expired());
}

TEST_CASE("a group destroys the tasks that are still suspended, newest first") {
  EpollLoop loop;
  Signal signal;
  std::string order;
  struct Mark {
    std::string& out;
    char name;
    ~Mark() { out += name; }
  };
  {
    SpawnGroup group;
    SpawnGroup::Scope scope(group);
    for (char name : {'a', 'b', 'c'}) {
      spawn([](Loop& on, Signal& wake, std::string& out, char own) -> Task<void> {
        Mark mark{out, own};
        co_await wake.wait(on, on.now() + seconds_us(1000));
      }(loop, signal, order, name));
    }
    CHECK_EQ(group.size(), 3);
  }
  CHECK_EQ(order, "cba");
}

}  // namespace
}  // namespace parvis
