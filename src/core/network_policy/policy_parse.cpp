// The document as somebody wrote it: every mistake is told, where it is.
#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>

#include "base/utf8.h"
#include "core/civil_time.h"
#include "core/network_policy/policy.h"
#include "core/network_policy/reasons.h"

namespace parvis {
namespace {

namespace why = policy_reasons;
using Limits = PolicyLimits;

constexpr std::string_view day_names[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

std::optional<int> parse_minute(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  for (size_t i : {0, 1, 3, 4}) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
  }
  int hour = (text[0] - '0') * 10 + text[1] - '0', minute = (text[3] - '0') * 10 + text[4] - '0';
  if (minute > 59 || hour * 60 + minute > 24 * 60) return std::nullopt;
  return hour * 60 + minute;
}

class Reader {
 public:
  explicit Reader(const ZoneSource& zones) : zones_(zones) {}

  ParsedPolicy read(const json::Value& document) {
    if (!document.is_object()) {
      wrong("", why::wrong_type);
      return std::move(out_);
    }
    only(document, "", {"networks", "holidays", "days_off", "windows"});
    each(document, "", "networks", max_network_ranges,
         [&](const json::Value& one, const std::string& at) { network(one, at); });
    holidays(document);
    each(document, "", "days_off", Limits::days_off, [&](const json::Value& one, const std::string& at) {
      auto day = one.is_string() ? parse_day(std::string_view(one.get_string())) : std::nullopt;
      if (day) out_.policy.days_off.push_back(*day);
      if (!day) wrong(at, why::date);
    });
    each(document, "", "windows", Limits::windows,
         [&](const json::Value& one, const std::string& at) { window(one, at); });
    return std::move(out_);
  }

 private:
  void wrong(const std::string& field, const Reason& reason) {
    if (out_.errors.size() < Limits::errors) out_.errors.push_back({field, &reason});
  }

  void only(const json::Value& object, const std::string& at, std::initializer_list<std::string_view> known) {
    for (const auto& member : object.get_object()) {
      std::string_view key = member.key();
      // The name of an unknown field is the sender's: it is shown cut and only when it is a plain word.
      bool plain = key.size() <= 30 && std::ranges::all_of(key, [](char c) { return c > ' ' && c < 0x7f; });
      if (std::ranges::find(known, key) == known.end())
        wrong(at + (plain ? std::string(key) : "?"), why::unknown_field);
    }
  }

  template <class F>
  void each(const json::Value& object, const std::string& at, std::string_view key, size_t most, F read_one) {
    const json::Value* member = json::find(object, key);
    std::string field = at + std::string(key);
    if (!member) return;
    if (!member->is_array()) return wrong(field, why::wrong_type);
    const auto& list = member->get_array();
    if (list.size() > most) return wrong(field, why::too_many);
    for (size_t i = 0; i < list.size(); ++i) read_one(list[i], fmt::format("{}[{}]", field, i));
  }

  std::string text(const json::Value& object, std::string_view key) const {
    return std::string(json::text(object, key).value_or(""));
  }

  bool flag(const json::Value& object, const std::string& at, std::string_view key, bool otherwise) {
    const json::Value* member = json::find(object, key);
    if (member && !member->is_bool()) wrong(at + std::string(key), why::wrong_type);
    return member && member->is_bool() ? member->get_bool() : otherwise;
  }

  void network(const json::Value& one, const std::string& at) {
    if (!one.is_object()) return wrong(at, why::wrong_type);
    only(one, at + ".", {"label", "range"});
    NetworkRange out{text(one, "label"), text(one, "range"), {}};
    auto parsed = proto::parse_network(out.range);
    if (!is_network_label(out.label)) wrong(at + ".label", why::label);
    if (!parsed) return wrong(at + ".range", why::range);
    out.network = *parsed;
    out_.policy.networks.push_back(std::move(out));
  }

  void holidays(const json::Value& document) {
    if (!json::find(document, "holidays")) return;
    auto name = text(document, "holidays");
    if (name != "fr" && name != "none") wrong("holidays", why::calendar);
    out_.policy.calendar = name == "none" ? HolidayCalendar::none : HolidayCalendar::france;
  }

  std::optional<int64_t> date(const json::Value& object, const std::string& at, std::string_view key) {
    if (!json::find(object, key)) return std::nullopt;
    auto day = parse_day(text(object, key));
    if (!day) wrong(at + "." + std::string(key), why::date);
    return day;
  }

  void window(const json::Value& one, const std::string& at) {
    if (!one.is_object()) return wrong(at, why::wrong_type);
    only(one, at + ".",
         {"name", "days", "start", "end", "zone", "holidays", "from", "to", "networks", "meetings", "wait"});
    PolicyWindow out;
    out.name = std::string(utf8::trim(text(one, "name")));
    if (out.name.empty() || out.name.size() > Limits::name_bytes || !utf8::valid(out.name))
      wrong(at + ".name", why::name);
    days(one, at, out);
    hours(one, at, out);
    out.zone = json::find(one, "zone") ? text(one, "zone") : "Europe/Paris";
    out.clock = zones_(out.zone);
    if (!out.clock) wrong(at + ".zone", why::zone);
    out.holidays = flag(one, at + ".", "holidays", false);
    out.from_day = date(one, at, "from");
    out.to_day = date(one, at, "to");
    if (out.from_day && out.to_day && *out.to_day < *out.from_day) wrong(at + ".to", why::order);
    each(one, at + ".", "networks", Limits::networks_per_window,
         [&](const json::Value& label, const std::string& where) {
           if (!label.is_string() || !is_network_label(std::string_view(label.get_string())))
             return wrong(where, why::label);
           out.networks.emplace_back(std::string_view(label.get_string()));
         });
    meetings(one, at, out);
    waiting(one, at, out);
    out_.policy.windows.push_back(std::move(out));
  }

  void days(const json::Value& one, const std::string& at, PolicyWindow& out) {
    each(one, at + ".", "days", std::size(day_names), [&](const json::Value& name, const std::string& where) {
      auto found = name.is_string() ? std::ranges::find(day_names, std::string_view(name.get_string()))
                                    : std::end(day_names);
      if (found == std::end(day_names)) return wrong(where, why::days);
      out.days |= static_cast<uint8_t>(1 << (found - std::begin(day_names)));
    });
    if (out.days == 0) wrong(at + ".days", why::days);
  }

  void hours(const json::Value& one, const std::string& at, PolicyWindow& out) {
    auto start = parse_minute(text(one, "start")), end = parse_minute(text(one, "end"));
    if (!start) wrong(at + ".start", why::time);
    if (!end) wrong(at + ".end", why::time);
    if (!start || !end) return;
    out.start_minute = *start;
    out.end_minute = *end;
    if (*end <= *start) wrong(at + ".end", why::order);
  }

  void meetings(const json::Value& one, const std::string& at, PolicyWindow& out) {
    const json::Value* rule = json::find(one, "meetings");
    std::string inside = at + ".meetings";
    if (!rule) return;
    if (!rule->is_object()) return wrong(inside, why::wrong_type);
    only(*rule, inside + ".", {"entry", "ceiling", "urgent"});
    auto mode = [&](std::string_view key) {
      auto found = json::find(*rule, key) ? parse_mode(text(*rule, key)) : std::optional(MeetingMode::full);
      if (!found) wrong(inside + "." + std::string(key), why::mode);
      return found.value_or(MeetingMode::full);
    };
    out.meetings = {mode("entry"), mode("ceiling"), flag(*rule, inside + ".", "urgent", true)};
    if (out.meetings.entry > out.meetings.ceiling) wrong(inside + ".entry", why::above_ceiling);
  }

  void waiting(const json::Value& one, const std::string& at, PolicyWindow& out) {
    each(one, at + ".", "wait", 2, [&](const json::Value& name, const std::string& where) {
      std::string_view word = name.is_string() ? std::string_view(name.get_string()) : std::string_view();
      auto traffic = word == "bulk" ? http::TrafficClass::bulk : http::TrafficClass::background;
      if (word != "bulk" && word != "background") return wrong(where, why::wait);
      if (std::ranges::find(out.wait, traffic) == out.wait.end()) out.wait.push_back(traffic);
    });
  }

  const ZoneSource& zones_;
  ParsedPolicy out_;
};

}  // namespace

ParsedPolicy parse_policy(const json::Value& document, const ZoneSource& zones) {
  return Reader(zones).read(document);
}

}  // namespace parvis
