#pragma once
// What clocks show in a time zone: zone files (TZif, RFC 8536) and the rules they end with (POSIX TZ).
// Sans-IO; a zone may be shared between threads.
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"

namespace parvis::proto {

inline constexpr size_t max_zone_file_bytes = 256 << 10;
inline constexpr size_t max_zone_transitions = 4096;
inline constexpr size_t max_zone_rule_bytes = 128;

/// When clocks change each year: "CET-1CEST,M3.5.0,M10.5.0/3".
struct ZoneRule {
  struct Change {
    enum class Form : uint8_t { julian, zero_based, month_week_day };
    Form form = Form::month_week_day;
    int day = 0;  // of the year, or of the week (0 = Sunday)
    int month = 1, week = 1;
    int64_t seconds = 7200;  // of the local day, as clocks show before the change
  };
  int64_t offset_s = 0;  // ahead of UTC
  bool summer = false;
  int64_t summer_offset_s = 0;
  Change begins, ends;

  /// Seconds ahead of UTC at a moment (seconds since 1970).
  int64_t offset_at(int64_t at_s) const;
};
std::optional<ZoneRule> parse_zone_rule(std::string_view text);

class TimeZone {
 public:
  explicit TimeZone(ZoneRule rule) : rule_(rule) {}
  /// Nullopt: not a zone file of version 2 or later, or beyond the bounds.
  static std::optional<TimeZone> parse(ByteView file);

  /// Seconds ahead of UTC.
  int64_t offset_s(Instant at) const;

  struct Local {
    int64_t day = 0;  // since 1970-01-01
    int64_t ms = 0;   // of the day
  };
  Local local(Instant at) const;
  /// The moment when clocks show this. Of two, the first; one that is skipped counts from before the change.
  Instant instant(int64_t day, int64_t ms_of_day) const;

 private:
  struct Transition {
    int64_t at_s;
    int64_t offset_s;  // from then on
  };
  std::vector<Transition> transitions_;
  int64_t first_offset_s_ = 0;
  std::optional<ZoneRule> rule_;  // beyond the last transition
};

}  // namespace parvis::proto
