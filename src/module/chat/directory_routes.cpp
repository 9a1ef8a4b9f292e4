// Room addresses and the public directory, which lists forums to agents.
#include <algorithm>

#include "base/utf8.h"
#include "engine/matrix/errors.h"
#include "engine/matrix/stripped_state.h"
#include "module/chat/access.h"
#include "module/chat/alias.h"
#include "module/chat/door.h"
#include "module/chat/policy.h"
#include "module/chat/reasons.h"

namespace parvis::chat {
namespace {

using http::Response;

Answer get_alias(Chat& chat, Caller, http::Request& request) {
  Room* room = find_room(chat, request.parameter("alias"));
  if (!room || !request.parameter("alias").starts_with('#'))
    co_return fail(reasons::not_found, "no such alias");
  std::string out;
  json::Writer writer(out);
  writer.begin_object()
      .field("room_id", room->room_id)
      .key("servers")
      .begin_array()
      .value(chat.server_name())
      .end_array();
  writer.end_object();
  co_return Response::json(std::move(out));
}

bool may_name(Chat& chat, const Room& room, const User& user) {
  if (!room.space.empty()) return allowed(chat, room, user, Action::room_update);
  if (!room.live) return false;
  return mx::PowerLevels::of(room.version, room.live->state)
      .can_send(user.user_id, "m.room.canonical_alias", true);
}

Answer put_alias_route(Chat& chat, Caller caller, http::Request& request) {
  std::string alias(request.parameter("alias"));
  auto body = CO_TRY(co_await body_object(request));
  Room* room = CO_TRY(joined_room(chat, CO_TRY(need_text(body, "room_id")), *caller.user));
  if (chat.aliases.contains(alias)) co_return fail(reasons::conflict, "alias taken");
  CO_TRY(check_new_alias(chat, alias));
  CO_TRY(co_await chat.rooms.ensure_live(*room));
  if (!may_name(chat, *room, *caller.user)) co_return fail(mx::errors::power_too_low);
  if (aliases_of(chat, *room).size() >= max_aliases_per_room)
    co_return fail(reasons::too_large, "too many aliases");
  put_alias(chat, alias, *room, *caller.user);
  CO_TRY(co_await chat.log.commit());
  co_return empty_object();
}

Answer delete_alias_route(Chat& chat, Caller caller, http::Request& request) {
  std::string alias(request.parameter("alias"));
  Room* room = alias.starts_with('#') ? find_room(chat, alias) : nullptr;
  if (!room) co_return fail(reasons::not_found, "no such alias");
  CO_TRY(co_await chat.rooms.ensure_live(*room));
  if (!chat.rooms.joined(*room, *caller.user) || !may_name(chat, *room, *caller.user))
    co_return fail(mx::errors::power_too_low);
  remove_alias(chat, alias);
  CO_TRY(co_await chat.log.commit());
  co_return empty_object();
}

Answer get_aliases(Chat& chat, Caller caller, http::Request& request) {
  auto reading =
      CO_TRY(co_await readable_room(chat, std::string(request.parameter("room_id")), *caller.user));
  std::string out;
  json::Writer writer(out);
  writer.begin_object().key("aliases").begin_array();
  for (auto& alias : aliases_of(chat, *reading.room)) writer.value(alias);
  writer.end_array().end_object();
  co_return Response::json(std::move(out));
}

Answer get_listing(Chat& chat, Caller, http::Request& request) {
  Room* room = chat.rooms.find(request.parameter("room_id"));
  if (!room || !room->published) {
    if (!room) co_return fail(reasons::not_found);
    co_return Response::json(R"({"visibility":"private"})");
  }
  co_return Response::json(R"({"visibility":"public"})");
}

Answer put_listing(Chat& chat, Caller caller, http::Request& request) {
  Room* room = CO_TRY(joined_room(chat, request.parameter("room_id"), *caller.user));
  auto body = CO_TRY(co_await body_object(request, true));
  auto visibility = json::text(body, "visibility").value_or("public");
  if (visibility != "public" && visibility != "private")
    co_return fail(mx::errors::invalid_param, "visibility");
  CO_TRY(co_await chat.rooms.ensure_live(*room));
  if (!may_name(chat, *room, *caller.user)) co_return fail(mx::errors::power_too_low);
  bool publish = visibility == "public";
  // The directory lists forums only (TCH-02).
  if (publish && !is_forum(*room)) co_return fail(reasons::forbidden, "only forums are listed");
  room->published = publish;
  chat.log.add([number = room->number, publish](store::Transaction& transaction) {
    return event_store::publish_room(transaction, number, publish);
  });
  CO_TRY(co_await chat.log.commit());
  co_return empty_object();
}

struct PublicQuery {
  std::string text;
  size_t limit = 50, offset = 0;
  std::optional<std::vector<std::string>> room_types;  // "" is an ordinary room
};

Answer public_rooms(Chat& chat, Caller caller, PublicQuery query) {
  std::vector<Room*> rooms;
  // Externals find nothing here (TCH-03).
  bool agent = caller.user && !chat.users.is_external(*caller.user);
  if (agent)
    for (auto& room : chat.rooms.all())
      if (room->published &&
          (room->space.empty() || allowed(chat, *room, *caller.user, Action::message_read)))
        rooms.push_back(room.get());
  CO_TRY(co_await chat.rooms.ensure_live(rooms));
  std::vector<mx::RoomCard> cards;
  std::string wanted = utf8::fold(query.text);
  for (Room* room : rooms) {
    if (!room->live || !is_forum(*room)) continue;
    auto card = mx::describe(room->live->state, room->room_id);
    if (query.room_types && std::find(query.room_types->begin(), query.room_types->end(), card.room_type) ==
                                query.room_types->end())
      continue;
    if (!wanted.empty() && utf8::fold(card.name).find(wanted) == std::string::npos &&
        utf8::fold(card.topic).find(wanted) == std::string::npos &&
        utf8::fold(card.canonical_alias).find(wanted) == std::string::npos)
      continue;
    cards.push_back(std::move(card));
  }
  std::sort(cards.begin(), cards.end(), [](auto& a, auto& b) {
    return a.joined_members != b.joined_members ? a.joined_members > b.joined_members : a.room_id < b.room_id;
  });
  std::string out = "{\"chunk\":[";
  size_t end = std::min(cards.size(), query.offset + query.limit);
  for (size_t i = query.offset; i < end; ++i) {
    out += i > query.offset ? ",{" : "{";
    mx::append_card_members(out, cards[i]);
    out += '}';
  }
  out += "],\"total_room_count_estimate\":" + std::to_string(cards.size());
  if (end < cards.size()) out += ",\"next_batch\":\"p" + std::to_string(end) + "\"";
  if (query.offset)
    out += ",\"prev_batch\":\"p" +
           std::to_string(query.offset > query.limit ? query.offset - query.limit : 0) + "\"";
  out += '}';
  co_return Response::json(std::move(out));
}

Result<size_t> offset_of(std::string_view since) {
  if (since.empty()) return size_t{0};
  size_t offset = 0;
  if (since.front() != 'p' || since.size() < 2 || since.size() > 8)
    return fail(mx::errors::invalid_param, "since");
  for (char c : since.substr(1)) {
    if (c < '0' || c > '9') return fail(mx::errors::invalid_param, "since");
    offset = offset * 10 + static_cast<size_t>(c - '0');
  }
  return offset;
}

Answer get_public_rooms(Chat& chat, Caller caller, http::Request& request) {
  PublicQuery query;
  query.limit = static_cast<size_t>(std::max<int64_t>(1, number_query(request, "limit", 50, 500)));
  query.offset = CO_TRY(offset_of(request.query_value("since").value_or("")));
  co_return co_await public_rooms(chat, std::move(caller), std::move(query));
}

Answer post_public_rooms(Chat& chat, Caller caller, http::Request& request) {
  auto body = CO_TRY(co_await body_object(request, true));
  PublicQuery query;
  query.limit = static_cast<size_t>(std::clamp<int64_t>(json::integer(body, "limit").value_or(50), 1, 500));
  query.offset = CO_TRY(offset_of(json::text(body, "since").value_or("")));
  if (auto* filter = json::find(body, "filter")) {
    query.text = json::text(*filter, "generic_search_term").value_or("");
    if (auto* types = json::array(*filter, "room_types")) {
      query.room_types.emplace();
      for (auto& type : *types)
        query.room_types->push_back(type.is_string() ? std::string(type.get_string()) : std::string());
    }
  }
  co_return co_await public_rooms(chat, std::move(caller), std::move(query));
}

}  // namespace

void add_directory_routes(Door& door) {
  door.v3("GET", "/directory/room/{alias}", get_alias, {.anonymous = true});
  door.v3("PUT", "/directory/room/{alias}", put_alias_route);
  door.v3("DELETE", "/directory/room/{alias}", delete_alias_route);
  door.v3("GET", "/rooms/{room_id}/aliases", get_aliases);
  door.v3("GET", "/directory/list/room/{room_id}", get_listing, {.anonymous = true});
  door.v3("PUT", "/directory/list/room/{room_id}", put_listing);
  door.v3("GET", "/publicRooms", get_public_rooms, {.anonymous = true, .cost = 2});
  door.v3("POST", "/publicRooms", post_public_rooms, {.cost = 2});
}

}  // namespace parvis::chat
