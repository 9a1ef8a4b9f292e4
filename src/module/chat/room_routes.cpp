// Making rooms and moving in and out of them.
#include "engine/matrix/errors.h"
#include "module/chat/access.h"
#include "module/chat/alias.h"
#include "module/chat/create.h"
#include "module/chat/door.h"
#include "module/chat/membership.h"
#include "module/chat/reasons.h"

namespace parvis::chat {
namespace {

using http::Response;

Response room_answer(std::string_view key, const Room& room) {
  std::string out;
  json::Writer(out).begin_object().field(key, room.room_id).end_object();
  return Response::json(std::move(out));
}

Answer post_create(Chat& chat, Caller caller, http::Request& request) {
  auto body = CO_TRY(co_await body_object(request, true));
  auto wanted = CO_TRY(mx::parse_create_room(body));
  Room* room = CO_TRY(co_await create_room(chat, *caller.user, std::move(wanted)));
  co_return room_answer("room_id", *room);
}

Answer post_upgrade(Chat& chat, Caller caller, http::Request& request) {
  auto body = CO_TRY(co_await body_object(request));
  auto version = mx::parse_room_version(CO_TRY(need_text(body, "new_version")));
  if (!version) co_return fail(mx::errors::unsupported_room_version);
  Room* room = CO_TRY(joined_room(chat, request.parameter("room_id"), *caller.user));
  Room* next = CO_TRY(co_await upgrade_room(chat, *caller.user, *room, *version));
  co_return room_answer("replacement_room", *next);
}

Result<std::string> reason_of(const json::Value& body) {
  auto text = json::text(body, "reason").value_or("");
  if (text.size() > 1000) return fail(mx::errors::invalid_param, "reason is too long");
  return std::string(text);
}

// A person who may not know that a room exists is told the same as for one that does not.
Result<Room*> known_room(Chat& chat, std::string_view id_or_alias) {
  Room* room = find_room(chat, id_or_alias);
  if (!room) {
    if (id_or_alias.starts_with('#')) return fail(reasons::not_found, "no such alias");
    return fail(mx::errors::invite_needed, "unknown room");
  }
  return room;
}

Answer join(Chat& chat, Caller caller, http::Request& request, std::string_view parameter) {
  auto body = CO_TRY(co_await body_object(request, true));
  auto reason = CO_TRY(reason_of(body));
  Room* room = CO_TRY(known_room(chat, request.parameter(parameter)));
  CO_TRY(co_await join_room(chat, *caller.user, *room, std::move(reason)));
  co_return room_answer("room_id", *room);
}
Answer post_join(Chat& chat, Caller caller, http::Request& request) {
  return join(chat, std::move(caller), request, "room_id");
}
Answer post_join_alias(Chat& chat, Caller caller, http::Request& request) {
  return join(chat, std::move(caller), request, "room");
}

Answer post_knock(Chat& chat, Caller caller, http::Request& request) {
  auto body = CO_TRY(co_await body_object(request, true));
  Room* room = CO_TRY(known_room(chat, request.parameter("room")));
  CO_TRY(co_await knock_on_room(chat, *caller.user, *room, CO_TRY(reason_of(body))));
  co_return room_answer("room_id", *room);
}

Answer post_leave(Chat& chat, Caller caller, http::Request& request) {
  auto body = CO_TRY(co_await body_object(request, true));
  Room* room = CO_TRY(known_room(chat, request.parameter("room_id")));
  CO_TRY(co_await leave_room(chat, *caller.user, *room, CO_TRY(reason_of(body))));
  co_return empty_object();
}

Answer post_forget(Chat& chat, Caller caller, http::Request& request) {
  CO_TRY(co_await body_object(request, true));
  Room* room = CO_TRY(known_room(chat, request.parameter("room_id")));
  Member* member = chat.rooms.member(*room, *caller.user);
  if (!member) co_return fail(mx::errors::not_in_room);
  if (member->membership != Membership::leave && member->membership != Membership::ban)
    co_return fail(reasons::malformed, "leave the room first");
  member->forgotten = true;
  member->dirty = true;
  chat.counts.flush();
  CO_TRY(co_await chat.log.commit());
  co_return empty_object();
}

Task<Result<User*>> other_user(Chat& chat, const json::Value& body) {
  auto id = CO_TRY(need_text(body, "user_id"));
  User* user = chat.users.find(id);
  if (!user) co_return fail(reasons::user_unknown);
  co_return user;
}

Answer post_invite(Chat& chat, Caller caller, http::Request& request) {
  auto body = CO_TRY(co_await body_object(request));
  if (json::find(body, "medium")) {
    // By address: the person must have an account or an invitation already.
    auto address = CO_TRY(need_text(body, "address"));
    const Person* person = chat.context.people.by_email(address);
    if (!person) co_return fail(reasons::user_unknown);
    Room* room = CO_TRY(joined_room(chat, request.parameter("room_id"), *caller.user));
    CO_TRY(co_await invite_to_room(chat, *caller.user, *room, chat.users.of(person->id), ""));
    co_return empty_object();
  }
  User* user = CO_TRY(co_await other_user(chat, body));
  Room* room = CO_TRY(joined_room(chat, request.parameter("room_id"), *caller.user));
  CO_TRY(co_await invite_to_room(chat, *caller.user, *room, *user, CO_TRY(reason_of(body))));
  co_return empty_object();
}

Answer remove(Chat& chat, Caller caller, http::Request& request, Removal removal) {
  auto body = CO_TRY(co_await body_object(request));
  User* user = CO_TRY(co_await other_user(chat, body));
  Room* room = CO_TRY(joined_room(chat, request.parameter("room_id"), *caller.user));
  CO_TRY(co_await remove_from_room(chat, *caller.user, *room, *user, removal, CO_TRY(reason_of(body))));
  co_return empty_object();
}
Answer post_kick(Chat& chat, Caller caller, http::Request& request) {
  return remove(chat, std::move(caller), request, Removal::kick);
}
Answer post_ban(Chat& chat, Caller caller, http::Request& request) {
  return remove(chat, std::move(caller), request, Removal::ban);
}
Answer post_unban(Chat& chat, Caller caller, http::Request& request) {
  return remove(chat, std::move(caller), request, Removal::unban);
}

Answer get_joined_rooms(Chat& chat, Caller caller, http::Request&) {
  std::string out;
  json::Writer writer(out);
  writer.begin_object().key("joined_rooms").begin_array();
  for (auto* member : caller.user->rooms)
    if (member->membership == Membership::join &&
        allowed(chat, *member->room, *caller.user, Action::message_read))
      writer.value(member->room->room_id);
  writer.end_array().end_object();
  co_return Response::json(std::move(out));
}

}  // namespace

void add_room_routes(Door& door) {
  door.v3("POST", "/createRoom", post_create, {.cost = 5});
  door.v3("POST", "/rooms/{room_id}/upgrade", post_upgrade, {.cost = 5});
  door.v3("GET", "/joined_rooms", get_joined_rooms);
}

void add_membership_routes(Door& door) {
  door.v3("POST", "/rooms/{room_id}/join", post_join);
  door.v3("POST", "/join/{room}", post_join_alias);
  door.v3("POST", "/knock/{room}", post_knock);
  door.v3("POST", "/rooms/{room_id}/leave", post_leave);
  door.v3("POST", "/rooms/{room_id}/forget", post_forget);
  door.v3("POST", "/rooms/{room_id}/invite", post_invite);
  door.v3("POST", "/rooms/{room_id}/kick", post_kick);
  door.v3("POST", "/rooms/{room_id}/ban", post_ban);
  door.v3("POST", "/rooms/{room_id}/unban", post_unban);
}

}  // namespace parvis::chat
