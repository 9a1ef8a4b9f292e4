#include "engine/matrix/push_compile.h"

#include <cstring>
#include <unordered_map>

#include "engine/matrix/crypto.h"
#include "engine/matrix/filter.h"
#include "engine/matrix/push_defaults.h"

namespace parvis::matrix {
namespace {

using Test = CompiledCondition::Test;
using Root = CompiledCondition::Root;

void set_path(CompiledCondition& out, std::string_view key) {
  auto path = split_path(key);
  constexpr std::pair<std::string_view, Root> roots[] = {{"type", Root::type},
                                                         {"sender", Root::sender},
                                                         {"room_id", Root::room_id},
                                                         {"state_key", Root::state_key},
                                                         {"event_id", Root::event_id}};
  if (path.size() > 1 && path[0] == "content") {
    out.root = Root::content;
    out.path.assign(path.begin() + 1, path.end());
  } else if (path.size() == 1) {
    for (auto [name, root] : roots)
      if (path[0] == name) out.root = root;
  }
}

CompiledCondition compile_condition(const Condition& condition) {
  CompiledCondition out;
  out.is_self = condition.is_self;
  using Kind = Condition::Kind;
  switch (condition.kind) {
    case Kind::event_match:
      set_path(out, condition.key);
      if (condition.is_self) {
        out.test = Test::is;
      } else {
        out.test = condition.key == "content.body" ? Test::body_word : Test::glob;
        out.glob.emplace(condition.pattern);
      }
      break;
    case Kind::event_property_is:
    case Kind::event_property_contains:
      set_path(out, condition.key);
      out.test = condition.kind == Kind::event_property_is ? Test::is : Test::contains;
      out.value = condition.value;
      break;
    case Kind::contains_display_name:
      out.test = Test::display_name;
      break;
    case Kind::room_member_count:
      out.test = Test::member_count;
      out.comparison = condition.comparison;
      out.count = condition.count;
      break;
    case Kind::sender_notification_permission:
      out.test = Test::permission;
      out.path = {condition.key};
      break;
    case Kind::unknown:
      break;
  }
  return out;
}

CompiledCondition exactly(Root root, std::string_view text) {
  CompiledCondition out;
  out.test = Test::is;
  out.root = root;
  out.value = text;
  return out;
}

CompiledCondition just(Test test) {
  CompiledCondition out;
  out.test = test;
  return out;
}

class Compiler {
 public:
  explicit Compiler(PushOptions options) : options_(options), out_(std::make_shared<CompiledRules>()) {}

  CompiledRulesPtr run(const PushRuleset& ruleset) {
    for (size_t i = 0; i < rule_kind_count; ++i) {
      auto kind = static_cast<RuleKind>(i);
      for (const auto& rule : ruleset.rules(kind))
        if (rule.enabled) add(kind, rule);
      if (kind == RuleKind::content && legacy_user_)
        add_legacy({just(Test::no_mentions), just(Test::localpart)}, *legacy_user_);
    }
    finish();
    return out_;
  }

 private:
  void add(RuleKind kind, const PushRule& rule) {
    CompiledRule compiled;
    if (kind == RuleKind::room) compiled.conditions.push_back(exactly(Root::room_id, rule.rule_id));
    if (kind == RuleKind::sender) compiled.conditions.push_back(exactly(Root::sender, rule.rule_id));
    if (kind == RuleKind::content) {
      Condition body{.kind = Condition::Kind::event_match, .key = "content.body", .pattern = rule.pattern};
      compiled.conditions.push_back(compile_condition(body));
    }
    for (const auto& condition : rule.conditions) compiled.conditions.push_back(compile_condition(condition));
    compiled.actions = rule.actions;
    describe(kind, rule);
    out_->rules.push_back(std::move(compiled));
    if (!options_.legacy_mentions || !rule.is_default) return;
    if (rule.rule_id == ".m.rule.is_user_mention") {
      legacy_user_ = rule.actions;
      add_legacy({just(Test::no_mentions), just(Test::display_name)}, rule.actions);
    } else if (rule.rule_id == ".m.rule.is_room_mention") {
      Condition room{.kind = Condition::Kind::event_match, .key = "content.body", .pattern = "@room"};
      Condition permission{.kind = Condition::Kind::sender_notification_permission, .key = "room"};
      add_legacy({just(Test::no_mentions), compile_condition(room), compile_condition(permission)},
                 rule.actions);
    }
  }

  void add_legacy(std::vector<CompiledCondition> conditions, const json::Array& actions) {
    CompiledRule rule;
    rule.conditions = std::move(conditions);
    rule.actions = actions;
    out_->rules.push_back(std::move(rule));
  }

  // A rule means its conditions and actions; its name counts only where it is a condition.
  void describe(RuleKind kind, const PushRule& rule) {
    auto& text = out_->meaning;
    text.push_back(static_cast<char>('0' + static_cast<int>(kind)));
    if (kind == RuleKind::room || kind == RuleKind::sender) json::append_quoted(text, rule.rule_id);
    if (kind == RuleKind::content) json::append_quoted(text, rule.pattern);
    for (const auto& condition : rule.conditions) {
      text.push_back(condition.is_self ? '@' : '&');
      text.append(boost::json::serialize(condition.source));
    }
    text.append(boost::json::serialize(rule.actions)).push_back('\n');
  }

  void finish() {
    if (options_.legacy_mentions) out_->meaning.push_back('L');
    auto hash = sha256(out_->meaning);
    std::memcpy(&out_->group, hash.data(), sizeof out_->group);
    for (auto& rule : out_->rules) {
      rule.outcome.actions = &rule.actions;
      for (const auto& action : rule.actions) {
        if (action.is_string()) rule.outcome.notify = true;
        auto tweak = json::text(action, "set_tweak");
        if (tweak == "highlight") rule.outcome.highlight = json::boolean(action, "value").value_or(true);
        if (tweak == "sound") rule.outcome.sound = json::text(action, "value").value_or("");
      }
      for (const auto& condition : rule.conditions)
        if (condition.personal()) out_->personal.push_back(&condition);
    }
  }

  PushOptions options_;
  std::shared_ptr<CompiledRules> out_;
  std::optional<json::Array> legacy_user_;
};

}  // namespace

CompiledRulesPtr compile(const PushRuleset& ruleset, PushOptions options) {
  return Compiler(options).run(ruleset);
}

uint64_t group_of(const CompiledRules& rules) { return rules.group; }

struct RulesInterner::Impl {
  PushOptions options;
  CompiledRulesPtr defaults;
  std::unordered_map<std::string, std::weak_ptr<const CompiledRules>> known;
  size_t sweep_at = 64;
};

RulesInterner::RulesInterner(PushOptions options)
    : impl_(std::make_unique<Impl>(Impl{.options = options, .defaults = compile(PushRuleset{}, options)})) {}
RulesInterner::~RulesInterner() = default;

const CompiledRulesPtr& RulesInterner::default_rules() const { return impl_->defaults; }

CompiledRulesPtr RulesInterner::intern(const PushRuleset& ruleset) {
  if (ruleset.is_default()) return impl_->defaults;
  auto compiled = compile(ruleset, impl_->options);
  if (compiled->meaning == impl_->defaults->meaning) return impl_->defaults;
  auto& slot = impl_->known[compiled->meaning];
  if (auto kept = slot.lock()) return kept;
  slot = compiled;
  if (impl_->known.size() >= impl_->sweep_at) {
    std::erase_if(impl_->known, [](const auto& entry) { return entry.second.expired(); });
    impl_->sweep_at = impl_->known.size() * 2 + 64;
  }
  return compiled;
}

}  // namespace parvis::matrix
