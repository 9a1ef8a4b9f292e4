#pragma once
// Days since 1970-01-01 of a proleptic Gregorian date, and back.
#include <cstdint>

namespace parvis {

int64_t days_from_civil(int year, int month, int day);
struct CivilDate {
  int year, month, day;
};
CivilDate civil_from_days(int64_t days);

}  // namespace parvis
