#pragma once
// Push rules as people edit them (client-server API, module "Push Notifications"): the default ruleset, a
// person's changes to it, and the JSON of /pushrules. Evaluation is in push_evaluation.h.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace parvis::matrix {

// Bounds on one person's rules: evaluating all of them stays cheap.
inline constexpr size_t max_push_rules = 1000;
inline constexpr size_t max_push_patterns = 100;  // rules that search message text
inline constexpr size_t max_push_conditions = 16;
inline constexpr size_t max_push_pattern_bytes = 250;
inline constexpr size_t max_push_rule_id_bytes = 255;
inline constexpr size_t max_push_actions_bytes = 2048;

enum class RuleKind : uint8_t { override_, content, room, sender, underride };  // in order of priority
inline constexpr size_t rule_kind_count = 5;
std::optional<RuleKind> parse_rule_kind(std::string_view text);
std::string_view name_of(RuleKind kind);

struct Condition {
  enum class Kind : uint8_t {
    event_match,
    event_property_is,
    event_property_contains,
    contains_display_name,
    room_member_count,
    sender_notification_permission,
    unknown,  // kept, shown, never true
  };
  Kind kind = Kind::unknown;
  std::string key;        // property path, or notification key
  std::string pattern;    // event_match
  json::Value value;      // *_is, *_contains: string, integer, boolean, null
  char comparison = '=';  // room_member_count: '=', '<', '>', 'l' (<=), 'g' (>=)
  int64_t count = 0;
  bool is_self = false;  // pattern or value stands for the person's own user id (default rules)
  json::Value source;    // as given
};

/// errors::bad_json when a known kind lacks what it needs.
Result<Condition> parse_condition(const json::Value& json);

struct PushRule {
  std::string rule_id;
  bool is_default = false;
  bool enabled = true;
  std::vector<Condition> conditions;  // override and underride
  std::string pattern;                // content
  json::Array actions;                // without the historical dont_notify and coalesce
};

/// One person's rules. A copyable value; starts as the default ruleset.
class PushRuleset {
 public:
  PushRuleset();

  /// Adds or replaces a rule of the person; `body` is the PUT body (actions, conditions, pattern). A new rule
  /// comes first of its kind unless `before` or `after` name another rule of the person and kind.
  /// errors::invalid_param, errors::bad_json, reasons::limited (too many rules).
  Result<void> put(RuleKind kind, std::string_view rule_id, const json::Value& body,
                   std::string_view before = {}, std::string_view after = {});
  /// reasons::not_found; errors::invalid_param for a default rule.
  Result<void> remove(RuleKind kind, std::string_view rule_id);
  Result<void> set_enabled(RuleKind kind, std::string_view rule_id, bool enabled);
  /// `actions` is the list itself.
  Result<void> set_actions(RuleKind kind, std::string_view rule_id, const json::Value& actions);

  const PushRule* find(RuleKind kind, std::string_view rule_id) const;
  /// In order of priority, defaults included.
  const std::vector<PushRule>& rules(RuleKind kind) const { return rules_[static_cast<size_t>(kind)]; }
  /// Nothing differs from the default ruleset.
  bool is_default() const;

  /// {"override":[…],…}: the `global` object; `user_id` fills the default rules that name the person.
  std::string to_json(std::string_view user_id) const;
  static std::string rule_json(RuleKind kind, const PushRule& rule, std::string_view user_id);

  /// The changes against the default ruleset, for storage, "{}" when there are none; and back
  /// (reasons::corrupt).
  std::string to_storage() const;
  static Result<PushRuleset> from_storage(std::string_view text);

 private:
  std::vector<PushRule>& of(RuleKind kind) { return rules_[static_cast<size_t>(kind)]; }
  PushRule* find_mutable(RuleKind kind, std::string_view rule_id);
  Result<void> place(RuleKind kind, PushRule rule, std::string_view before, std::string_view after);
  std::vector<PushRule> rules_[rule_kind_count];
};

}  // namespace parvis::matrix
