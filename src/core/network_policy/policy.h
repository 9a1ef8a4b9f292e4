#pragma once
// The network policy of a house: when, and for those who come by which network, meetings are light and heavy
// work waits. A plain value, read from and written to one JSON document that any client can obey; README.md
// describes it.
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "core/http/router.h"
#include "core/i18n.h"
#include "core/network_path.h"
#include "proto/time_zone.h"

namespace parvis {

/// What somebody receives of a meeting, lightest first. Voices are in all of them.
enum class MeetingMode : uint8_t { audio, audio_slides, low_video, full };
std::string_view mode_name(MeetingMode mode);  // "audio_slides"
std::optional<MeetingMode> parse_mode(std::string_view name);
std::string_view mode_words(MeetingMode mode, Language language);

struct MeetingRule {
  MeetingMode entry = MeetingMode::full;    // at entry; a person may choose otherwise
  MeetingMode ceiling = MeetingMode::full;  // the most one may choose
  bool urgent = true;                       // beyond it with a reason, counted
  bool operator==(const MeetingRule&) const = default;
};

struct PolicyWindow {
  std::string name;  // for people
  uint8_t days = 0;  // bit 0 is Monday
  int start_minute = 0, end_minute = 0;
  std::string zone;
  std::shared_ptr<const proto::TimeZone> clock;
  bool holidays = false;                    // also on days off
  std::optional<int64_t> from_day, to_day;  // dates, inclusive
  std::vector<std::string> networks;        // labels; empty = whatever the network
  MeetingRule meetings;
  std::vector<http::TrafficClass> wait;  // of bulk and background
};

enum class HolidayCalendar : uint8_t { none, france };

struct Policy {
  std::vector<NetworkRange> networks;
  HolidayCalendar calendar = HolidayCalendar::france;
  std::vector<int64_t> days_off;  // further ones
  std::vector<PolicyWindow> windows;
};

struct PolicyLimits {
  static constexpr size_t document_bytes = 64 << 10;
  static constexpr size_t windows = 50;
  static constexpr size_t days_off = 200;
  static constexpr size_t networks_per_window = 16;
  static constexpr size_t name_bytes = 80;
  static constexpr size_t errors = 50;
};

/// One mistake, where it is: "windows[1].start".
struct PolicyError {
  std::string field;
  const Reason* reason;
};

/// Null when there is no such zone.
using ZoneSource = std::function<std::shared_ptr<const proto::TimeZone>(std::string_view name)>;

/// Every mistake is told, up to a bound; the policy is whole when there is none.
struct ParsedPolicy {
  Policy policy;
  std::vector<PolicyError> errors;
};
ParsedPolicy parse_policy(const json::Value& document, const ZoneSource& zones);
/// The document, without braces: fields of an object that the caller has begun.
void write_policy_fields(json::Writer& out, const Policy& policy);
std::string write_policy(const Policy& policy);

/// Of a new house: on working days from 10:30 to 15:30 in Paris, those who come by the state's shared network
/// or its remote access enter meetings with sounds and shared screens.
Policy first_policy(std::vector<NetworkRange> networks, const ZoneSource& zones);

}  // namespace parvis
