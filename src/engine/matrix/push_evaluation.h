#pragma once
// Deciding who is notified of an event. People whose rules are equal share one evaluation: rules that name
// their own owner ("my user id is mentioned") are compared symbolically, so that everyone with the default
// ruleset is one group. Cost per event: one evaluation per (rules, personal facts), then a lookup per person.
// Not thread-safe; CompiledRules are immutable and may be shared.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/matrix/event.h"
#include "engine/matrix/power_levels.h"
#include "engine/matrix/push_rules.h"

namespace parvis::matrix {

inline constexpr size_t max_searched_body_bytes = 16'384;  // patterns look at the beginning of longer bodies
inline constexpr size_t max_mentions = 1000;  // m.mentions.user_ids beyond these are not looked at

struct PushOutcome {
  bool notify = false;
  bool highlight = false;
  std::string_view sound;                // empty for none; points into the rules
  const json::Array* actions = nullptr;  // of the rule that matched; nullptr when none did
  bool operator==(const PushOutcome&) const = default;
};

struct PushOptions {
  /// Also look for the display name, the localpart and "@room" in the body of events without m.mentions, as
  /// the specification did before 1.17: for clients that do not send mentions.
  bool legacy_mentions = false;
};

class CompiledRules;
using CompiledRulesPtr = std::shared_ptr<const CompiledRules>;
CompiledRulesPtr compile(const PushRuleset& ruleset, PushOptions options = {});
/// Equal for rulesets that decide alike for their owners.
uint64_t group_of(const CompiledRules& rules);

/// Keeps one CompiledRules per group while somebody holds it, so that equal rules of many people share memory
/// and evaluations.
class RulesInterner {
 public:
  explicit RulesInterner(PushOptions options = {});
  ~RulesInterner();
  CompiledRulesPtr intern(const PushRuleset& ruleset);
  /// The default ruleset, kept for good.
  const CompiledRulesPtr& default_rules() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// One event, ready to be evaluated for many people. Event, content and levels must outlive it.
class PushEvent {
 public:
  /// `member_count`: joined members. `content` is the event's content.
  PushEvent(const Event& event, const json::Value& content, size_t member_count, const PowerLevels& levels);
  ~PushEvent();

  /// For one person (the sender always gets "no"). `display_name` in the room, may be empty.
  PushOutcome evaluate(const CompiledRules& rules, std::string_view user_id,
                       std::string_view display_name = {});
  /// m.mentions.user_ids names the person.
  bool mentions(std::string_view user_id) const;
  /// How many rulesets were really walked through.
  size_t evaluations() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace parvis::matrix
