#include "base/id.h"

#include <doctest/doctest.h>

using namespace parvis;

TEST_CASE("ids round-trip, sort by time and refuse foreign text") {
  auto early = make_id({1'700'000'000'000}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
  auto late = make_id({1'700'000'000'001}, {});
  CHECK(early < late);
  CHECK(format_id(early) < format_id(late));
  CHECK(parse_id(format_id(early)) == early);
  CHECK_FALSE(parse_id("short"));
  CHECK_FALSE(parse_id("8zzzzzzzzzzzzzzzzzzzzzzzzz"));
  CHECK_FALSE(parse_id("0000000000000000000000000u"));
}
