#pragma once
#include <cstdint>

namespace parvis {

/// Days since 1970-01-01 of Easter Sunday (Gregorian calendar).
int64_t easter(int year);
/// The eleven public holidays of article L3133-1 of the French labour code. Alsace-Moselle and the overseas
/// territories have further ones, which a policy lists.
bool is_french_holiday(int64_t day);

}  // namespace parvis
