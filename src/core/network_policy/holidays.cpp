#include "core/network_policy/holidays.h"

#include <algorithm>
#include <iterator>

#include "proto/civil_days.h"

namespace parvis {

// The anonymous Gregorian algorithm (Meeus, Jones, Butcher).
int64_t easter(int year) {
  int a = year % 19, b = year / 100, c = year % 100;
  int d = b / 4, e = b % 4, f = (b + 8) / 25, g = (b - f + 1) / 3;
  int h = (19 * a + b - d - g + 15) % 30;
  int i = c / 4, k = c % 4, l = (32 + 2 * e + 2 * i - h - k) % 7;
  int m = (a + 11 * h + 22 * l) / 451;
  int month = (h + l - 7 * m + 114) / 31, day = (h + l - 7 * m + 114) % 31 + 1;
  return days_from_civil(year, month, day);
}

bool is_french_holiday(int64_t day) {
  struct Fixed {
    int month, day;
  };
  static constexpr Fixed fixed[] = {{1, 1}, {5, 1}, {5, 8}, {7, 14}, {8, 15}, {11, 1}, {11, 11}, {12, 25}};
  auto date = civil_from_days(day);
  bool same_each_year = std::ranges::any_of(
      fixed, [&](const Fixed& one) { return one.month == date.month && one.day == date.day; });
  int64_t since_easter = day - easter(date.year);
  // Easter Monday, Ascension Day, Whit Monday.
  return same_each_year || since_easter == 1 || since_easter == 39 || since_easter == 50;
}

}  // namespace parvis
