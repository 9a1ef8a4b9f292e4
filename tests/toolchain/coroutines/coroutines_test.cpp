// The compiler under test: ordinary coroutine patterns, each with objects that count their constructions and
// destructions. g++ 12 fails a third of them (double destroys, refusals); a compiler that fails one is not
// fit to build.
#include <doctest/doctest.h>

#include <array>
#include <expected>
#include <functional>
#include <initializer_list>
#include <memory>
#include <tuple>
#include <variant>
#include <vector>

#include "base/result.h"
#include "tests/toolchain/coroutines/tracked.h"

namespace gate {
namespace {

template <class Make>
int run_balanced(Make make) {
  census = {};
  int value = make().run();
  CHECK_EQ(census.live.size(), 0);
  CHECK_EQ(census.double_destroys, 0);
  return value;
}

// Callees shared by the patterns.
Lazy<Tracked> give(int value) {
  co_await Pause{};
  co_return Tracked(value);
}
Lazy<int> take(Tracked tracked) {
  co_await Pause{};
  co_return tracked.value;
}
Lazy<int> take_reference(const Tracked& tracked) {
  co_await Pause{};
  co_return tracked.value;
}
Lazy<int> take_two(Tracked a, Tracked b) {
  co_await Pause{};
  co_return a.value + b.value;
}
Lazy<std::string> text(std::string value) {
  co_await Pause{};
  co_return value + " a long enough tail to leave the small buffer";
}
template <class F>
Lazy<int> call(F function) {
  co_await Pause{};
  co_return function();
}
Lazy<int> call_erased(std::function<int()> function) {
  co_await Pause{};
  co_return function();
}
template <class F>
Lazy<int> await_made(F make) {
  co_return co_await make();
}
struct Options {
  Tracked a;
  Tracked b = 5;
};
Lazy<int> with_options(const Options& options) {
  co_await Pause{};
  co_return options.a.value + options.b.value;
}
Lazy<int> with_options_value(Options options) {
  co_await Pause{};
  co_return options.a.value + options.b.value;
}
Lazy<int> sum_list(std::initializer_list<int> list) {
  int total = 0;
  for (int value : list) total += value;
  co_return total;
}
Lazy<int> sum_vector(std::vector<Tracked> list = {Tracked(1), Tracked(2)}) {
  co_await Pause{};
  int total = 0;
  for (auto& item : list) total += item.value;
  co_return total;
}
Lazy<int> count_texts(std::vector<std::string> list) {
  co_await Pause{};
  size_t total = 0;
  for (auto& item : list) total += item.size();
  co_return static_cast<int>(total);
}

TEST_CASE("arguments: by value, by reference, temporaries, several") {
  CHECK_EQ(run_balanced([]() -> Lazy<int> { co_return co_await take(Tracked(1)); }), 1);
  CHECK_EQ(run_balanced([]() -> Lazy<int> { co_return co_await take_reference(Tracked(2)); }), 2);
  CHECK_EQ(run_balanced([]() -> Lazy<int> { co_return co_await take_two(Tracked(1), Tracked(2)); }), 3);
  CHECK_EQ(run_balanced([]() -> Lazy<int> {
             Tracked kept(4);
             int moved = co_await take(std::move(kept));
             co_return moved + kept.value;
           }),
           3);
  CHECK_EQ(run_balanced([]() -> Lazy<int> { co_return co_await take(co_await give(5)); }), 5);
  CHECK_EQ(
      run_balanced([]() -> Lazy<int> { co_return co_await take_two(co_await give(1), co_await give(2)); }),
      3);
}

TEST_CASE("lambdas with captures inside an awaited expression") {
  CHECK_EQ(run_balanced([]() -> Lazy<int> {
             Tracked captured(3);
             co_return co_await call([captured] { return captured.value; });
           }),
           3);
  CHECK_EQ(run_balanced([]() -> Lazy<int> {
             Tracked captured(3);
             co_return co_await call([moved = std::move(captured)] { return moved.value; });
           }),
           3);
  CHECK_EQ(run_balanced([]() -> Lazy<int> {
             Tracked captured(4);
             co_return co_await call_erased([captured] { return captured.value; });
           }),
           4);
  CHECK_EQ(run_balanced([]() -> Lazy<int> {
             auto shared = std::make_shared<Tracked>(6);
             co_return co_await call([shared, extra = Tracked(1)] { return shared->value + extra.value; });
           }),
           7);
  CHECK_EQ(run_balanced([]() -> Lazy<int> {
             Tracked captured(8);
             co_return co_await await_made([captured]() -> Lazy<int> {
               co_await Pause{};
               co_return captured.value;
             });
           }),
           8);
}

Lazy<Tracked> choose(bool first) { co_return first ? co_await give(1) : Tracked(2); }
Lazy<std::string> choose_text(bool first) { co_return first ? co_await text("a") : std::string("b"); }
Lazy<std::string> choose_arguments(bool first) {
  co_return co_await text(first ? std::string("a text that needs the heap for itself") : std::string("b"));
}
Lazy<std::string> choose_awaits(bool first) {
  std::string chosen;
  chosen = first ? co_await text("one") : co_await text("other");
  co_return chosen;
}

TEST_CASE("conditional expressions around awaits") {
  for (bool first : {true, false}) {
    census = {};
    CHECK_EQ(choose(first).run().value, first ? 1 : 2);
    CHECK(census.balanced());
    CHECK_EQ(choose_text(first).run().front(), first ? 'a' : 'b');
    CHECK_EQ(choose_arguments(first).run().front(), first ? 'a' : 'b');
    CHECK_EQ(choose_awaits(first).run().front(), 'o');
  }
  CHECK_EQ(run_balanced([]() -> Lazy<int> {
             bool both = (co_await give(1)).value == 1 && (co_await give(2)).value == 2;
             bool either = (co_await give(1)).value == 9 || (co_await give(2)).value == 2;
             co_return both + either;
           }),
           2);
}

TEST_CASE("aggregates, designated initialisers, lists and defaults") {
  CHECK_EQ(run_balanced([]() -> Lazy<int> {
             Options both{co_await give(1), co_await give(2)};
             co_return both.a.value + both.b.value;
           }),
           3);
  CHECK_EQ(run_balanced([]() -> Lazy<int> { co_return co_await with_options({.a = Tracked(1)}); }), 6);
  CHECK_EQ(run_balanced([]() -> Lazy<int> { co_return co_await with_options({.a = {7}, .b = {1}}); }), 8);
  CHECK_EQ(
      run_balanced([]() -> Lazy<int> { co_return co_await with_options_value({.b = co_await give(2)}); }), 2);
  CHECK_EQ(run_balanced([]() -> Lazy<int> { co_return co_await sum_list({1, 2, 3}); }), 6);
  CHECK_EQ(run_balanced([]() -> Lazy<int> { co_return co_await sum_vector(); }), 3);
  CHECK_EQ(run_balanced([]() -> Lazy<int> { co_return co_await sum_vector({Tracked(4), Tracked(5)}); }), 9);
  CHECK_EQ(run_balanced([]() -> Lazy<int> { co_return co_await count_texts({"a", "bc"}); }), 3);
  CHECK_EQ(run_balanced([]() -> Lazy<int> {
             std::array<Tracked, 2> pair{co_await give(1), co_await give(2)};
             auto [a, b] = std::tuple(co_await give(3), co_await give(4));
             co_return pair[0].value + pair[1].value + a.value + b.value;
           }),
           10);
}

TEST_CASE("control flow: loops, switch, early return, range-for over an awaited value") {
  CHECK_EQ(run_balanced([]() -> Lazy<int> {
             int total = 0;
             for (int i = 0; i < 10; ++i) {
               Tracked local(i);
               if (i == 2) continue;
               if (i == 5) break;
               total += (co_await give(local.value)).value;
             }
             co_return total;
           }),
           8);
  CHECK_EQ(run_balanced([]() -> Lazy<int> {
             switch ((co_await give(2)).value) {
               case 1:
                 co_return 0;
               case 2: {
                 Tracked local(3);
                 co_return (co_await give(local.value)).value;
               }
               default:
                 co_return -1;
             }
           }),
           3);
  CHECK_EQ(run_balanced([]() -> Lazy<int> {
             auto list = []() -> Lazy<std::vector<Tracked>> {
               co_await Pause{};
               std::vector<Tracked> made;
               for (int i = 1; i <= 3; ++i) made.emplace_back(i);
               co_return made;
             };
             int total = 0;
             for (auto& item : co_await list()) total += (co_await give(item.value)).value;
             co_return total;
           }),
           6);
  CHECK_EQ(run_balanced([]() -> Lazy<int> {
             if (auto found = co_await give(4); found.value > 3) co_return found.value;
             co_return 0;
           }),
           4);
}

Lazy<parvis::Result<Tracked>> maybe(bool good) {
  co_await Pause{};
  if (!good)
    co_return parvis::fail(parvis::reasons::conflict, "a detail long enough to be on the heap, for certain");
  co_return Tracked(7);
}
Lazy<parvis::Result<int>> tries(bool first, bool second) {
  Tracked local(1);
  Tracked a = CO_TRY(co_await maybe(first));
  co_return a.value + CO_TRY(co_await maybe(second)).value + local.value;
}
parvis::Result<int> tries_plainly(parvis::Result<Tracked> input) {
  Tracked local(1);
  return TRY(std::move(input)).value + local.value;
}

TEST_CASE("Result and the TRY macros, inside coroutines and outside") {
  for (bool first : {true, false}) {
    for (bool second : {true, false}) {
      census = {};
      {
        auto outcome = tries(first, second).run();
        CHECK_EQ(outcome.has_value(), first && second);
        if (outcome) CHECK_EQ(*outcome, 15);
        if (!outcome) CHECK(outcome.error().is(parvis::reasons::conflict));
      }
      CHECK(census.balanced());
    }
  }
  census = {};
  CHECK_EQ(tries_plainly(Tracked(2)).value(), 3);
  CHECK_FALSE(tries_plainly(parvis::fail(parvis::reasons::conflict)).has_value());
  CHECK(census.balanced());
}

TEST_CASE("exceptions unwind the frame once, caught inside or outside") {
  auto throws = [](Tracked) -> Lazy<int> {
    co_await Pause{};
    Tracked local(1);
    throw 3;
  };
  CHECK_EQ(run_balanced([&]() -> Lazy<int> {
             try {
               Tracked local(2);
               co_return co_await throws(Tracked(1));
             } catch (int thrown) {
               co_return thrown;
             }
           }),
           3);
  census = {};
  {
    auto lazy = throws(Tracked(4));
    CHECK_THROWS_AS(lazy.run(), int);
  }
  CHECK(census.balanced());
}

TEST_CASE("frames destroyed before start and while suspended destroy what they hold, once") {
  auto hold = [](Tracked, std::unique_ptr<Tracked>) -> Lazy<int> {
    Tracked local(1);
    std::vector<Tracked> list(3);
    co_return co_await take_two(Tracked(1), co_await give(2));
  };
  for (bool started : {false, true}) {
    census = {};
    {
      auto lazy = hold(Tracked(1), std::make_unique<Tracked>(2));
      if (started) lazy.start();
      Pause::waiting = {};
    }
    CHECK(census.balanced());
  }
}

class Counter {
 public:
  explicit Counter(int start) : tracked_(start) {}
  Lazy<int> add(Tracked other) {
    co_await Pause{};
    tracked_.value += other.value;
    co_return tracked_.value;
  }
  virtual ~Counter() = default;
  virtual Lazy<int> twice() { co_return 2 * co_await add(Tracked(0)); }

 private:
  Tracked tracked_;
};
class Doubled : public Counter {
 public:
  using Counter::Counter;
  Lazy<int> twice() override { co_return 2 * co_await Counter::twice(); }
};
template <class... Values>
Lazy<int> sum_all(Values... values) {
  co_await Pause{};
  co_return (0 + ... + values.value);
}
Lazy<int> depth(int levels, Tracked tracked) {
  if (levels == 0) co_return tracked.value;
  co_return co_await depth(levels - 1, std::move(tracked)) + 1;
}

TEST_CASE("members, virtual calls, packs, recursion, visitors, stored tasks") {
  CHECK_EQ(run_balanced([]() -> Lazy<int> {
             Doubled counter(3);
             co_return co_await counter.add(Tracked(1)) + co_await counter.twice();
           }),
           20);
  CHECK_EQ(
      run_balanced([]() -> Lazy<int> { co_return co_await sum_all(Tracked(1), Tracked(2), Tracked(3)); }), 6);
  CHECK_EQ(run_balanced([]() -> Lazy<int> { co_return co_await depth(1'000, Tracked(5)); }), 1'005);
  CHECK_EQ(run_balanced([]() -> Lazy<int> {
             std::variant<Tracked, std::string> either = Tracked(9);
             co_return co_await std::visit(
                 []<class T>(T& held) -> Lazy<int> {
                   if constexpr (std::is_same_v<T, Tracked>) {
                     return take(held);
                   } else {
                     return take(Tracked(0));
                   }
                 },
                 either);
           }),
           9);
  CHECK_EQ(run_balanced([]() -> Lazy<int> {
             std::vector<Lazy<Tracked>> tasks;
             for (int i = 0; i < 4; ++i) tasks.push_back(give(i));
             int total = 0;
             for (auto& task : tasks) total += (co_await task).value;
             co_return total;
           }),
           6);
  CHECK_EQ(run_balanced([]() -> Lazy<int> {
             std::optional<Tracked> kept = co_await give(3);
             const Tracked& bound = co_await give(4);
             co_return kept->value + bound.value;
           }),
           7);
}

TEST_CASE("awaiting finished tasks in a loop does not grow the stack") {
  auto at_once = [](int value) -> Lazy<int> { co_return value; };
  CHECK_EQ(run_balanced([&]() -> Lazy<int> {
             int total = 0;
             for (int i = 0; i < 300'000; ++i) total += co_await at_once(1);
             co_return total;
           }),
           300'000);
}

}  // namespace
}  // namespace gate
