#include "module/chat/policy.h"

#include <array>

#include "engine/matrix/errors.h"
#include "module/chat/access.h"
#include "module/chat/reasons.h"

namespace parvis::chat {
namespace {

// What a space's rooms take from their space.
constexpr std::array governed_by_space = {
    std::string_view("m.room.create"),       std::string_view("m.room.power_levels"),
    std::string_view("m.room.join_rules"),   std::string_view("m.room.history_visibility"),
    std::string_view("m.room.guest_access"), std::string_view("m.room.tombstone"),
    std::string_view("m.room.server_acl"),   std::string_view("m.space.child"),
    std::string_view("m.space.parent"),      access_rules_type,
};

bool governed(std::string_view type) {
  return std::find(governed_by_space.begin(), governed_by_space.end(), type) != governed_by_space.end();
}

Result<void> check_power(Chat& chat, const json::Value& content) {
  if (json::integer(content, "users_default").value_or(0) > 0)
    return fail(reasons::external_no_power, "users_default");
  if (auto* users = json::object(content, "users")) {
    for (auto& member : *users) {
      User* user = chat.users.find(std::string_view(member.key()));
      if (user && chat.users.is_external(*user) && member.value().is_number() &&
          member.value().to_number<double>() > 0)
        return fail(reasons::external_no_power);
    }
  }
  return {};
}

Result<void> check_rule_change(const Room& room, const json::Value& content) {
  auto before = access_rule(room);
  auto after = json::text(content, "rule").value_or("");
  if (before == after) return {};
  // One way only: a room that externals entered is never said to be closed again.
  if (before == "restricted" && after == "unrestricted" && !is_forum(room)) return {};
  return fail(reasons::rule_irreversible);
}

}  // namespace

bool is_forum(const Room& room) {
  if (room.kind == RoomKind::forum) return true;
  if (room.kind == RoomKind::space || !room.live) return false;
  auto* rules = room.live->state.find("m.room.join_rules", "");
  return rules && json::text(rules->content, "join_rule") == "public";
}

std::string_view access_rule(const Room& room) {
  if (!room.live) return {};
  auto* rule = room.live->state.find(access_rules_type, "");
  return rule ? json::text(rule->content, "rule").value_or("") : std::string_view();
}

Result<void> check_send(Chat& chat, const Room& room, const User& sender, std::string_view type,
                        const mx::Relation& relation) {
  Action action = Action::message_send;
  if (type == "m.reaction")
    action = Action::message_react;
  else if (relation.kind == mx::RelationKind::replace)
    action = Action::message_edit_own;
  return require(chat, room, sender, action, sender.person);
}

Result<void> check_state(Chat& chat, const Room& room, const User& sender, std::string_view type,
                         std::string_view, const json::Value& content) {
  if (type == "m.room.create") return fail(reasons::forbidden, "a room is created once");
  if (!room.space.empty()) {
    if (governed(type)) return fail(reasons::managed_by_space, std::string(type));
    TRY(require(chat, room, sender,
                type == "m.room.pinned_events" ? Action::message_pin : Action::room_update));
  } else {
    TRY(require(chat, room, sender, Action::message_send));
  }
  auto rule = access_rule(room);
  if (rule == "direct" && (type == "m.room.name" || type == "m.room.topic" || type == "m.room.avatar"))
    return fail(reasons::direct_no_settings);
  if (type == access_rules_type) return check_rule_change(room, content);
  if (type == "m.room.encryption" && is_forum(room)) return fail(reasons::forum_no_encryption);
  if (type == "m.room.power_levels") return check_power(chat, content);
  if (type == "m.room.join_rules" && json::text(content, "join_rule") == "public" && rule != "restricted")
    return fail(reasons::rule_irreversible, "only a restricted room may become public");
  return {};
}

Result<void> check_admission(Chat& chat, const Room& room, const User& person) {
  bool external = chat.users.is_external(person);
  auto rule = access_rule(room);
  if (external && rule != "unrestricted" && rule != "direct") return fail(reasons::external_not_admitted);
  if (external && is_forum(room)) return fail(reasons::external_not_admitted);
  if (rule == "direct") {
    const Member* known = chat.rooms.member(room, person);
    bool inside = known && known->membership != Membership::none;
    size_t people = 0;
    for (auto& [number, member] : room.members)
      if (member.membership != Membership::none && number != person.number) ++people;
    if (!inside && people >= 2) return fail(reasons::direct_two_people);
  }
  return {};
}

}  // namespace parvis::chat
