#include "core/network_policy/policy.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/civil_time.h"
#include "core/meter.h"

namespace parvis {
namespace {

constexpr std::array<std::string_view, 4> mode_names = {"audio", "audio_slides", "low_video", "full"};
constexpr std::array<Text, 4> modes_in_words = {
    {{"les sons seuls", "sound only"},
     {"les sons et les écrans partagés", "sound and shared screens"},
     {"de petites images", "small images"},
     {"les sons et les images", "sound and images"}}};
constexpr std::array<std::string_view, 7> day_names = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
constexpr uint8_t working_days = 0b001'1111;

std::string time_text(int minute) { return fmt::format("{:02}:{:02}", minute / 60, minute % 60); }

void write_window(json::Writer& out, const PolicyWindow& window) {
  out.begin_object().field("name", window.name).key("days").begin_array();
  for (size_t i = 0; i < day_names.size(); ++i) {
    if (window.days >> i & 1) out.value(day_names[i]);
  }
  out.end_array()
      .field("start", time_text(window.start_minute))
      .field("end", time_text(window.end_minute))
      .field("zone", window.zone)
      .field("holidays", window.holidays);
  if (window.from_day) out.field("from", format_day(*window.from_day));
  if (window.to_day) out.field("to", format_day(*window.to_day));
  out.key("networks").begin_array();
  for (const auto& label : window.networks) out.value(label);
  out.end_array().key("meetings").begin_object();
  out.field("entry", mode_name(window.meetings.entry))
      .field("ceiling", mode_name(window.meetings.ceiling))
      .field("urgent", window.meetings.urgent)
      .end_object();
  out.key("wait").begin_array();
  for (auto one : window.wait) out.value(traffic_name(one));
  out.end_array().end_object();
}

}  // namespace

std::string_view mode_name(MeetingMode mode) { return mode_names[static_cast<size_t>(mode)]; }

std::optional<MeetingMode> parse_mode(std::string_view name) {
  auto found = std::ranges::find(mode_names, name);
  if (found == mode_names.end()) return std::nullopt;
  return static_cast<MeetingMode>(found - mode_names.begin());
}

std::string_view mode_words(MeetingMode mode, Language language) {
  return modes_in_words[static_cast<size_t>(mode)].in(language);
}

void write_policy_fields(json::Writer& out, const Policy& policy) {
  out.key("networks").begin_array();
  for (const auto& one : policy.networks)
    out.begin_object().field("label", one.label).field("range", one.range).end_object();
  out.end_array().field("holidays", policy.calendar == HolidayCalendar::france ? "fr" : "none");
  out.key("days_off").begin_array();
  for (int64_t day : policy.days_off) out.value(format_day(day));
  out.end_array().key("windows").begin_array();
  for (const auto& window : policy.windows) write_window(out, window);
  out.end_array();
}

std::string write_policy(const Policy& policy) {
  std::string text;
  json::Writer out(text);
  out.begin_object();
  write_policy_fields(out, policy);
  out.end_object();
  return text;
}

Policy first_policy(std::vector<NetworkRange> networks, const ZoneSource& zones) {
  Policy out;
  out.networks = std::move(networks);
  PolicyWindow window;
  window.name = "Heures chargées du réseau";
  window.days = working_days;
  window.start_minute = 10 * 60 + 30;
  window.end_minute = 15 * 60 + 30;
  window.zone = "Europe/Paris";
  window.clock = zones(window.zone);
  window.networks = {"rie", "vpn"};
  window.meetings = {.entry = MeetingMode::audio_slides, .ceiling = MeetingMode::low_video, .urgent = true};
  window.wait = {http::TrafficClass::bulk, http::TrafficClass::background};
  if (window.clock) out.windows.push_back(std::move(window));
  return out;
}

}  // namespace parvis
