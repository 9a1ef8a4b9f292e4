#include "engine/sfu/line_probe.h"

#include <doctest/doctest.h>

namespace parvis::sfu {
namespace {

/// A train of packets of 500 bytes through a line of `capacity` that loses every n-th.
std::optional<LineProbe::Outcome> probe_of(uint32_t bits, int64_t capacity, size_t lose_every = 0) {
  LineProbe probe;
  Monotonic now{seconds_us(1)};
  uint16_t number = 65'530;
  probe.begin(bits, number, now);
  int64_t free_at = 0;
  for (size_t i = 0; i < LineProbe::bytes_of(bits) / 500 + 1; ++i, ++number) {
    probe.sent(number, 500, now);
    free_at = std::max(free_at, now.us) + 500 * 8'000'000LL / capacity;
    if (!lose_every || i % lose_every != 1) probe.arrived(number, free_at + 55'000'000);
    now = now + 500 * 8'000'000LL / bits;
  }
  probe.end(now, 100'000);
  return probe.outcome(now + 1'000'000);
}

}  // namespace

TEST_CASE("a wide line proves the rate of the train, a narrow one what it carries") {
  auto wide = probe_of(2'000'000, 100'000'000);
  REQUIRE(wide);
  CHECK(wide->kept_up);
  CHECK(wide->proven > 1'700'000);
  CHECK(wide->proven < 2'100'000);
  auto narrow = probe_of(2'000'000, 700'000);
  REQUIRE(narrow);
  CHECK_FALSE(narrow->kept_up);
  CHECK(narrow->proven > 600'000);
  CHECK(narrow->proven < 730'000);
}

TEST_CASE("some losses leave an answer, many leave none") {
  auto some = probe_of(2'000'000, 100'000'000, 20);
  REQUIRE(some);
  CHECK(some->proven > 1'500'000);
  auto many = probe_of(2'000'000, 100'000'000, 2);
  REQUIRE(many);
  CHECK(many->proven == 0);
}

TEST_CASE("an answer is waited for, not for ever") {
  LineProbe probe;
  CHECK_FALSE(probe.outcome(Monotonic{seconds_us(9)}));
  probe.begin(1'000'000, 1, {});
  CHECK(probe.overdue(Monotonic{LineProbe::most_length_us + 1}));
  probe.sent(1, 500, {});
  probe.end({}, 100'000);
  CHECK_FALSE(probe.outcome(Monotonic{100'000}));
  auto late = probe.outcome(Monotonic{100'001 + LineProbe::answer_within_us});
  REQUIRE(late);
  CHECK(late->proven == 0);
  CHECK(probe.phase() == LineProbe::Phase::none);
}

}  // namespace parvis::sfu
