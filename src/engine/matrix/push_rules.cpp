#include "engine/matrix/push_rules.h"

#include <algorithm>
#include <charconv>

#include "engine/matrix/canonical_json.h"
#include "engine/matrix/errors.h"
#include "engine/matrix/push_defaults.h"

namespace parvis::matrix {
namespace {

constexpr std::string_view kind_names[rule_kind_count] = {"override", "content", "room", "sender",
                                                          "underride"};
constexpr std::string_view master_rule = ".m.rule.master";

bool has_conditions(RuleKind kind) { return kind == RuleKind::override_ || kind == RuleKind::underride; }

Result<void> parse_member_count(std::string_view is, Condition& out) {
  auto starts = [&](std::string_view prefix) {
    if (!is.starts_with(prefix)) return false;
    is.remove_prefix(prefix.size());
    return true;
  };
  if (starts("=="))
    out.comparison = '=';
  else if (starts("<="))
    out.comparison = 'l';
  else if (starts(">="))
    out.comparison = 'g';
  else if (starts("<"))
    out.comparison = '<';
  else if (starts(">"))
    out.comparison = '>';
  auto [end, error] = std::from_chars(is.data(), is.data() + is.size(), out.count);
  if (is.empty() || error != std::errc{} || end != is.data() + is.size() || out.count < 0)
    return fail(errors::bad_json, "room_member_count: is");
  return {};
}

bool simple(const json::Value& value) {
  return value.is_string() || value.is_int64() || value.is_bool() || value.is_null();
}

Result<json::Array> parse_actions(const json::Value& json) {
  if (!json.is_array()) return fail(errors::bad_json, "actions is not a list");
  json::Array actions;
  for (const auto& action : json.get_array()) {
    if (action.is_string()) {
      std::string_view name = action.get_string();
      if (name == "dont_notify" || name == "coalesce") continue;
      if (name != "notify") return fail(errors::bad_json, "unknown action");
    } else if (!json::text(action, "set_tweak")) {
      return fail(errors::bad_json, "an action is notify or set_tweak");
    }
    actions.push_back(action);
  }
  if (boost::json::serialize(actions).size() > max_push_actions_bytes)
    return fail(errors::invalid_param, "actions too long");
  return actions;
}

Result<PushRule> parse_rule(RuleKind kind, std::string_view rule_id, const json::Value& body) {
  auto* actions = json::find(body, "actions");
  if (!actions) return fail(errors::missing_param, "actions");
  PushRule rule{.rule_id = std::string(rule_id), .actions = TRY(parse_actions(*actions))};
  if (kind == RuleKind::content) {
    auto pattern = json::text(body, "pattern");
    if (!pattern || pattern->empty()) return fail(errors::missing_param, "pattern");
    if (pattern->size() > max_push_pattern_bytes) return fail(errors::invalid_param, "pattern too long");
    rule.pattern = *pattern;
  }
  if (!has_conditions(kind)) return rule;
  auto* conditions = json::find(body, "conditions");
  if (!conditions || conditions->is_null()) return rule;
  if (!conditions->is_array()) return fail(errors::bad_json, "conditions is not a list");
  if (conditions->get_array().size() > max_push_conditions)
    return fail(errors::invalid_param, "too many conditions");
  for (const auto& condition : conditions->get_array())
    rule.conditions.push_back(TRY(parse_condition(condition)));
  return rule;
}

Result<void> check_rule_id(RuleKind kind, std::string_view rule_id) {
  if (rule_id.empty() || rule_id.size() > max_push_rule_id_bytes || rule_id.starts_with('.') ||
      rule_id.find_first_of("/\\") != std::string_view::npos)
    return fail(errors::invalid_param, "rule id");
  if ((kind == RuleKind::room && !rule_id.starts_with('!')) ||
      (kind == RuleKind::sender && !rule_id.starts_with('@')))
    return fail(errors::invalid_param, "the rule id must be the id of the room or the person");
  return {};
}

bool searches_text(RuleKind kind, const PushRule& rule) {
  return kind == RuleKind::content ||
         std::any_of(rule.conditions.begin(), rule.conditions.end(), [](const auto& c) {
           return c.kind == Condition::Kind::event_match && c.key.starts_with("content.");
         });
}

json::Value condition_json(const Condition& condition, std::string_view user_id) {
  auto out = condition.source;
  if (condition.is_self)
    out.get_object()[condition.kind == Condition::Kind::event_match ? "pattern" : "value"] = user_id;
  return out;
}

bool same(const PushRule& a, const PushRule& b) { return a.enabled == b.enabled && a.actions == b.actions; }

}  // namespace

std::optional<RuleKind> parse_rule_kind(std::string_view text) {
  for (size_t i = 0; i < rule_kind_count; ++i)
    if (text == kind_names[i]) return static_cast<RuleKind>(i);
  return std::nullopt;
}

std::string_view name_of(RuleKind kind) { return kind_names[static_cast<size_t>(kind)]; }

Result<Condition> parse_condition(const json::Value& json) {
  auto kind = json::text(json, "kind");
  if (!kind) return fail(errors::bad_json, "a condition needs a kind");
  Condition condition{.key = std::string(json::text(json, "key").value_or("")), .source = json};
  if (condition.key.size() > max_push_pattern_bytes) return fail(errors::invalid_param, "key too long");
  auto with_key = [&](Condition::Kind known, bool complete) -> Result<Condition> {
    if (!json::text(json, "key") || !complete) return fail(errors::bad_json, "incomplete condition");
    condition.kind = known;
    return std::move(condition);
  };
  if (*kind == "event_match") {
    auto pattern = json::text(json, "pattern");
    if (pattern && pattern->size() > max_push_pattern_bytes)
      return fail(errors::invalid_param, "pattern too long");
    condition.pattern = pattern.value_or("");
    return with_key(Condition::Kind::event_match, pattern.has_value());
  }
  if (*kind == "event_property_is" || *kind == "event_property_contains") {
    auto* value = json::find(json, "value");
    if (value && simple(*value)) condition.value = *value;
    return with_key(*kind == "event_property_is" ? Condition::Kind::event_property_is
                                                 : Condition::Kind::event_property_contains,
                    value && simple(*value));
  }
  if (*kind == "sender_notification_permission")
    return with_key(Condition::Kind::sender_notification_permission, true);
  if (*kind == "contains_display_name") condition.kind = Condition::Kind::contains_display_name;
  if (*kind == "room_member_count") {
    TRY(parse_member_count(json::text(json, "is").value_or(""), condition));
    condition.kind = Condition::Kind::room_member_count;
  }
  if (condition.kind == Condition::Kind::unknown &&
      boost::json::serialize(json).size() > max_push_actions_bytes)
    return fail(errors::invalid_param, "condition too long");
  return condition;
}

PushRuleset::PushRuleset() {
  for (size_t i = 0; i < rule_kind_count; ++i) rules_[i] = default_push_rules(static_cast<RuleKind>(i));
}

const PushRule* PushRuleset::find(RuleKind kind, std::string_view rule_id) const {
  for (const auto& rule : rules(kind))
    if (rule.rule_id == rule_id) return &rule;
  return nullptr;
}
PushRule* PushRuleset::find_mutable(RuleKind kind, std::string_view rule_id) {
  return const_cast<PushRule*>(find(kind, rule_id));
}

Result<void> PushRuleset::put(RuleKind kind, std::string_view rule_id, const json::Value& body,
                              std::string_view before, std::string_view after) {
  TRY(check_rule_id(kind, rule_id));
  auto rule = TRY(parse_rule(kind, rule_id, body));
  size_t count = 0, searching = 0;
  for (size_t i = 0; i < rule_kind_count; ++i)
    for (const auto& known : rules_[i]) {
      auto known_kind = static_cast<RuleKind>(i);
      if (known.is_default || (known_kind == kind && known.rule_id == rule_id)) continue;
      ++count;
      searching += searches_text(known_kind, known);
    }
  if (count >= max_push_rules || (searches_text(kind, rule) && searching >= max_push_patterns))
    return fail(reasons::limited, "too many push rules");
  return place(kind, std::move(rule), before, after);
}

Result<void> PushRuleset::place(RuleKind kind, PushRule rule, std::string_view before,
                                std::string_view after) {
  auto anchor = before.empty() ? after : before;
  if (!anchor.empty()) {
    auto* found = find(kind, anchor);
    if (!found || found->is_default || anchor == rule.rule_id)
      return fail(errors::invalid_param, "before or after names no rule of this kind");
  }
  auto& list = of(kind);
  auto known =
      std::find_if(list.begin(), list.end(), [&](const auto& r) { return r.rule_id == rule.rule_id; });
  if (known != list.end()) {
    rule.enabled = known->enabled;
    if (anchor.empty()) {
      *known = std::move(rule);
      return {};
    }
    list.erase(known);
  }
  auto at = list.begin();
  if (!anchor.empty()) {
    at = std::find_if(list.begin(), list.end(), [&](const auto& r) { return r.rule_id == anchor; });
    if (before.empty()) ++at;
  } else if (!list.empty() && list.front().rule_id == master_rule) {
    ++at;
  }
  list.insert(at, std::move(rule));
  return {};
}

Result<void> PushRuleset::remove(RuleKind kind, std::string_view rule_id) {
  auto* rule = find_mutable(kind, rule_id);
  if (!rule) return fail(reasons::not_found, "push rule");
  if (rule->is_default) return fail(errors::invalid_param, "a default rule cannot be removed");
  auto& list = of(kind);
  list.erase(list.begin() + (rule - list.data()));
  return {};
}

Result<void> PushRuleset::set_enabled(RuleKind kind, std::string_view rule_id, bool enabled) {
  auto* rule = find_mutable(kind, rule_id);
  if (!rule) return fail(reasons::not_found, "push rule");
  rule->enabled = enabled;
  return {};
}

Result<void> PushRuleset::set_actions(RuleKind kind, std::string_view rule_id, const json::Value& actions) {
  auto* rule = find_mutable(kind, rule_id);
  if (!rule) return fail(reasons::not_found, "push rule");
  rule->actions = TRY(parse_actions(actions));
  return {};
}

bool PushRuleset::is_default() const {
  for (size_t i = 0; i < rule_kind_count; ++i) {
    const auto& defaults = default_push_rules(static_cast<RuleKind>(i));
    if (rules_[i].size() != defaults.size()) return false;
    if (!std::equal(defaults.begin(), defaults.end(), rules_[i].begin(), same)) return false;
  }
  return true;
}

std::string PushRuleset::rule_json(RuleKind kind, const PushRule& rule, std::string_view user_id) {
  std::string out;
  json::Writer writer(out);
  writer.begin_object();
  writer.field("rule_id", rule.rule_id).field("default", rule.is_default).field("enabled", rule.enabled);
  if (has_conditions(kind)) {
    writer.key("conditions").begin_array();
    for (const auto& condition : rule.conditions) writer.value(condition_json(condition, user_id));
    writer.end_array();
  }
  if (kind == RuleKind::content) writer.field("pattern", rule.pattern);
  writer.key("actions").raw(boost::json::serialize(rule.actions));
  writer.end_object();
  return out;
}

std::string PushRuleset::to_json(std::string_view user_id) const {
  std::string out;
  json::Writer writer(out);
  writer.begin_object();
  for (size_t i = 0; i < rule_kind_count; ++i) {
    writer.key(kind_names[i]).begin_array();
    for (const auto& rule : rules_[i]) writer.raw(rule_json(static_cast<RuleKind>(i), rule, user_id));
    writer.end_array();
  }
  writer.end_object();
  return out;
}

std::string PushRuleset::to_storage() const {
  if (is_default()) return "{}";
  std::string out;
  json::Writer writer(out);
  writer.begin_object();
  for (size_t i = 0; i < rule_kind_count; ++i) {
    auto kind = static_cast<RuleKind>(i);
    const auto& defaults = default_push_rules(kind);
    writer.key(kind_names[i]).begin_array();
    for (const auto& rule : rules_[i]) {
      if (!rule.is_default) {
        writer.raw(rule_json(kind, rule, {}));
        continue;
      }
      auto original = std::find_if(defaults.begin(), defaults.end(),
                                   [&](const auto& r) { return r.rule_id == rule.rule_id; });
      if (same(*original, rule)) continue;
      writer.begin_object().field("rule_id", rule.rule_id).field("enabled", rule.enabled);
      writer.key("actions").raw(boost::json::serialize(rule.actions)).end_object();
    }
    writer.end_array();
  }
  writer.end_object();
  return out;
}

Result<PushRuleset> PushRuleset::from_storage(std::string_view text) {
  PushRuleset ruleset;
  auto stored = json::parse(text, {.max_bytes = 16 << 20});
  if (!stored || !stored->is_object()) return fail(reasons::corrupt, "push rules");
  for (size_t i = 0; i < rule_kind_count; ++i) {
    auto kind = static_cast<RuleKind>(i);
    auto* list = json::array(*stored, kind_names[i]);
    if (!list) continue;
    std::vector<PushRule> own;
    for (const auto& entry : *list) {
      auto rule_id = json::text(entry, "rule_id");
      auto* actions = json::array(entry, "actions");
      if (!rule_id || !actions) return fail(reasons::corrupt, "push rule");
      bool enabled = json::boolean(entry, "enabled").value_or(true);
      if (auto* known = ruleset.find_mutable(kind, *rule_id)) {
        known->enabled = enabled;
        known->actions = *actions;
        continue;
      }
      if (rule_id->starts_with('.')) continue;  // a default rule of another release
      auto rule = parse_rule(kind, *rule_id, entry);
      if (!rule) return fail(reasons::corrupt, rule.error().detail);
      rule->enabled = enabled;
      own.push_back(std::move(*rule));
    }
    auto& rules = ruleset.of(kind);
    bool after_master = !rules.empty() && rules.front().rule_id == master_rule;
    rules.insert(rules.begin() + after_master, std::make_move_iterator(own.begin()),
                 std::make_move_iterator(own.end()));
  }
  return ruleset;
}

}  // namespace parvis::matrix
