#include "module/meetings/division_format.h"

#include "base/json.h"

namespace parvis {
namespace {

constexpr size_t max_bytes = 1 << 20;

void write_places(json::Writer& out, std::string_view key, const std::map<std::string, int>& places) {
  out.key(key).begin_object();
  for (const auto& [identity, group] : places) out.field(identity, group);
  out.end_object();
}

std::map<std::string, int> read_places(const json::Value& value, std::string_view key, size_t groups) {
  std::map<std::string, int> out;
  const auto* places = json::object(value, key);
  if (!places) return out;
  for (const auto& [identity, group] : *places) {
    if (group.is_int64() && group.as_int64() > 0 && static_cast<size_t>(group.as_int64()) <= groups)
      out[std::string(identity)] = static_cast<int>(group.as_int64());
  }
  return out;
}

std::vector<std::string> read_texts(const json::Value& value, std::string_view key) {
  std::vector<std::string> out;
  const auto* texts = json::array(value, key);
  if (!texts) return out;
  for (const auto& one : *texts) {
    if (one.is_string()) out.emplace_back(one.as_string());
  }
  return out;
}

}  // namespace

std::string write_division(const Breakouts::Division& division, Instant now, Monotonic loop_now) {
  std::string text;
  json::Writer out(text);
  out.begin_object().field("choose", division.plan.choose);
  if (division.ends) out.field("ends_at", now.ms + (*division.ends - loop_now) / 1'000);
  out.key("names").begin_array();
  for (const auto& name : division.plan.names) out.value(name);
  out.end_array();
  write_places(out, "assigned", division.plan.assigned);
  write_places(out, "at", division.at);
  out.key("asking").begin_array();
  for (const auto& identity : division.asking) out.value(identity);
  out.end_array().end_object();
  return text;
}

std::optional<Breakouts::Division> read_division(const std::string& text, Instant now, Monotonic loop_now) {
  if (text.empty()) return std::nullopt;
  auto value = json::parse(text, {.max_bytes = max_bytes});
  if (!value || !value->is_object()) return std::nullopt;
  Breakouts::Division out;
  out.plan.names = read_texts(*value, "names");
  size_t groups = out.plan.names.size();
  if (groups == 0 || groups > static_cast<size_t>(Breakouts::max_groups)) return std::nullopt;
  out.plan.choose = json::boolean(*value, "choose").value_or(false);
  out.plan.assigned = read_places(*value, "assigned", groups);
  out.at = read_places(*value, "at", groups);
  for (auto& identity : read_texts(*value, "asking")) out.asking.insert(std::move(identity));
  if (auto ends_at = json::integer(*value, "ends_at")) {
    if (*ends_at <= now.ms) return std::nullopt;
    out.ends = loop_now + (*ends_at - now.ms) * 1'000;
  }
  return out;
}

}  // namespace parvis
