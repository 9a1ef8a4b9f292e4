#include "module/chat/create.h"

#include "engine/matrix/errors.h"
#include "engine/matrix/identifiers.h"
#include "module/chat/access.h"
#include "module/chat/alias.h"
#include "module/chat/membership.h"
#include "module/chat/policy.h"
#include "module/chat/reasons.h"

namespace parvis::chat {
namespace {

bool has_initial(const mx::CreateRoomRequest& request, std::string_view type) {
  for (auto& state : request.initial_state)
    if (state.type == type) return true;
  return false;
}

// Adds the access rule that a room must have, or checks the one asked for.
Result<void> settle_rule(mx::CreateRoomRequest& request) {
  std::string_view rule = request.is_direct ? "direct" : "restricted";
  for (auto& state : request.initial_state) {
    if (state.type != access_rules_type) continue;
    auto asked = json::text(state.content, "rule").value_or("");
    if (asked != "restricted" && asked != "unrestricted" && asked != "direct")
      return fail(mx::errors::invalid_param, "rule");
    if ((asked == "direct") != request.is_direct)
      return fail(reasons::forbidden, "direct rule and is_direct go together");
    if (asked != "restricted" && request.preset == mx::Preset::public_chat)
      return fail(reasons::forbidden, "public and open to externals");
    return {};
  }
  json::Object content;
  content["rule"] = rule;
  request.initial_state.push_back({std::string(access_rules_type), "", std::move(content)});
  return {};
}

Result<void> check_request(Chat& chat, const User& creator, const mx::CreateRoomRequest& request) {
  if (chat.users.is_external(creator)) return fail(reasons::external_no_rooms);
  bool open = request.preset == mx::Preset::public_chat || request.published;
  if (open && has_initial(request, "m.room.encryption")) return fail(reasons::forum_no_encryption);
  if (request.is_direct) {
    if (request.invite.size() > 1) return fail(reasons::direct_two_people);
    if (!request.name.empty() || !request.topic.empty()) return fail(reasons::direct_no_settings);
  }
  for (auto& state : request.initial_state) {
    if (state.type == "m.space.parent") {
      // A space decides which rooms are its own.
      Room* parent = chat.rooms.find(state.state_key);
      if (parent && !parent->space.empty()) return fail(reasons::managed_by_space);
    }
  }
  for (auto& invited : request.invite) {
    User* user = chat.users.find(invited);
    if (!user || user->person.empty()) return fail(reasons::user_unknown, invited);
    TRY(chat.context.access.require(Actor{creator.person}, Action::person_see,
                                    Object::of_person(user->person)));
    bool unrestricted = false;
    for (auto& state : request.initial_state)
      unrestricted = unrestricted ||
                     (state.type == access_rules_type && json::text(state.content, "rule") == "unrestricted");
    if (chat.users.is_external(*user) && !request.is_direct && !unrestricted)
      return fail(reasons::external_not_admitted);
  }
  return {};
}

}  // namespace

Task<Result<Room*>> create_room(Chat& chat, User& creator, mx::CreateRoomRequest request) {
  CO_TRY(check_request(chat, creator, request));
  CO_TRY(settle_rule(request));
  std::string alias;
  if (!request.alias_localpart.empty()) {
    alias = "#" + request.alias_localpart + ":" + chat.server_name();
    CO_TRY(check_new_alias(chat, alias));
  }
  std::map<std::string, json::Object, std::less<>> profiles;
  for (auto& invited : request.invite)
    if (User* user = chat.users.find(invited)) profiles[invited] = profile_of(chat, *user);
  mx::CreationContext context;
  context.creator = creator.user_id;
  context.server = chat.server_name();
  context.creator_profile = profile_of(chat, creator);
  context.profile_of = [](std::string_view user_id, void* known) -> const json::Object* {
    auto& map = *static_cast<decltype(profiles)*>(known);
    auto found = map.find(user_id);
    return found == map.end() ? nullptr : &found->second;
  };
  context.profile_context = &profiles;
  auto plan = CO_TRY(mx::plan_room(request, context));
  RoomKind kind = request.is_direct ? RoomKind::direct : RoomKind::group;
  if (request.preset == mx::Preset::public_chat) kind = RoomKind::forum;
  auto type = request.creation_content.if_contains("type");
  if (type && type->is_string() && type->get_string() == "m.space") kind = RoomKind::space;
  Room& room = *CO_TRY(chat.timeline.create({.version = request.version,
                                             .kind = kind,
                                             .creator = &creator,
                                             .create_content = plan.front().content,
                                             .published = request.published}));
  for (size_t i = 1; i < plan.size(); ++i) {
    if (plan[i].type == "m.room.power_levels") {
      auto content = CO_TRY(json::parse(plan[i].content.text()));
      CO_TRY(check_state(chat, room, creator, plan[i].type, "", content));
    }
    CO_TRY(chat.timeline.append(room, {.type = plan[i].type,
                                       .state_key = plan[i].state_key,
                                       .sender = &creator,
                                       .content = plan[i].content}));
  }
  if (!alias.empty()) put_alias(chat, alias, room, creator);
  CO_TRY(co_await chat.log.commit());
  co_return &room;
}

Task<Result<Room*>> upgrade_room(Chat& chat, User& actor, Room& room, mx::RoomVersion version) {
  CO_TRY(co_await chat.rooms.ensure_live(room));
  if (!chat.rooms.joined(room, actor)) co_return fail(mx::errors::not_in_room);
  if (!room.space.empty()) co_return fail(reasons::managed_by_space);
  auto levels = mx::PowerLevels::of(room.version, room.live->state);
  if (!levels.can_send(actor.user_id, "m.room.tombstone", true)) co_return fail(mx::errors::power_too_low);
  mx::CreateRoomRequest request;
  request.version = version;
  request.published = room.published;
  request.is_direct = room.kind == RoomKind::direct;
  json::Object predecessor;
  predecessor["room_id"] = room.room_id;
  predecessor["event_id"] = room.live->tip;
  request.creation_content["predecessor"] = std::move(predecessor);
  if (auto* create = room.live->state.find("m.room.create", ""))
    if (auto type = json::text(create->content, "type")) request.creation_content["type"] = *type;
  for (std::string_view type : {"m.room.server_acl", "m.room.encryption", "m.room.name", "m.room.avatar",
                                "m.room.topic", "m.room.guest_access", "m.room.history_visibility",
                                "m.room.join_rules", "m.room.power_levels", "im.vector.room.access_rules"}) {
    auto* event = room.live->state.find(type, "");
    if (!event) continue;
    json::Value content = event->content;
    if (type == "m.room.power_levels" && mx::has_hashed_room_id(version)) {
      // The creator's power is beyond levels, and may not be written down.
      if (auto* users = content.get_object().if_contains("users"); users && users->is_object())
        users->get_object().erase(actor.user_id);
      request.power_level_override = content.get_object();
      continue;
    }
    if (type == "m.room.power_levels") {
      request.power_level_override = content.get_object();
      continue;
    }
    request.initial_state.push_back({std::string(type), "", std::move(content)});
  }
  Room* next = CO_TRY(co_await create_room(chat, actor, std::move(request)));
  CO_TRY(co_await chat.rooms.ensure_live(room));
  json::Object tombstone;
  tombstone["body"] = "This room has been replaced";
  tombstone["replacement_room"] = next->room_id;
  CO_TRY(chat.timeline.append(room, {.type = "m.room.tombstone",
                                     .state_key = "",
                                     .sender = &actor,
                                     .content = CO_TRY(mx::Canonical::of(tombstone))}));
  CO_TRY(co_await chat.log.commit());
  co_return next;
}

}  // namespace parvis::chat
