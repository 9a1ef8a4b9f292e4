#include "core/network_policy/evaluate.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/network_policy/holidays.h"

namespace parvis {
namespace {

constexpr int64_t minute_ms = 60'000;
constexpr int64_t days_ahead = 14;

bool concerns(const PolicyWindow& window, std::string_view network) {
  return window.networks.empty() || std::ranges::find(window.networks, network) != window.networks.end();
}

/// When the window that is open at this moment closes.
std::optional<Instant> closes(const Policy& policy, const PolicyWindow& window, Instant now) {
  auto local = window.clock->local(now);
  if (!occurs(policy, window, local.day)) return std::nullopt;
  auto begins = window.clock->instant(local.day, window.start_minute * minute_ms);
  auto ends = window.clock->instant(local.day, window.end_minute * minute_ms);
  if (now < begins || now >= ends) return std::nullopt;
  return ends;
}

std::optional<Instant> opens(const Policy& policy, const PolicyWindow& window, Instant now) {
  auto local = window.clock->local(now);
  for (int64_t day = local.day; day <= local.day + days_ahead; ++day) {
    if (!occurs(policy, window, day)) continue;
    auto begins = window.clock->instant(day, window.start_minute * minute_ms);
    if (begins > now) return begins;
  }
  return std::nullopt;
}

void combine(Applied& out, const PolicyWindow& window, Instant ends) {
  bool first = out.window.empty();
  bool lighter = first || std::pair(window.meetings.entry, window.meetings.ceiling) <
                              std::pair(out.meetings.entry, out.meetings.ceiling);
  if (lighter) {
    out.window = window.name;
    out.until = ends;
    out.clock = window.clock;
  }
  out.meetings.entry = std::min(out.meetings.entry, window.meetings.entry);
  out.meetings.ceiling = std::min(out.meetings.ceiling, window.meetings.ceiling);
  out.meetings.urgent = out.meetings.urgent && window.meetings.urgent;
  for (auto one : window.wait) {
    if (std::ranges::find(out.wait, one) == out.wait.end()) out.wait.push_back(one);
  }
}

std::string hour_words(const Applied& applied, Language language) {
  auto minutes = applied.clock->local(*applied.until).ms / minute_ms;
  int64_t hour = minutes / 60, minute = minutes % 60;
  if (minutes == 0) return language == Language::english ? "midnight" : "minuit";
  if (language == Language::english) return fmt::format("{:02}:{:02}", hour, minute);
  return minute ? fmt::format("{} h {:02}", hour, minute) : fmt::format("{} h", hour);
}

}  // namespace

bool occurs(const Policy& policy, const PolicyWindow& window, int64_t day) {
  int64_t weekday = ((day + 3) % 7 + 7) % 7;  // 1970-01-01 was a Thursday; 0 = Monday
  if (!(window.days >> weekday & 1)) return false;
  if ((window.from_day && day < *window.from_day) || (window.to_day && day > *window.to_day)) return false;
  if (window.holidays) return true;
  bool off = (policy.calendar == HolidayCalendar::france && is_french_holiday(day)) ||
             std::ranges::find(policy.days_off, day) != policy.days_off.end();
  return !off;
}

Applied evaluate(const Policy& policy, Instant now, std::string_view network, bool exempt) {
  Applied out;
  out.network = network;
  out.exempt = exempt;
  for (const auto& window : policy.windows) {
    if (!concerns(window, network)) continue;
    if (auto ends = closes(policy, window, now)) combine(out, window, *ends);
  }
  if (out.window.empty()) {
    for (const auto& window : policy.windows) {
      auto begins = concerns(window, network) ? opens(policy, window, now) : std::nullopt;
      if (begins && (!out.next || *begins < *out.next)) out.next = begins;
    }
  }
  if (exempt) out.meetings = {};
  return out;
}

std::string applied_sentence(const Applied& applied, Language language) {
  bool english = language == Language::english;
  if (applied.window.empty())
    return english ? "No rule limits the network now." : "Aucune règle ne limite le réseau en ce moment.";
  std::string until = hour_words(applied, language);
  if (applied.exempt) {
    return english ? fmt::format("“{}” applies until {}, but not to you: you keep the images.",
                                 applied.window, until)
                   : fmt::format("« {} » s’applique jusqu’à {}, mais pas à vous : vous gardez les images.",
                                 applied.window, until);
  }
  auto mode = mode_words(applied.meetings.entry, language);
  return english ? fmt::format("“{}”, until {}: meetings begin with {}.", applied.window, until, mode)
                 : fmt::format("« {} », jusqu’à {} : les visios commencent avec {}.", applied.window, until,
                               mode);
}

void write_applied_fields(json::Writer& out, const Applied& applied, Language language) {
  out.field("network", applied.network).field("window", applied.window).field("exempt", applied.exempt);
  out.field("sentence", applied_sentence(applied, language)).key("meetings").begin_object();
  out.field("entry", mode_name(applied.meetings.entry))
      .field("ceiling", mode_name(applied.meetings.ceiling))
      .field("urgent", applied.meetings.urgent)
      .end_object();
  if (applied.until) out.field("until", applied.until->ms);
  if (applied.next) out.field("next", applied.next->ms);
}

}  // namespace parvis
