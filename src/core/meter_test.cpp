#include "core/meter.h"

#include <doctest/doctest.h>

#include "core/civil_time.h"
#include "core/rate_limit.h"
#include "core/testing.h"

namespace parvis {
namespace {

int64_t today(TestHouse& house) { return paris_hour(house.at.env().clock.now().ms / 3'600'000).day; }

}  // namespace

TEST_CASE("days are those of Paris, summer and winter") {
  CHECK(format_day(0) == "1970-01-01");
  CHECK(days_from_civil(2026, 11, 23) == 20'780);
  CHECK(parse_day("2024-02-29") == days_from_civil(2024, 2, 29));
  for (std::string_view bad :
       {"2023-02-29", "2026-13-01", "2026-1-1", "26-01-01", "2026-00-10", "2026/01/01", ""}) {
    CHECK_FALSE(parse_day(bad));
  }
  auto at = [](int year, int month, int day, int hour) {
    return Instant{(days_from_civil(year, month, day) * 24 + hour) * 3'600'000};
  };
  CHECK(paris_offset_hours(at(2026, 3, 29, 0)) == 1);
  CHECK(paris_offset_hours(at(2026, 3, 29, 1)) == 2);
  CHECK(paris_offset_hours(at(2026, 10, 25, 0)) == 2);
  CHECK(paris_offset_hours(at(2026, 10, 25, 1)) == 1);
  // The days of change have 23 and 25 hours.
  auto length = [](int year, int month, int day) {
    int64_t days = days_from_civil(year, month, day);
    return first_hour_of_paris_day(days + 1) - first_hour_of_paris_day(days);
  };
  CHECK(length(2026, 3, 29) == 23);
  CHECK(length(2026, 10, 25) == 25);
  CHECK(length(2026, 10, 26) == 24);
}

TEST_CASE("counters survive a restart and add up by hour") {
  store::for_each_engine([](store::TestDatabase& at) {
    TestHouse house(at);
    auto claire = house.agent("claire").person, karim = house.agent("karim").person;
    house.meter->count(claire, "messages", http::TrafficClass::interactive, "rie", 10, 100);
    house.run([](Meter& meter) -> Task<int> {
      co_await meter.flush();
      co_return 0;
    }(*house.meter));
    house.meter->count(claire, "messages", http::TrafficClass::interactive, "rie", 1, 2);
    house.meter->count(karim, "fichiers", http::TrafficClass::bulk, "vpn", 5, 5);
    auto lines = house.run(house.meter->report(claire, today(house), today(house)));
    REQUIRE(lines);
    REQUIRE(lines->size() == 1);
    CHECK(lines->front().bytes_in == 11);
    CHECK(lines->front().bytes_out == 102);
    CHECK(lines->front().tool == "messages");
    house.reload();
    CHECK(house.meter->today(claire).bytes_out == 102);
    CHECK_FALSE(house.run(house.meter->report(claire, today(house) - 40, today(house))));
    CHECK_FALSE(house.run(house.meter->report(claire, today(house), today(house) - 1)));
  });
}

TEST_CASE("sums over everybody name nothing that fewer than ten people share") {
  store::for_each_engine([](store::TestDatabase& at) {
    TestHouse house(at);
    for (int i = 0; i < 10; ++i) {
      auto person = house.agent("p" + std::to_string(i)).person;
      house.meter->count(person, "messages", http::TrafficClass::interactive, i < 5 ? "rie" : "vpn", 1, 10);
      if (i < 9) house.meter->count(person, "fichiers", http::TrafficClass::bulk, "rie", 1, 1'000);
    }
    auto lines = house.run(house.meter->instance_report(today(house), today(house)));
    REQUIRE(lines);
    REQUIRE(lines->size() == 1);
    CHECK(lines->front().tool == "messages");
    CHECK(lines->front().bytes_out == 100);
  });
}

TEST_CASE("a bucket refills with time and says how long to wait") {
  RateLimiter limiter({.person_per_second = 2, .person_burst = 4, .max_buckets = 2});
  Monotonic now{0};
  for (int i = 0; i < 4; ++i) CHECK(limiter.take_person("claire", 1, now));
  auto refused = limiter.take_person("claire", 1, now);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().retry_after_ms == 500);
  CHECK(limiter.take_network("claire", 1, now));
  CHECK(limiter.take_person("claire", 1, now + millis_us(500)));
  CHECK_FALSE(limiter.take_person("claire", 1, now + millis_us(500)));
  limiter.take_person("karim", 1, now);
  limiter.take_person("helene", 1, now);
  CHECK(limiter.buckets() == 2);
}

}  // namespace parvis
