#include <doctest/doctest.h>

#include "engine/sfu/loss_repair.h"

namespace parvis::sfu {

TEST_CASE("what is missing is asked for after a moment, again later, and not for ever") {
  LossRepair repair;
  Monotonic now{seconds_us(1)};
  repair.received(65'534, now);
  repair.received(1, now);  // 65535 and 0 are missing, over the wrap
  CHECK(repair.due(now).empty());
  CHECK(repair.due(now + 10'000) == std::vector<uint16_t>{65'535, 0});
  CHECK(repair.due(now + 50'000).empty());
  repair.received(65'535, now + 60'000);
  CHECK(repair.due(now + 110'000) == std::vector<uint16_t>{0});
  CHECK(repair.due(now + seconds_us(2)).empty());
  CHECK(repair.complete());
}

TEST_CASE("packets that overtook each other are not asked for; a long break is hopeless") {
  LossRepair repair;
  Monotonic now{seconds_us(1)};
  repair.received(5, now);
  repair.received(7, now);
  repair.received(6, now + 2'000);
  CHECK(repair.due(now + 20'000).empty());
  CHECK(repair.received(2'000, now));
  CHECK(repair.due(now + 20'000).empty());
}

}  // namespace parvis::sfu
