#pragma once
// Deciding who is notified of an event. People whose rules are equal share one evaluation: rules that name
// their own owner ("my user id is mentioned") are compared symbolically, so that everyone with the default
// ruleset is one group. Cost per event: one evaluation per (group, personal facts), then a lookup per person.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/matrix/event.h"
#include "engine/matrix/power_levels.h"
#include "engine/matrix/push_rules.h"

namespace parvis::matrix {

struct PushOutcome {
  bool notify = false;
  bool highlight = false;
  std::string_view sound;                // empty for none; points into the rules
  const json::Array* actions = nullptr;  // of the rule that matched; nullptr when none did
  bool operator==(const PushOutcome&) const = default;
};

/// Rules compiled for evaluation; immutable, shared by everyone with equal rules.
class CompiledRules;
using CompiledRulesPtr = std::shared_ptr<const CompiledRules>;
CompiledRulesPtr compile(const PushRuleset& ruleset);
/// One object for the whole process.
const CompiledRulesPtr& default_compiled_rules();
/// Equal for rulesets that decide alike for their owners.
uint64_t group_of(const CompiledRules& rules);

/// Keeps one CompiledRules per group, so that equal rules of many people share memory and evaluations.
class RulesInterner {
 public:
  RulesInterner();
  ~RulesInterner();
  CompiledRulesPtr intern(const PushRuleset& ruleset);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// One event, ready to be evaluated for many people. The event, content and levels must outlive it.
class PushEvent {
 public:
  /// `member_count`: joined members. `content` is the event's content.
  PushEvent(const Event& event, const json::Value& content, size_t member_count, const PowerLevels& levels);
  ~PushEvent();

  /// For one person; never for the sender (always "no"). `display_name` in the room, may be empty.
  PushOutcome evaluate(const CompiledRules& rules, std::string_view user_id, std::string_view display_name);
  /// m.mentions.user_ids names the person.
  bool mentions(std::string_view user_id) const;
  size_t evaluations() const;  // how many real evaluations were made

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Glob match as push rules want it: '*' and '?', ASCII case ignored, whole value.
bool glob_matches(std::string_view pattern, std::string_view text);
/// The pattern matches some substring that starts and ends at a word boundary.
bool glob_matches_word(std::string_view pattern, std::string_view text);

}  // namespace parvis::matrix
