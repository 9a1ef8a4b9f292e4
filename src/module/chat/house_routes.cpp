// /api/v1: what the web app asks beside Matrix (schema.ts: Room, POST /direct).
#include <algorithm>

#include "base/utf8.h"
#include "module/chat/access.h"
#include "module/chat/bridge.h"
#include "module/chat/door.h"
#include "module/chat/reasons.h"

namespace parvis::chat {
namespace {

using http::Response;

constexpr size_t max_name = 200, max_topic = 2'000;

std::string_view state_text(const Room& room, std::string_view type, std::string_view key) {
  auto* event = room.live ? room.live->state.find(type, "") : nullptr;
  return event ? json::text(event->content, key).value_or("") : std::string_view();
}

void write_room(json::Writer& writer, const Room& room) {
  writer.begin_object().field("room_id", room.room_id).field("name", state_text(room, "m.room.name", "name"));
  if (auto topic = state_text(room, "m.room.topic", "topic"); !topic.empty()) writer.field("topic", topic);
  writer.field("kind", room.kind == RoomKind::forum ? "forum" : "salon").end_object();
}

const Space* find_space(Chat& chat, std::string_view text) {
  if (auto id = SpaceId::parse(text))
    if (auto* space = chat.context.spaces.find(*id)) return space;
  return chat.context.spaces.by_slug(text);
}

Task<Result<Response>> get_rooms(Chat& chat, Bridge&, http::Request& request) {
  auto* space = find_space(chat, request.parameter("space"));
  SpaceId id = space ? space->id : SpaceId();
  CO_TRY(chat.context.access.require(actor_of(request), Action::room_list, Object::of_space(id)));
  auto rooms = chat.rooms.of_space(id);
  CO_TRY(co_await chat.rooms.ensure_live(rooms));
  // Whoever made a space and asks for its rooms finds them, and is in them.
  bool in_flight = std::ranges::any_of(rooms, [](Room* room) { return room->live && room->live->in_flight; });
  if (in_flight) CO_TRY(co_await chat.log.commit());
  std::string out;
  json::Writer writer(out);
  writer.begin_object().key("rooms").begin_array();
  for (Room* room : rooms)
    if (room->kind != RoomKind::space) write_room(writer, *room);
  writer.end_array().end_object();
  co_return Response::json(std::move(out));
}

Task<Result<Response>> post_room(Chat& chat, Bridge& bridge, http::Request& request) {
  auto* space = find_space(chat, request.parameter("space"));
  SpaceId id = space ? space->id : SpaceId();
  CO_TRY(chat.context.access.require(actor_of(request), Action::room_create, Object::of_space(id)));
  auto body = CO_TRY(co_await request.read_json());
  std::string name(utf8::trim(json::text(body, "name").value_or("")));
  std::string topic(utf8::trim(json::text(body, "topic").value_or("")));
  if (name.empty() || utf8::length(name) > max_name) co_return fail(reasons::room_name_needed);
  if (utf8::length(topic) > max_topic) co_return fail(reasons::too_large, "topic");
  auto kind = json::text(body, "kind").value_or("salon");
  if (kind != "salon" && kind != "forum") co_return fail(reasons::malformed, "kind");
  User& creator = chat.users.of(actor_of(request).person);
  Room* room =
      CO_TRY(co_await bridge.add_room(creator, id, std::move(name), std::move(topic), kind == "forum"));
  CO_TRY(co_await chat.rooms.ensure_live(*room));
  std::string out;
  json::Writer writer(out);
  write_room(writer, *room);
  co_return Response::json(std::move(out), 201);
}

Task<Result<Response>> post_direct(Chat& chat, Bridge& bridge, http::Request& request) {
  auto body = CO_TRY(co_await request.read_json());
  auto id = PersonId::parse(json::text(body, "person").value_or(""));
  Actor actor = actor_of(request);
  CO_TRY(
      chat.context.access.require(actor, Action::direct_message, Object::of_person(id.value_or(PersonId()))));
  if (!id || !chat.context.people.find(*id)) co_return fail(reasons::user_unknown);
  if (*id == actor.person) co_return fail(reasons::direct_two_people);
  Room* room = CO_TRY(co_await bridge.direct(chat.users.of(actor.person), chat.users.of(*id)));
  std::string out;
  json::Writer(out).begin_object().field("room_id", room->room_id).end_object();
  co_return Response::json(std::move(out));
}

using HouseOperation = Task<Result<Response>> (*)(Chat&, Bridge&, http::Request&);

}  // namespace

void add_house_routes(Chat& chat) {
  auto add = [&](std::string_view method, std::string_view path, HouseOperation operation,
                 http::Access access) {
    http::RouteOptions options;
    options.access = access;
    options.tool = "messages";
    chat.context.router.add(method, path, options, [&chat, operation](http::Request& request) {
      return operation(chat, *chat.bridge, request);
    });
  };
  add("GET", "/api/v1/spaces/{space}/rooms", get_rooms, http::Access::session);
  add("POST", "/api/v1/spaces/{space}/rooms", post_room, http::Access::session);
  add("POST", "/api/v1/direct", post_direct, http::Access::session);
}

}  // namespace parvis::chat
