#include "engine/sfu/pacer.h"

#include <doctest/doctest.h>

#include <vector>

namespace parvis::sfu {

TEST_CASE("what waits leaves at the rate of the line, repairs and screens before faces") {
  Pacer pacer;
  Bytes packet(1'000);
  std::vector<uint32_t> left;
  auto turn = [&](int64_t ms) {
    pacer.turn(800'000, Monotonic{millis_us(ms)},
               [&](const Pacer::Waiting& one) { left.push_back(one.source); });
  };
  turn(1'000);
  for (int i = 0; i < 10; ++i) REQUIRE(pacer.put(Urgency::image, packet, 0, 1));
  REQUIRE(pacer.put(Urgency::screen, packet, 0, 2));
  REQUIRE(pacer.put(Urgency::repair, packet, 0, 3));
  CHECK(pacer.wait_us(800'000) == 120'000);
  for (int64_t ms = 1'005; ms <= 1'060; ms += 5) turn(ms);
  CHECK(left.size() >= 6);
  CHECK(left.size() <= 8);
  CHECK(left[0] == 3);
  CHECK(left[1] == 2);
  pacer.drop(1);
  CHECK(pacer.empty());
  // A pause gives no right to a burst.
  left.clear();
  turn(9'000);
  for (int i = 0; i < 10; ++i) REQUIRE(pacer.put(Urgency::image, packet, 0, 1));
  turn(9'001);
  CHECK(left.size() <= 4);
}

TEST_CASE("there is no room without end") {
  Pacer pacer;
  Bytes packet(1'000);
  size_t taken = 0;
  while (pacer.put(Urgency::image, packet, 0, 1)) ++taken;
  CHECK(taken == Pacer::most_bytes / 1'000);
}

}  // namespace parvis::sfu
