#include "proto/time_zone.h"

#include <doctest/doctest.h>

#include <string>

#include "proto/civil_days.h"

namespace parvis::proto {
namespace {

constexpr int64_t hour_ms = 3'600'000;

Instant utc(int year, int month, int day, int hour, int minute = 0) {
  return {days_from_civil(year, month, day) * 24 * hour_ms + hour * hour_ms + minute * 60'000};
}

void put(std::string& out, uint64_t number, int bytes) {
  for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>(number >> (8 * i));
}

struct Change {
  int64_t at_s;
  uint8_t type;
};
/// A zone file of version 2 whose first block is empty, as newer zone compilers write them.
std::string zone_file(const std::vector<Change>& changes, const std::vector<int32_t>& offsets,
                      const std::string& rule) {
  auto header = [](size_t times, size_t types) {
    std::string out = "TZif2" + std::string(15, '\0');
    for (size_t count : {size_t{0}, size_t{0}, size_t{0}, times, types, size_t{4}}) put(out, count, 4);
    return out;
  };
  std::string out = header(0, 1) + std::string(6, '\0') + std::string("UTC\0", 4);
  out += header(changes.size(), offsets.size());
  for (const auto& one : changes) put(out, static_cast<uint64_t>(one.at_s), 8);
  for (const auto& one : changes) out += static_cast<char>(one.type);
  for (int32_t offset : offsets) {
    put(out, static_cast<uint32_t>(offset), 4);
    out += std::string(2, '\0');
  }
  return out + std::string("UTC\0", 4) + "\n" + rule + "\n";
}

}  // namespace

TEST_CASE("a rule tells when clocks change") {
  TimeZone paris(*parse_zone_rule("CET-1CEST,M3.5.0,M10.5.0/3"));
  CHECK(paris.offset_s(utc(2026, 3, 29, 0, 59)) == 3600);
  CHECK(paris.offset_s(utc(2026, 3, 29, 1)) == 7200);
  CHECK(paris.offset_s(utc(2026, 10, 25, 0, 59)) == 7200);
  CHECK(paris.offset_s(utc(2026, 10, 25, 1)) == 3600);
  TimeZone sydney(*parse_zone_rule("AEST-10AEDT,M10.1.0,M4.1.0/3"));
  CHECK(sydney.offset_s(utc(2026, 1, 1, 0)) == 11 * 3600);
  CHECK(sydney.offset_s(utc(2026, 7, 1, 0)) == 10 * 3600);
  TimeZone marquesas(*parse_zone_rule("<-0930>9:30"));
  CHECK(marquesas.offset_s(utc(2026, 1, 1, 0)) == -(9 * 3600 + 1800));
  CHECK(marquesas.local(utc(2026, 1, 1, 9)).ms == 23 * hour_ms + hour_ms / 2);
  TimeZone miquelon(*parse_zone_rule("<-03>3<-02>,M3.2.0,M11.1.0"));
  CHECK(miquelon.offset_s(utc(2026, 3, 8, 4, 59)) == -3 * 3600);
  CHECK(miquelon.offset_s(utc(2026, 3, 8, 5)) == -2 * 3600);
  CHECK(parse_zone_rule("EST5EDT,J60,300/-1"));
}

TEST_CASE("what is no rule is none") {
  for (std::string text : {"", "CET", "C-1", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0",
                           "CET-1CEST,M3.6.0,M1.1.0", "CET-99", "CET-1CEST,M3.5.0,M10.5.0/168", "CET-1x",
                           "<CET-1", "CET-1CEST,J0,J1", "CET-123456789"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_zone_rule(text));
  }
  CHECK_FALSE(parse_zone_rule(std::string(max_zone_rule_bytes + 1, 'A')));
}

TEST_CASE("a local time is one moment, also on the days when clocks change") {
  TimeZone paris(*parse_zone_rule("CET-1CEST,M3.5.0,M10.5.0/3"));
  int64_t spring = days_from_civil(2026, 3, 29), autumn = days_from_civil(2026, 10, 25);
  CHECK(paris.instant(spring, 0) == utc(2026, 3, 28, 23));
  CHECK(paris.instant(spring, 10 * hour_ms) == utc(2026, 3, 29, 8));
  CHECK(paris.instant(spring, 2 * hour_ms + hour_ms / 2) == utc(2026, 3, 29, 1, 30));   // skipped
  CHECK(paris.instant(autumn, 2 * hour_ms + hour_ms / 2) == utc(2026, 10, 25, 0, 30));  // the first of two
  CHECK(paris.instant(autumn, 10 * hour_ms) == utc(2026, 10, 25, 9));
  for (int64_t day = autumn - 400; day < autumn + 400; ++day) {
    auto back = paris.local(paris.instant(day, 11 * hour_ms));
    CHECK(back.day == day);
    CHECK(back.ms == 11 * hour_ms);
  }
}

TEST_CASE("a zone file: its changes first, then its rule") {
  std::string file = zone_file({{1000, 1}, {2000, 0}}, {3600, 7200}, "<+05>-5");
  auto zone = TimeZone::parse(as_bytes(file));
  REQUIRE(zone);
  CHECK(zone->offset_s({999'999}) == 3600);
  CHECK(zone->offset_s({1'000'000}) == 7200);
  CHECK(zone->offset_s({1'999'999}) == 7200);
  CHECK(zone->offset_s({2'000'000}) == 5 * 3600);
}

TEST_CASE("a zone file that is cut, reordered or of another kind is refused") {
  std::string file = zone_file({{1000, 1}, {2000, 0}}, {3600, 7200}, "CET-1CEST,M3.5.0,M10.5.0/3");
  for (size_t length = 0; length < file.size(); ++length)
    CHECK_FALSE(TimeZone::parse(as_bytes(std::string_view(file).substr(0, length))));
  CHECK_FALSE(TimeZone::parse(as_bytes(zone_file({{2000, 1}, {1000, 0}}, {3600, 7200}, "CET-1"))));
  CHECK_FALSE(TimeZone::parse(as_bytes(zone_file({{2000, 2}}, {3600, 7200}, "CET-1"))));
  CHECK_FALSE(TimeZone::parse(as_bytes(zone_file({}, {200'000}, "CET-1"))));
  CHECK_FALSE(TimeZone::parse(as_bytes(zone_file({}, {3600}, "what?"))));
  std::string first = file;
  first[4] = '\0';
  CHECK_FALSE(TimeZone::parse(as_bytes(first)));
  CHECK_FALSE(TimeZone::parse(as_bytes(std::string(max_zone_file_bytes + 1, 'x'))));
}

}  // namespace parvis::proto
