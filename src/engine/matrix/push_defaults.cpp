#include "engine/matrix/push_defaults.h"

#include "base/check.h"

namespace parvis::matrix {
namespace {

// "<me>" stands for the owner's user id: no client can write it, because it is marked after parsing.
constexpr std::string_view self_marker = "<me>";

constexpr std::string_view override_rules = R"([
{"rule_id":".m.rule.master","enabled":false,"conditions":[],"actions":[]},
{"rule_id":".m.rule.suppress_notices","conditions":[
  {"kind":"event_match","key":"content.msgtype","pattern":"m.notice"}],"actions":[]},
{"rule_id":".m.rule.invite_for_me","conditions":[
  {"kind":"event_match","key":"type","pattern":"m.room.member"},
  {"kind":"event_match","key":"content.membership","pattern":"invite"},
  {"kind":"event_match","key":"state_key","pattern":"<me>"}],
  "actions":["notify",{"set_tweak":"sound","value":"default"}]},
{"rule_id":".m.rule.member_event","conditions":[
  {"kind":"event_match","key":"type","pattern":"m.room.member"}],"actions":[]},
{"rule_id":".m.rule.is_user_mention","conditions":[
  {"kind":"event_property_contains","key":"content.m\\.mentions.user_ids","value":"<me>"}],
  "actions":["notify",{"set_tweak":"sound","value":"default"},{"set_tweak":"highlight"}]},
{"rule_id":".m.rule.is_room_mention","conditions":[
  {"kind":"event_property_is","key":"content.m\\.mentions.room","value":true},
  {"kind":"sender_notification_permission","key":"room"}],
  "actions":["notify",{"set_tweak":"highlight"}]},
{"rule_id":".m.rule.tombstone","conditions":[
  {"kind":"event_match","key":"type","pattern":"m.room.tombstone"},
  {"kind":"event_match","key":"state_key","pattern":""}],
  "actions":["notify",{"set_tweak":"highlight"}]},
{"rule_id":".m.rule.reaction","conditions":[
  {"kind":"event_match","key":"type","pattern":"m.reaction"}],"actions":[]},
{"rule_id":".m.rule.room.server_acl","conditions":[
  {"kind":"event_match","key":"type","pattern":"m.room.server_acl"},
  {"kind":"event_match","key":"state_key","pattern":""}],"actions":[]},
{"rule_id":".m.rule.suppress_edits","conditions":[
  {"kind":"event_property_is","key":"content.m\\.relates_to.rel_type","value":"m.replace"}],"actions":[]}
])";

constexpr std::string_view underride_rules = R"([
{"rule_id":".m.rule.call","conditions":[
  {"kind":"event_match","key":"type","pattern":"m.call.invite"}],
  "actions":["notify",{"set_tweak":"sound","value":"ring"}]},
{"rule_id":".m.rule.encrypted_room_one_to_one","conditions":[
  {"kind":"room_member_count","is":"2"},{"kind":"event_match","key":"type","pattern":"m.room.encrypted"}],
  "actions":["notify",{"set_tweak":"sound","value":"default"}]},
{"rule_id":".m.rule.room_one_to_one","conditions":[
  {"kind":"room_member_count","is":"2"},{"kind":"event_match","key":"type","pattern":"m.room.message"}],
  "actions":["notify",{"set_tweak":"sound","value":"default"}]},
{"rule_id":".m.rule.message","conditions":[
  {"kind":"event_match","key":"type","pattern":"m.room.message"}],"actions":["notify"]},
{"rule_id":".m.rule.encrypted","conditions":[
  {"kind":"event_match","key":"type","pattern":"m.room.encrypted"}],"actions":["notify"]}
])";

std::vector<PushRule> read(std::string_view text) {
  std::vector<PushRule> rules;
  auto list = json::parse(text);
  CHECK(list && list->is_array());
  for (const auto& entry : list->get_array()) {
    PushRule rule{.rule_id = std::string(*json::text(entry, "rule_id")),
                  .is_default = true,
                  .enabled = json::boolean(entry, "enabled").value_or(true),
                  .actions = *json::array(entry, "actions")};
    for (const auto& condition : *json::array(entry, "conditions")) {
      auto parsed = parse_condition(condition);
      CHECK(parsed);
      bool self_value =
          parsed->value.is_string() && std::string_view(parsed->value.get_string()) == self_marker;
      parsed->is_self = parsed->pattern == self_marker || self_value;
      rule.conditions.push_back(std::move(*parsed));
    }
    rules.push_back(std::move(rule));
  }
  return rules;
}

}  // namespace

const std::vector<PushRule>& default_push_rules(RuleKind kind) {
  static const std::vector<PushRule> none, overrides = read(override_rules),
                                           underrides = read(underride_rules);
  if (kind == RuleKind::override_) return overrides;
  return kind == RuleKind::underride ? underrides : none;
}

}  // namespace parvis::matrix
