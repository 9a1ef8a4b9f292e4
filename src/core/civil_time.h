#pragma once
// Days and hours as people in mainland France count them. Pure arithmetic (European summer time, directive
// 2000/84/EC).
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "proto/civil_days.h"

namespace parvis {

/// 1 or 2: hours ahead of UTC in Paris.
int paris_offset_hours(Instant instant);
/// Days since 1970-01-01 and hour of the day, in Paris, of an hour counted in UTC since 1970.
struct LocalHour {
  int64_t day;
  int hour;
};
LocalHour paris_hour(int64_t utc_hour);
/// The first UTC hour of that day in Paris.
int64_t first_hour_of_paris_day(int64_t day);

std::string format_day(int64_t day);                      // "2026-11-23"
std::optional<int64_t> parse_day(std::string_view text);  // the same form, real dates only

}  // namespace parvis
