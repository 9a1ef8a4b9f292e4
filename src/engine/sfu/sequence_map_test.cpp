#include <doctest/doctest.h>

#include "engine/sfu/sequence_map.h"

namespace parvis::sfu {
namespace {
std::optional<uint16_t> sent(SequenceMap& map, uint16_t original, uint16_t pictures = 0) {
  auto out = map.number(original, pictures);
  return out ? std::optional(out->sequence) : std::nullopt;
}
}  // namespace

TEST_CASE("what is left out leaves no gap, and both sides' numbers find each other") {
  SequenceMap map;
  map.begin(65'534, 100);
  CHECK(sent(map, 65'534) == 100);
  CHECK(sent(map, 65'535) == 101);
  CHECK(map.leave_out(0) == std::nullopt);
  CHECK(sent(map, 1, 7) == 102);
  CHECK(map.leave_out(2) == std::nullopt);
  CHECK(map.leave_out(3) == std::nullopt);
  CHECK(sent(map, 4) == 103);
  CHECK(map.original(101)->sequence == 65'535);
  CHECK(map.original(102)->sequence == 1);
  CHECK(map.original(102)->picture_offset == 7);
  CHECK(map.original(103)->sequence == 4);
  CHECK_FALSE(map.original(104));
  CHECK_FALSE(sent(map, 2));  // left out stays left out
}

TEST_CASE(
    "what comes late has the number that was kept for it; what is then left out is told, to be filled") {
  SequenceMap map;
  map.begin(10, 50);
  CHECK(sent(map, 10) == 50);
  CHECK(map.leave_out(11) == std::nullopt);
  CHECK(sent(map, 15) == 54);  // 12, 13 and 14 are missing
  CHECK(map.leave_out(16) == std::nullopt);
  CHECK(sent(map, 17) == 55);
  CHECK(sent(map, 13) == 52);
  CHECK(sent(map, 13) == 52);
  CHECK(map.leave_out(12) == 51);
  CHECK(map.leave_out(12) == std::nullopt);
  CHECK_FALSE(map.original(51));
  CHECK(map.original(52)->sequence == 13);
  CHECK_FALSE(sent(map, 9));  // from before
}

TEST_CASE("an encoding that follows goes on, and numbers from before it are not taken for its own") {
  SequenceMap map;
  map.begin(1'000, 0);
  for (uint16_t i = 0; i < 5; ++i) CHECK(sent(map, static_cast<uint16_t>(1'000 + i)) == i);
  map.begin(9'000, 5);
  CHECK(sent(map, 9'000) == 5);
  CHECK_FALSE(map.original(4));
  CHECK_FALSE(sent(map, 8'999));
  CHECK(map.original(5)->sequence == 9'000);
}

TEST_CASE("the first packet left out long after the beginning: those before it are remembered") {
  SequenceMap map;
  map.begin(0, 7);
  uint32_t i = 0;
  for (; i < 70'000; ++i) CHECK(sent(map, static_cast<uint16_t>(i)) == static_cast<uint16_t>(i + 7));
  CHECK(map.leave_out(static_cast<uint16_t>(i)) == std::nullopt);
  CHECK(map.original(static_cast<uint16_t>(i + 6))->sequence == static_cast<uint16_t>(i - 1));
  CHECK(map.original(static_cast<uint16_t>(i + 6 - 400))->sequence == static_cast<uint16_t>(i - 401));
  CHECK(sent(map, static_cast<uint16_t>(i + 1)) == static_cast<uint16_t>(i + 7));
  map.mark(static_cast<uint16_t>(i + 1), true);
  CHECK(map.original(static_cast<uint16_t>(i + 7))->marker == true);
  CHECK(map.original(static_cast<uint16_t>(i + 6))->marker == std::nullopt);
  // A gap longer than what is remembered.
  CHECK(sent(map, static_cast<uint16_t>(i + 3'000)) == static_cast<uint16_t>(i + 3'006));
  CHECK(sent(map, static_cast<uint16_t>(i + 2'999)) == static_cast<uint16_t>(i + 3'005));
  CHECK_FALSE(sent(map, static_cast<uint16_t>(i + 2'000)));
}

}  // namespace parvis::sfu
