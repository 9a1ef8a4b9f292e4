#include "core/civil_time.h"

#include <fmt/format.h>

namespace parvis {
namespace {

constexpr int64_t hour_ms = 3'600'000;

int64_t floor_divide(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

// 0 = Sunday. 1970-01-01 was a Thursday.
int64_t weekday(int64_t days) { return ((days + 4) % 7 + 7) % 7; }

/// Summer time begins and ends at 01:00 UTC on the last Sundays of March and October.
int64_t last_sunday_change_hour(int year, int month) {
  int64_t last = days_from_civil(year, month, 31);
  return (last - weekday(last)) * 24 + 1;
}

}  // namespace

int paris_offset_hours(Instant instant) {
  int64_t hour = floor_divide(instant.ms, hour_ms);
  int year = civil_from_days(floor_divide(hour, 24)).year;
  return hour >= last_sunday_change_hour(year, 3) && hour < last_sunday_change_hour(year, 10) ? 2 : 1;
}

LocalHour paris_hour(int64_t utc_hour) {
  int64_t local = utc_hour + paris_offset_hours({utc_hour * hour_ms});
  int64_t day = floor_divide(local, 24);
  return {day, static_cast<int>(local - day * 24)};
}

int64_t first_hour_of_paris_day(int64_t day) {
  // Clocks change at 01:00 UTC, never between the two candidates of a local midnight.
  int64_t winter = day * 24 - 1;
  return winter - (paris_offset_hours({winter * hour_ms}) - 1);
}

std::string format_day(int64_t day) {
  auto date = civil_from_days(day);
  return fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day);
}

std::optional<int64_t> parse_day(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  int numbers[3] = {};
  size_t at = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (i == 4 || i == 7) {
      ++at;
    } else if (text[i] < '0' || text[i] > '9') {
      return std::nullopt;
    } else {
      numbers[at] = numbers[at] * 10 + (text[i] - '0');
    }
  }
  if (numbers[1] < 1 || numbers[1] > 12 || numbers[2] < 1 || numbers[2] > 31) return std::nullopt;
  int64_t days = days_from_civil(numbers[0], numbers[1], numbers[2]);
  if (format_day(days) != text) return std::nullopt;  // 31 April
  return days;
}

}  // namespace parvis
