// Room state, now or at a time past, and members.
#include "engine/matrix/errors.h"
#include "module/chat/access.h"
#include "module/chat/alias.h"
#include "module/chat/door.h"
#include "module/chat/membership.h"
#include "module/chat/policy.h"
#include "module/chat/reasons.h"
#include "module/chat/render.h"

namespace parvis::chat {
namespace {

using http::Response;
using StateList = std::vector<std::shared_ptr<const mx::StateEvent>>;

// The state that the reader may see: of now for members, of their last moment for those who left.
Task<Result<StateList>> visible_state(Chat& chat, Room& room, const Sight& sight, int64_t until) {
  StateList out;
  if (sight.until() == INT64_MAX && until == INT64_MAX) {
    CO_TRY(co_await chat.rooms.ensure_live(room));
    room.live->state.each([&](const mx::StateEventPtr& state) { out.push_back(state); });
    co_return out;
  }
  int64_t before = std::min(until, sight.until());
  auto past =
      CO_TRY(co_await chat.context.database.read([key = chat.rooms.key(room), before](store::Reader& reader) {
        return event_store::read_state_at(reader, key, before == INT64_MAX ? before : before + 1);
      }));
  for (auto& state : past) out.push_back(state);
  co_return out;
}

Answer get_all_state(Chat& chat, Caller caller, http::Request& request) {
  auto reading =
      CO_TRY(co_await readable_room(chat, std::string(request.parameter("room_id")), *caller.user));
  auto list = CO_TRY(co_await visible_state(chat, *reading.room, reading.sight, INT64_MAX));
  std::string out = "[";
  Comma comma(out);
  for (auto& state : list) {
    comma.next();
    append_state(out, *state, true);
  }
  out += ']';
  co_return Response::json(std::move(out));
}

Answer get_state(Chat& chat, Caller caller, http::Request& request) {
  std::string type(request.parameter("event_type")), key(request.parameter("state_key"));
  auto reading =
      CO_TRY(co_await readable_room(chat, std::string(request.parameter("room_id")), *caller.user));
  auto list = CO_TRY(co_await visible_state(chat, *reading.room, reading.sight, INT64_MAX));
  for (auto& state : list) {
    if (state->event.type != type || *state->event.state_key != key) continue;
    std::string out;
    if (request.query_value("format") == "event")
      append_state(out, *state, true);
    else
      out = state->event.content_text();
    co_return Response::json(std::move(out));
  }
  co_return fail(reasons::not_found, "no such state");
}

// Aliases that a canonical alias event names must lead to this room.
Result<void> check_canonical_alias(Chat& chat, const Room& room, const json::Value& content) {
  auto check = [&](std::string_view alias) -> Result<void> {
    if (!alias.empty() && find_room(chat, alias) != &room) return fail(mx::errors::bad_alias);
    return {};
  };
  TRY(check(json::text(content, "alias").value_or("")));
  if (auto* others = json::array(content, "alt_aliases")) {
    for (auto& alias : *others) {
      if (!alias.is_string()) return fail(mx::errors::bad_json, "alt_aliases");
      TRY(check(alias.get_string()));
    }
  }
  return {};
}

Answer put_state(Chat& chat, Caller caller, http::Request& request) {
  Room* room = CO_TRY(joined_room(chat, request.parameter("room_id"), *caller.user));
  std::string type(request.parameter("event_type")), key(request.parameter("state_key"));
  auto text = CO_TRY(co_await request.read_text(mx::max_event_bytes));
  auto tree = CO_TRY(mx::parse_object(text, {.max_depth = 100}));
  auto content = CO_TRY(mx::Canonical::of(tree));
  CO_TRY(co_await chat.rooms.ensure_live(*room));
  std::string event_id;
  if (type == "m.room.member") {
    // Only one's own name and picture in this room; comings and goings have their own addresses.
    auto membership = json::text(tree, "membership").value_or("");
    if (key != caller.user->user_id || membership != "join") {
      User* target = chat.users.find(key);
      if (!target) co_return fail(reasons::user_unknown);
      std::string reason(json::text(tree, "reason").value_or(""));
      if (membership == "invite")
        CO_TRY(co_await invite_to_room(chat, *caller.user, *room, *target, reason));
      else if (membership == "ban")
        CO_TRY(co_await remove_from_room(chat, *caller.user, *room, *target, Removal::ban, reason));
      else if (membership == "leave" && target == caller.user)
        CO_TRY(co_await leave_room(chat, *caller.user, *room, reason));
      else if (membership == "leave")
        CO_TRY(co_await remove_from_room(chat, *caller.user, *room, *target, Removal::kick, reason));
      else
        co_return fail(mx::errors::invalid_param, "membership");
      CO_TRY(co_await chat.rooms.ensure_live(*room));
      auto* event = room->live->state.find(type, key);
      event_id = event ? event->event.event_id : "";
      std::string out;
      json::Writer(out).begin_object().field("event_id", event_id).end_object();
      co_return Response::json(std::move(out));
    }
    // Names are the house's: what is stored is the profile.
    if (!room->space.empty()) co_return fail(reasons::managed_by_space);
  } else {
    CO_TRY(check_state(chat, *room, *caller.user, type, key, tree));
    if (type == "m.room.canonical_alias") CO_TRY(check_canonical_alias(chat, *room, tree));
  }
  auto* present = room->live->state.find(type, key);
  if (present && present->event.content_text() == content.text() &&
      present->event.sender == caller.user->user_id) {
    // Saying again what already stands makes no new event.
    event_id = present->event.event_id;
  } else {
    event_id = CO_TRY(chat.timeline.append(
        *room, {.type = type, .state_key = key, .sender = caller.user, .content = std::move(content)}));
  }
  CO_TRY(co_await chat.log.commit());
  std::string out;
  json::Writer(out).begin_object().field("event_id", event_id).end_object();
  co_return Response::json(std::move(out));
}

Answer get_members(Chat& chat, Caller caller, http::Request& request) {
  auto reading =
      CO_TRY(co_await readable_room(chat, std::string(request.parameter("room_id")), *caller.user));
  int64_t until = INT64_MAX;
  if (auto at = request.query_value("at")) {
    auto token = mx::PageToken::parse(*at);
    if (!token) co_return fail(mx::errors::invalid_param, "at");
    if (token->position < reading.room->last_position) until = token->position;
  }
  auto wanted = request.query_value("membership"), unwanted = request.query_value("not_membership");
  auto list = CO_TRY(co_await visible_state(chat, *reading.room, reading.sight, until));
  std::string out = "{\"chunk\":[";
  Comma comma(out);
  for (auto& state : list) {
    if (state->event.type != "m.room.member") continue;
    auto membership = json::text(state->content, "membership").value_or("");
    if ((wanted && membership != *wanted) || (unwanted && membership == *unwanted)) continue;
    comma.next();
    append_state(out, *state, true);
  }
  out += "]}";
  co_return Response::json(std::move(out));
}

Answer get_joined_members(Chat& chat, Caller caller, http::Request& request) {
  Room* room = CO_TRY(joined_room(chat, request.parameter("room_id"), *caller.user));
  CO_TRY(co_await chat.rooms.ensure_live(*room));
  std::string out;
  json::Writer writer(out);
  writer.begin_object().key("joined").begin_object();
  room->live->state.each_of("m.room.member", [&](const mx::StateEventPtr& state) {
    if (json::text(state->content, "membership") != "join") return;
    writer.key(*state->event.state_key).begin_object();
    if (auto name = json::text(state->content, "displayname")) writer.field("display_name", *name);
    if (auto avatar = json::text(state->content, "avatar_url")) writer.field("avatar_url", *avatar);
    writer.end_object();
  });
  writer.end_object().end_object();
  co_return Response::json(std::move(out));
}

}  // namespace

void add_state_routes(Door& door) {
  door.v3("GET", "/rooms/{room_id}/state", get_all_state);
  for (auto path : {"/rooms/{room_id}/state/{event_type}", "/rooms/{room_id}/state/{event_type}/",
                    "/rooms/{room_id}/state/{event_type}/{state_key}"}) {
    door.v3("GET", path, get_state);
    door.v3("PUT", path, put_state);
  }
  door.v3("GET", "/rooms/{room_id}/members", get_members);
  door.v3("GET", "/rooms/{room_id}/joined_members", get_joined_members);
}

}  // namespace parvis::chat
