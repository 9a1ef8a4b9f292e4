#include "proto/http_date.h"

#include <algorithm>
#include <array>

#include "proto/ascii.h"

namespace parvis::proto {
namespace {

constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> days = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 7> long_days = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                       "Thursday", "Friday", "Saturday"};

/// Days since 1970-01-01 of a proleptic Gregorian date (years counted from March, so leap days come last).
int64_t days_from_civil(int64_t year, int64_t month, int64_t day) {
  year -= month <= 2;
  int64_t era = (year >= 0 ? year : year - 399) / 400;
  int64_t year_of_era = year - era * 400;
  int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

struct Civil {
  int64_t year, month, day;
};
Civil civil_from_days(int64_t since_epoch) {
  int64_t shifted = since_epoch + 719468;
  int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
  int64_t day_of_era = shifted - era * 146097;
  int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  int64_t month_index = (5 * day_of_year + 2) / 153;
  int64_t day = day_of_year - (153 * month_index + 2) / 5 + 1;
  int64_t month = month_index < 10 ? month_index + 3 : month_index - 9;
  return {year_of_era + era * 400 + (month <= 2), month, day};
}

void append_digits(std::string& out, int64_t value, int width) {
  for (int64_t scale = width == 4 ? 1000 : 10; scale; scale /= 10) {
    out.push_back(static_cast<char>('0' + value / scale % 10));
  }
}

/// Reads fixed pieces from the left; `ok` turns false at the first mismatch.
struct Reader {
  std::string_view rest;
  bool ok = true;
  void literal(std::string_view text) {
    ok = ok && rest.starts_with(text);
    if (ok) rest.remove_prefix(text.size());
  }
  int number(size_t width, bool space_padded = false) {
    if (!ok || rest.size() < width) return ok = false, 0;
    int value = 0;
    for (size_t i = 0; i < width; ++i) {
      if (i == 0 && space_padded && rest[0] == ' ') continue;
      if (!ascii::is(rest[i], ascii::digit)) return ok = false, 0;
      value = value * 10 + (rest[i] - '0');
    }
    rest.remove_prefix(width);
    return value;
  }
  template <size_t N>
  int one_of(const std::array<std::string_view, N>& names) {
    for (size_t i = 0; ok && i < N; ++i) {
      if (rest.starts_with(names[i])) return rest.remove_prefix(names[i].size()), static_cast<int>(i);
    }
    return ok = false, 0;
  }
};

struct Fields {
  int64_t year = 0;
  int month = 0, day = 0, hour = 0, minute = 0, second = 0;
};
void read_time(Reader& in, Fields& out) {
  out.hour = in.number(2);
  in.literal(":");
  out.minute = in.number(2);
  in.literal(":");
  out.second = in.number(2);
}

bool read_imf(Reader in, Fields& out) {
  in.one_of(days);
  in.literal(", ");
  out.day = in.number(2);
  in.literal(" ");
  out.month = in.one_of(months) + 1;
  in.literal(" ");
  out.year = in.number(4);
  in.literal(" ");
  read_time(in, out);
  in.literal(" GMT");
  return in.ok && in.rest.empty();
}

bool read_rfc850(Reader in, Fields& out, Instant now) {
  in.one_of(long_days);
  in.literal(", ");
  out.day = in.number(2);
  in.literal("-");
  out.month = in.one_of(months) + 1;
  in.literal("-");
  int short_year = in.number(2);
  in.literal(" ");
  read_time(in, out);
  in.literal(" GMT");
  int64_t this_year = civil_from_days(now.ms / 86'400'000).year;
  out.year = this_year / 100 * 100 + short_year;
  if (out.year > this_year + 50) out.year -= 100;
  return in.ok && in.rest.empty();
}

bool read_asctime(Reader in, Fields& out) {
  in.one_of(days);
  in.literal(" ");
  out.month = in.one_of(months) + 1;
  in.literal(" ");
  out.day = in.number(2, true);
  in.literal(" ");
  read_time(in, out);
  in.literal(" ");
  out.year = in.number(4);
  return in.ok && in.rest.empty();
}

}  // namespace

std::string format_http_date(Instant when) {
  constexpr int64_t first = -62'167'219'200, last = 253'402'300'799;  // years 0 to 9999
  int64_t seconds = std::clamp((when.ms - (when.ms < 0 ? 999 : 0)) / 1000, first, last);
  int64_t day_number = (seconds - (seconds < 0 ? 86'399 : 0)) / 86'400;
  int64_t second_of_day = seconds - day_number * 86'400;
  auto date = civil_from_days(day_number);
  std::string out;
  out.reserve(29);
  out.append(days[static_cast<size_t>(((day_number + 4) % 7 + 7) % 7)]).append(", ");
  append_digits(out, date.day, 2);
  out.append(" ").append(months[static_cast<size_t>(date.month - 1)]).append(" ");
  append_digits(out, date.year, 4);
  out.push_back(' ');
  append_digits(out, second_of_day / 3600, 2);
  out.push_back(':');
  append_digits(out, second_of_day / 60 % 60, 2);
  out.push_back(':');
  append_digits(out, second_of_day % 60, 2);
  out.append(" GMT");
  return out;
}

std::optional<Instant> parse_http_date(std::string_view text, Instant now) {
  Fields at;
  if (!read_imf({text}, at) && !read_rfc850({text}, at, now) && !read_asctime({text}, at))
    return std::nullopt;
  if (at.day < 1 || at.hour > 23 || at.minute > 59 || at.second > 60) return std::nullopt;
  int64_t day_number = days_from_civil(at.year, at.month, at.day);
  auto back = civil_from_days(day_number);
  if (back.month != at.month || back.day != at.day) return std::nullopt;  // 31 February
  return Instant{(day_number * 86'400 + at.hour * 3600 + at.minute * 60 + at.second) * 1000};
}

}  // namespace parvis::proto
