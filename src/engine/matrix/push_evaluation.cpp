#include "engine/matrix/push_evaluation.h"

#include <algorithm>
#include <bitset>
#include <unordered_map>

#include "engine/matrix/filter.h"
#include "engine/matrix/identifiers.h"
#include "engine/matrix/push_compile.h"

namespace parvis::matrix {
namespace {

using Test = CompiledCondition::Test;
using Root = CompiledCondition::Root;

constexpr size_t max_remembered_personal = 64;

std::string_view body_of(const json::Value& content) {
  auto body = json::text(content, "body").value_or("");
  return body.substr(0, max_searched_body_bytes);
}

unsigned char fold_ascii(char c) {
  return static_cast<unsigned char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

bool compare_count(int64_t actual, char comparison, int64_t wanted) {
  switch (comparison) {
    case '<':
      return actual < wanted;
    case '>':
      return actual > wanted;
    case 'l':
      return actual <= wanted;
    case 'g':
      return actual >= wanted;
    default:
      return actual == wanted;
  }
}

struct MemoKey {
  const CompiledRules* rules;
  uint64_t personal;
  bool operator==(const MemoKey&) const = default;
};
struct MemoHash {
  size_t operator()(const MemoKey& key) const {
    return std::hash<const void*>{}(key.rules) * 31 + static_cast<size_t>(key.personal);
  }
};

}  // namespace

struct PushEvent::Impl {
  const Event& event;
  const json::Value& content;
  size_t member_count;
  const PowerLevels& levels;
  std::string_view body = body_of(content);
  bool has_mentions = json::find(content, "m.mentions") != nullptr;
  std::vector<std::string_view> mentioned;
  std::bitset<256> body_bytes;
  std::unordered_map<MemoKey, PushOutcome, MemoHash> memo;
  size_t evaluations = 0;

  /// The event's property as text; nullopt when absent or not text.
  std::optional<std::string_view> text_at(const CompiledCondition& condition) const {
    switch (condition.root) {
      case Root::type:
        return event.type;
      case Root::sender:
        return event.sender;
      case Root::room_id:
        return event.room_id;
      case Root::event_id:
        return event.event_id;
      case Root::state_key:
        return event.state_key ? std::optional<std::string_view>(*event.state_key) : std::nullopt;
      case Root::content: {
        auto* value = at_path(content, condition.path);
        return value && value->is_string() ? std::optional<std::string_view>(value->get_string())
                                           : std::nullopt;
      }
      case Root::none:
        break;
    }
    return std::nullopt;
  }

  bool is(const CompiledCondition& condition, std::string_view user_id) const {
    if (condition.is_self) return text_at(condition) == user_id;
    if (condition.root != Root::content)
      return condition.value.is_string() &&
             text_at(condition) == std::string_view(condition.value.get_string());
    auto* value = at_path(content, condition.path);
    return value && *value == condition.value;
  }

  bool contains(const CompiledCondition& condition, std::string_view user_id) const {
    if (condition.is_self) return std::binary_search(mentioned.begin(), mentioned.end(), user_id);
    auto* value = condition.root == Root::content ? at_path(content, condition.path) : nullptr;
    auto* list = value ? value->if_array() : nullptr;
    return list && std::find(list->begin(), list->end(), condition.value) != list->end();
  }

  bool body_names(std::string_view name) const {
    if (name.empty() || body.empty()) return false;
    // Case folding beyond ASCII changes bytes, so only ASCII characters can rule a name out early.
    for (char c : name)
      if (static_cast<unsigned char>(c) < 0x80 && !body_bytes[fold_ascii(c)]) return false;
    return Glob::literal(name).matches_word(body);
  }

  bool holds(const CompiledCondition& condition, std::string_view user_id,
             std::string_view display_name) const {
    switch (condition.test) {
      case Test::glob: {
        auto text = text_at(condition);
        return text && condition.glob->matches(text->substr(0, max_searched_body_bytes));
      }
      case Test::body_word:
        return !body.empty() && condition.glob->matches_word(body);
      case Test::is:
        return is(condition, user_id);
      case Test::contains:
        return contains(condition, user_id);
      case Test::display_name:
        return body_names(display_name);
      case Test::localpart:
        return body_names(localpart_of(user_id));
      case Test::no_mentions:
        return !has_mentions;
      case Test::member_count:
        return compare_count(static_cast<int64_t>(member_count), condition.comparison, condition.count);
      case Test::permission:
        return levels.user(event.sender) >= levels.notification(condition.path.front());
      case Test::never:
        break;
    }
    return false;
  }

  PushOutcome walk(const CompiledRules& rules, std::string_view user_id, std::string_view display_name) {
    ++evaluations;
    for (const auto& rule : rules.rules) {
      bool all = std::all_of(rule.conditions.begin(), rule.conditions.end(),
                             [&](const auto& condition) { return holds(condition, user_id, display_name); });
      if (all) return rule.outcome;
    }
    return {};
  }

  // Personal conditions in the body matter only where m.mentions does not speak for the sender's client.
  uint64_t personal_facts(const CompiledRules& rules, std::string_view user_id,
                          std::string_view display_name) const {
    uint64_t facts = 0;
    for (size_t i = 0; i < rules.personal.size(); ++i)
      if (holds(*rules.personal[i], user_id, display_name)) facts |= uint64_t{1} << i;
    return facts;
  }
};

PushEvent::PushEvent(const Event& event, const json::Value& content, size_t member_count,
                     const PowerLevels& levels)
    : impl_(new Impl{.event = event, .content = content, .member_count = member_count, .levels = levels}) {
  if (impl_->has_mentions) {
    if (auto* users = json::array(*json::find(content, "m.mentions"), "user_ids"))
      for (const auto& id : *users)
        if (id.is_string() && impl_->mentioned.size() < max_mentions)
          impl_->mentioned.emplace_back(id.get_string());
    std::sort(impl_->mentioned.begin(), impl_->mentioned.end());
  }
  for (char c : impl_->body) impl_->body_bytes.set(fold_ascii(c));
}
PushEvent::~PushEvent() = default;

PushOutcome PushEvent::evaluate(const CompiledRules& rules, std::string_view user_id,
                                std::string_view display_name) {
  if (user_id == impl_->event.sender) return {};
  if (rules.personal.size() > max_remembered_personal) return impl_->walk(rules, user_id, display_name);
  MemoKey key{&rules, impl_->personal_facts(rules, user_id, display_name)};
  auto [found, fresh] = impl_->memo.try_emplace(key);
  if (fresh) found->second = impl_->walk(rules, user_id, display_name);
  return found->second;
}

bool PushEvent::mentions(std::string_view user_id) const {
  return std::binary_search(impl_->mentioned.begin(), impl_->mentioned.end(), user_id);
}

size_t PushEvent::evaluations() const { return impl_->evaluations; }

}  // namespace parvis::matrix
