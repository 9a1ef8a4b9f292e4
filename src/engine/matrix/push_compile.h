#pragma once
// Compiled push rules: what compile() makes and PushEvent walks through. Inside the engine only.
#include <optional>
#include <string>
#include <vector>

#include "engine/matrix/glob.h"
#include "engine/matrix/push_evaluation.h"

namespace parvis::matrix {

struct CompiledCondition {
  enum class Test : uint8_t {
    glob,          // whole value
    body_word,     // part of content.body at word boundaries
    is,            // equal to value, or to the owner's user id
    contains,      // array holds value, or the owner's user id
    display_name,  // content.body names the owner
    localpart,     // content.body holds the owner's localpart
    no_mentions,   // content has no m.mentions
    member_count,
    permission,  // the sender may notify `path[0]`
    never,
  };
  enum class Root : uint8_t { none, content, type, sender, room_id, state_key, event_id };
  Test test = Test::never;
  Root root = Root::none;
  bool is_self = false;
  std::vector<std::string> path;  // below content; or the notification key
  std::optional<Glob> glob;
  json::Value value;
  char comparison = '=';
  int64_t count = 0;

  /// The result depends on who the owner is.
  bool personal() const { return is_self || test == Test::display_name || test == Test::localpart; }
};

struct CompiledRule {
  std::vector<CompiledCondition> conditions;
  json::Array actions;
  PushOutcome outcome;  // its views point into this rule
};

class CompiledRules {
 public:
  std::vector<CompiledRule> rules;  // in order of priority, enabled ones only
  std::vector<const CompiledCondition*> personal;
  std::string meaning;  // equal texts decide alike
  uint64_t group = 0;
};

}  // namespace parvis::matrix
