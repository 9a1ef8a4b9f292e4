#include "module/chat/membership.h"

#include "engine/matrix/auth_rules.h"
#include "engine/matrix/errors.h"
#include "module/chat/access.h"
#include "module/chat/bridge.h"
#include "module/chat/policy.h"
#include "module/chat/reasons.h"

namespace parvis::chat {

json::Object profile_of(const Chat& chat, const User& user) {
  json::Object profile;
  profile["displayname"] = chat.users.display_name(user);
  if (!user.avatar_url.empty()) profile["avatar_url"] = user.avatar_url;
  return profile;
}

Result<std::string> append_member(Chat& chat, Room& room, User& sender, User& target,
                                  const MemberChange& change) {
  json::Object content;
  bool with_profile =
      change.membership == "join" || change.membership == "invite" || change.membership == "knock";
  if (with_profile) content = profile_of(chat, target);
  content["membership"] = change.membership;
  if (!change.reason.empty()) content["reason"] = change.reason;
  if (change.is_direct) content["is_direct"] = true;
  if (!change.authorised_via.empty()) content["join_authorised_via_users_server"] = change.authorised_via;
  return chat.timeline.append(room, {.type = "m.room.member",
                                     .state_key = target.user_id,
                                     .sender = &sender,
                                     .content = TRY(mx::Canonical::of(content))});
}

namespace {

bool in_space(Chat& chat, const Room& room, const User& user) {
  return chat.context.spaces.membership(room.space, user.person) != nullptr;
}

// Who may let people into a restricted room: a member of a room that it names.
bool allowed_by_rooms(Chat& chat, const Room& room, const User& user) {
  auto* rules = room.live->state.find("m.room.join_rules", "");
  auto* allow = rules ? json::array(rules->content, "allow") : nullptr;
  if (!allow) return false;
  for (auto& condition : *allow) {
    if (json::text(condition, "type") != "m.room_membership") continue;
    Room* named = chat.rooms.find(json::text(condition, "room_id").value_or(""));
    if (named && chat.rooms.joined(*named, user)) return true;
  }
  return false;
}

Task<Result<void>> join_space_room(Chat& chat, User& user, Room& room, std::string reason) {
  if (!in_space(chat, room, user)) {
    bool open_forum = room.kind == RoomKind::forum && allowed(chat, room, user, Action::message_read);
    if (!open_forum) {
      auto outcome =
          CO_TRY(co_await chat.context.spaces.join(Actor{user.person}, room.space, std::move(reason)));
      if (outcome == Spaces::JoinOutcome::requested)
        co_return fail(mx::errors::invite_needed, "asked the animators");
      reason.clear();
    }
  }
  // The membership brought the person in already, unless this is one room they had left.
  CO_TRY(co_await chat.rooms.ensure_live(room));
  if (mx::membership_of(room.live->state, user.user_id) != Membership::join)
    CO_TRY(append_member(
        chat, room, user, user,
        {.membership = "join", .reason = reason, .authorised_via = chat.users.house().user_id}));
  co_return co_await chat.log.commit();
}

}  // namespace

Task<Result<void>> join_room(Chat& chat, User& user, Room& room, std::string reason) {
  CO_TRY(co_await chat.rooms.ensure_live(room));
  if (!room.space.empty()) {
    if (chat.rooms.joined(room, user) && allowed(chat, room, user, Action::message_read))
      co_return Result<void>{};
    co_return co_await join_space_room(chat, user, room, std::move(reason));
  }
  if (mx::membership_of(room.live->state, user.user_id) == Membership::join)
    co_return co_await chat.log.commit();
  CO_TRY(check_admission(chat, room, user));
  MemberChange change{.membership = "join", .reason = reason};
  std::string via;
  auto* rules = room.live->state.find("m.room.join_rules", "");
  auto rule = rules ? json::text(rules->content, "join_rule").value_or("") : std::string_view();
  bool invited = mx::membership_of(room.live->state, user.user_id) == Membership::invite;
  if (rule.starts_with("restricted") || rule == "knock_restricted") {
    if (!invited && allowed_by_rooms(chat, room, user)) {
      via = mx::find_authorising_user(room.version, room.live->state, chat.server_name());
      if (via.empty()) co_return fail(mx::errors::unable_to_authorise_join);
      change.authorised_via = via;
    }
  }
  CO_TRY(append_member(chat, room, user, user, change));
  co_return co_await chat.log.commit();
}

Task<Result<void>> leave_room(Chat& chat, User& user, Room& room, std::string reason) {
  CO_TRY(co_await chat.rooms.ensure_live(room));
  if (room.kind == RoomKind::space && in_space(chat, room, user)) {
    CO_TRY(co_await chat.context.spaces.remove_member(Actor{user.person}, room.space, user.person));
    CO_TRY(co_await chat.rooms.ensure_live(room));
  }
  auto membership = mx::membership_of(room.live->state, user.user_id);
  if (membership == Membership::none) co_return fail(mx::errors::not_in_room);
  if (membership != Membership::leave && membership != Membership::ban)
    CO_TRY(append_member(chat, room, user, user, {.membership = "leave", .reason = reason}));
  co_return co_await chat.log.commit();
}

Task<Result<void>> invite_to_room(Chat& chat, User& inviter, Room& room, User& person, std::string reason) {
  CO_TRY(co_await chat.rooms.ensure_live(room));
  if (!chat.rooms.joined(room, inviter)) co_return fail(mx::errors::not_in_room);
  if (person.person.empty()) co_return fail(reasons::user_unknown);
  if (!room.space.empty()) {
    // Inviting to a room of a space is adding to the space.
    if (!in_space(chat, room, person)) {
      Role role = chat.users.is_external(person) ? Role::guest : Role::contributor;
      CO_TRY(co_await chat.context.spaces.set_member(Actor{inviter.person}, room.space, person.person, role));
    } else {
      CO_TRY(require(chat, room, inviter, Action::member_add));
    }
    CO_TRY(co_await chat.rooms.ensure_live(room));
    if (mx::membership_of(room.live->state, person.user_id) != Membership::join)
      CO_TRY(append_member(chat, room, person, person,
                           {.membership = "join", .authorised_via = chat.users.house().user_id}));
    co_return co_await chat.log.commit();
  }
  CO_TRY(chat.context.access.require(Actor{inviter.person}, Action::person_see,
                                     Object::of_person(person.person)));
  CO_TRY(check_admission(chat, room, person));
  bool direct = access_rule(room) == "direct";
  CO_TRY(append_member(chat, room, inviter, person,
                       {.membership = "invite", .reason = reason, .is_direct = direct}));
  co_return co_await chat.log.commit();
}

Task<Result<void>> knock_on_room(Chat& chat, User& user, Room& room, std::string reason) {
  CO_TRY(co_await chat.rooms.ensure_live(room));
  if (!room.space.empty()) {
    if (in_space(chat, room, user)) co_return fail(mx::errors::already_member);
    // Asking to enter a room of a space is asking to join the space.
    auto outcome =
        CO_TRY(co_await chat.context.spaces.join(Actor{user.person}, room.space, std::move(reason)));
    (void)outcome;
    co_return Result<void>{};
  }
  CO_TRY(check_admission(chat, room, user));
  CO_TRY(append_member(chat, room, user, user, {.membership = "knock", .reason = reason}));
  co_return co_await chat.log.commit();
}

Task<Result<void>> remove_from_room(Chat& chat, User& actor, Room& room, User& person, Removal removal,
                                    std::string reason) {
  CO_TRY(co_await chat.rooms.ensure_live(room));
  if (!chat.rooms.joined(room, actor)) co_return fail(mx::errors::not_in_room);
  if (!room.space.empty()) {
    if (removal == Removal::unban) co_return fail(reasons::managed_by_space);
    CO_TRY(co_await chat.context.spaces.remove_member(Actor{actor.person}, room.space, person.person));
    co_return co_await chat.log.commit();
  }
  auto before = mx::membership_of(room.live->state, person.user_id);
  if (removal == Removal::unban && before != Membership::ban)
    co_return fail(reasons::forbidden, "not banned");
  if (removal == Removal::kick && before != Membership::join && before != Membership::invite &&
      before != Membership::knock)
    co_return fail(mx::errors::not_member_anymore);
  CO_TRY(append_member(chat, room, actor, person,
                       {.membership = removal == Removal::ban ? "ban" : "leave", .reason = reason}));
  co_return co_await chat.log.commit();
}

}  // namespace parvis::chat
