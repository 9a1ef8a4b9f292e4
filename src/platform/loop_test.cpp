#include "platform/loop.h"

#include <doctest/doctest.h>

#include <string>
#include <thread>

#include "platform/epoll_loop.h"
#include "platform/run_task.h"
#include "platform/signal.h"
#include "platform/thread_pool.h"

namespace parvis {
namespace {

TEST_CASE("posted callbacks run in order, those posted meanwhile in a later turn") {
  EpollLoop loop;
  std::string order;
  loop.post([&] {
    order += 'a';
    loop.post([&] {
      order += 'c';
      loop.stop();
    });
  });
  loop.post([&] { order += 'b'; });
  loop.run();
  CHECK_EQ(order, "abc");
}

TEST_CASE("timers run in order of time, then of arming; cancelled ones do not run") {
  EpollLoop loop;
  std::string order;
  Monotonic start = loop.now();
  loop.call_at(start + millis_us(3), [&] { order += 'd'; });
  loop.call_at(start + millis_us(1), [&] { order += 'a'; });
  TimerId cancelled = loop.call_at(start + millis_us(1), [&] { order += 'X'; });
  loop.call_at(start + millis_us(1), [&] { order += 'b'; });
  loop.call_at(start + millis_us(2), [&] { order += 'c'; });
  loop.call_at(start + millis_us(4), [&] { loop.stop(); });
  CHECK(loop.cancel(cancelled));
  CHECK_FALSE(loop.cancel(cancelled));
  CHECK_FALSE(loop.cancel(0));
  loop.run();
  CHECK_EQ(order, "abcd");
  CHECK(loop.now() >= start + millis_us(4));
}

TEST_CASE("a timer's id is not valid for the timer that reuses its slot") {
  Timers timers;
  TimerId first = timers.arm({1}, [] {});
  CHECK(timers.cancel(first));
  bool ran = false;
  TimerId second = timers.arm({2}, [&] { ran = true; });
  CHECK_NE(first, second);
  CHECK_FALSE(timers.cancel(first));
  timers.run_due({2});
  CHECK(ran);
  CHECK_FALSE(timers.cancel(second));
}

TEST_CASE("many timers armed and cancelled at random come out sorted") {
  Timers timers;
  uint64_t seed = 12345;
  auto next = [&seed] { return seed = seed * 6364136223846793005ULL + 1442695040888963407ULL, seed >> 33; };
  std::vector<TimerId> ids;
  std::vector<int64_t> ran;
  for (int i = 0; i < 5'000; ++i) {
    auto when = static_cast<int64_t>(next() % 1'000);
    ids.push_back(timers.arm({when}, [&ran, when] { ran.push_back(when); }));
    if (i % 3 == 0) timers.cancel(ids[next() % ids.size()]);
  }
  size_t left = timers.size();
  timers.run_due({500});
  timers.run_due({1'000});
  CHECK_EQ(ran.size(), left);
  CHECK(std::is_sorted(ran.begin(), ran.end()));
}

TEST_CASE("a timer that re-arms itself for now lets others run") {
  EpollLoop loop;
  int runs = 0;
  std::function<void()> again = [&] {
    ++runs;
    loop.call_at(loop.now(), [&] { again(); });
  };
  again();
  loop.call_at(loop.now() + millis_us(2), [&] { loop.stop(); });
  loop.run();
  CHECK_GT(runs, 1);
}

TEST_CASE("other threads wake the loop; nothing they post is lost") {
  EpollLoop loop;
  int count = 0;
  constexpr int each = 2'000;
  auto produce = [&] {
    for (int i = 0; i < each; ++i) {
      loop.post_from_any_thread([&] {
        if (++count == 3 * each) loop.stop();
      });
    }
  };
  std::thread a(produce), b(produce), c(produce);
  loop.run();
  a.join(), b.join(), c.join();
  CHECK_EQ(count, 3 * each);
}

TEST_CASE("a signal wakes every waiter once, in order; a deadline wakes alone") {
  EpollLoop loop;
  Signal signal;
  std::string order;
  auto waiter = [](Loop& on, Signal& wake, std::string& out, char name, Monotonic deadline) -> Task<void> {
    bool notified = co_await wake.wait(on, deadline);
    out += name;
    out += notified ? '+' : '-';
  };
  spawn(waiter(loop, signal, order, 'a', {INT64_MAX}));
  spawn(waiter(loop, signal, order, 'b', loop.now() + millis_us(1)));
  spawn(waiter(loop, signal, order, 'c', loop.now() + seconds_us(100)));
  loop.call_at(loop.now() + millis_us(3), [&] {
    signal.notify_all();
    signal.notify_all();
  });
  loop.call_at(loop.now() + millis_us(5), [&] { loop.stop(); });
  loop.run();
  CHECK_EQ(order, "b-a+c+");
}

TEST_CASE("an executor computes on its threads, resumes on the loop, and refuses beyond its capacity") {
  EpollLoop loop;
  ThreadPool pool(loop, 1, 2);
  auto main_thread = std::this_thread::get_id();
  auto ask = [](Executor& executor) -> Task<Result<std::thread::id>> {
    co_return co_await executor.run([] { return std::this_thread::get_id(); });
  };
  auto ran_on = run_task(loop, ask(pool));
  REQUIRE(ran_on.has_value());
  CHECK_NE(*ran_on, main_thread);

  std::mutex gate;
  gate.lock();
  int finished = 0, refused = 0;
  auto block = [](Executor& executor, std::mutex& on, int& done, int& no, Loop& stop) -> Task<void> {
    auto outcome = co_await executor.run_result([&on]() -> Result<int> {
      std::lock_guard lock(on);
      return 1;
    });
    if (!outcome) CHECK(outcome.error().is(reasons::unavailable));
    ++(outcome ? done : no);
    if (done && done + no == 8) stop.stop();
  };
  for (int i = 0; i < 8; ++i) spawn(block(pool, gate, finished, refused, loop));
  CHECK_GE(refused, 5);
  gate.unlock();
  loop.run();
  CHECK_GE(finished, 2);
  CHECK_EQ(finished + refused, 8);
}

}  // namespace
}  // namespace parvis
