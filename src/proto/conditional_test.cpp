#include "proto/conditional.h"

#include <doctest/doctest.h>

using namespace parvis;
using namespace parvis::proto;

namespace {
constexpr Instant now{1'700'000'000'000};
constexpr Instant modified{784'111'777'500};
const Representation current{"\"v1\"", modified, true};
constexpr auto same_date = "Sun, 06 Nov 1994 08:49:37 GMT";
constexpr auto later = "Sun, 06 Nov 1994 08:49:38 GMT";
constexpr auto earlier = "Sun, 06 Nov 1994 08:49:36 GMT";

Precondition get(Conditions conditions) { return evaluate_preconditions(conditions, current, true, now); }
Precondition put(Conditions conditions) { return evaluate_preconditions(conditions, current, false, now); }
}  // namespace

TEST_CASE("If-None-Match and If-Modified-Since save a transfer") {
  CHECK(get({.if_none_match = "\"v1\""}) == Precondition::not_modified);
  CHECK(get({.if_none_match = "\"v0\", W/\"v1\""}) == Precondition::not_modified);
  CHECK(get({.if_none_match = "*"}) == Precondition::not_modified);
  CHECK(get({.if_none_match = "\"v0\""}) == Precondition::proceed);
  CHECK(get({.if_modified_since = same_date}) == Precondition::not_modified);
  CHECK(get({.if_modified_since = later}) == Precondition::not_modified);
  CHECK(get({.if_modified_since = earlier}) == Precondition::proceed);
  CHECK(get({.if_modified_since = "yesterday"}) == Precondition::proceed);
  CHECK(get({.if_none_match = "\"v0\"", .if_modified_since = later}) == Precondition::proceed);
}

TEST_CASE("If-Match and If-Unmodified-Since protect a change") {
  CHECK(put({.if_match = "\"v1\""}) == Precondition::proceed);
  CHECK(put({.if_match = "W/\"v1\""}) == Precondition::failed);
  CHECK(put({.if_match = "\"v2\""}) == Precondition::failed);
  CHECK(put({.if_match = "*"}) == Precondition::proceed);
  CHECK(put({.if_none_match = "*"}) == Precondition::failed);
  CHECK(put({.if_unmodified_since = earlier}) == Precondition::failed);
  CHECK(put({.if_unmodified_since = same_date}) == Precondition::proceed);
  Representation absent{"", std::nullopt, false};
  CHECK(evaluate_preconditions({.if_match = "*"}, absent, false, now) == Precondition::failed);
  CHECK(evaluate_preconditions({.if_none_match = "*"}, absent, false, now) == Precondition::proceed);
}

namespace {
std::string ranges(std::string_view header, uint64_t size = 1000, std::string_view if_range = "") {
  auto answer = evaluate_range({.if_range = if_range, .range = header}, current, size, now);
  if (answer.kind == RangeAnswer::Kind::whole) return "whole";
  if (answer.kind == RangeAnswer::Kind::unsatisfiable) return "416";
  std::string out;
  for (const auto& range : answer.ranges)
    out += std::to_string(range.first) + "+" + std::to_string(range.size) + " ";
  return out;
}
}  // namespace

TEST_CASE("ranges") {
  CHECK(ranges("bytes=0-99") == "0+100 ");
  CHECK(ranges("bytes=900-") == "900+100 ");
  CHECK(ranges("bytes=-50") == "950+50 ");
  CHECK(ranges("bytes=-5000") == "0+1000 ");
  CHECK(ranges("bytes=500-9999") == "500+500 ");
  CHECK(ranges("bytes=0-0, 998-") == "0+1 998+2 ");
  CHECK(ranges("bytes=100-199,0-99,150-300") == "0+301 ");  // joined
  CHECK(ranges("bytes=1000-") == "416");
  CHECK(ranges("bytes=-0") == "416");
  CHECK(ranges("bytes=0-", 0) == "416");
  for (auto header : {"", "bytes=", "bytes=a-b", "bytes=5-1", "items=0-1", "bytes=0-1,x", "bytes=--1",
                      "bytes=1", "bytes=99999999999999999999-"}) {
    CAPTURE(std::string(header));
    CHECK(ranges(header) == "whole");
  }
  std::string many = "bytes=";
  for (int i = 0; i < 20; ++i) many += std::to_string(i * 10) + "-" + std::to_string(i * 10 + 1) + ",";
  CHECK(ranges(many) == "whole");
  CHECK(content_range({0, 100}, 1000) == "bytes 0-99/1000");
}

TEST_CASE("If-Range: the rest only of the same thing") {
  CHECK(ranges("bytes=0-9", 1000, "\"v1\"") == "0+10 ");
  CHECK(ranges("bytes=0-9", 1000, "\"v2\"") == "whole");
  CHECK(ranges("bytes=0-9", 1000, "W/\"v1\"") == "whole");
  CHECK(ranges("bytes=0-9", 1000, same_date) == "0+10 ");
  CHECK(ranges("bytes=0-9", 1000, later) == "whole");
}
