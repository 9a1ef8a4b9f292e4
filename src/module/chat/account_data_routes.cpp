#include "engine/matrix/errors.h"
#include "module/chat/access.h"
#include "module/chat/account_data.h"
#include "module/chat/door.h"

namespace parvis::chat {
namespace {

using http::Response;
constexpr size_t max_tags = 100;

struct Place {
  RoomNumber room = 0;
  std::string type;
};

// `type` of the path, in the room of the path if there is one; only one's own.
Result<Place> place_of(Chat& chat, const Caller& caller, const http::Request& request) {
  if (chat.users.find(request.parameter("user_id")) != caller.user) return fail(reasons::forbidden);
  Place place{0, std::string(request.parameter("type"))};
  if (auto room_id = request.parameter("room_id"); !room_id.empty()) {
    Room* room = chat.rooms.find(room_id);
    if (!room || !chat.rooms.member(*room, *caller.user)) return fail(mx::errors::not_in_room);
    place.room = room->number;
  }
  return place;
}

Answer get_data(Chat& chat, Caller caller, http::Request& request) {
  auto place = CO_TRY(place_of(chat, caller, request));
  CO_TRY(co_await load_account_data(chat, *caller.user));
  if (place.type == "m.push_rules" && place.room == 0) {
    static const mx::PushRuleset default_rules;
    auto& rules = caller.user->ruleset ? *caller.user->ruleset : default_rules;
    co_return Response::json("{\"global\":" + rules.to_json(caller.user->user_id) + "}");
  }
  auto* data = find_account_data(*caller.user, place.room, place.type);
  if (!data) co_return fail(reasons::not_found, "no such data");
  co_return Response::json(data->content);
}

Answer put_data(Chat& chat, Caller caller, http::Request& request) {
  auto place = CO_TRY(place_of(chat, caller, request));
  if (place.type == "m.fully_read" || place.type == "m.push_rules") {
    Error error(reasons::method_not_allowed, "set in another way");
    co_return std::unexpected(std::move(error));
  }
  auto text = CO_TRY(co_await request.read_text(max_account_data_bytes));
  CO_TRY(mx::parse_object(text, {.max_depth = 100}));
  CO_TRY(co_await put_account_data(chat, *caller.user, place.room, place.type, std::move(text)));
  CO_TRY(co_await chat.log.commit());
  co_return empty_object();
}

Task<Result<json::Value>> tags_of(Chat& chat, User& user, RoomNumber room) {
  CO_TRY(co_await load_account_data(chat, user));
  json::Value tree = json::Object();
  if (auto* data = find_account_data(user, room, "m.tag"))
    if (auto parsed = json::parse(data->content); parsed && parsed->is_object()) tree = std::move(*parsed);
  if (!json::object(tree, "tags")) tree.get_object()["tags"] = json::Object();
  co_return tree;
}

Answer get_tags(Chat& chat, Caller caller, http::Request& request) {
  auto place = CO_TRY(place_of(chat, caller, request));
  auto tree = CO_TRY(co_await tags_of(chat, *caller.user, place.room));
  std::string out;
  json::Writer(out).value(tree);
  co_return Response::json(std::move(out));
}

Answer change_tag(Chat& chat, Caller caller, http::Request& request, bool put) {
  auto place = CO_TRY(place_of(chat, caller, request));
  std::string tag(request.parameter("tag"));
  json::Value body = json::Object();
  if (put) body = CO_TRY(co_await body_object(request, true, 4096));
  auto tree = CO_TRY(co_await tags_of(chat, *caller.user, place.room));
  auto& tags = tree.get_object()["tags"].get_object();
  if (put) {
    if (tags.size() >= max_tags || tag.size() > 255) co_return fail(reasons::too_large, "too many tags");
    tags[tag] = body;
  } else {
    tags.erase(tag);
  }
  std::string text;
  json::Writer(text).value(tree);
  CO_TRY(co_await put_account_data(chat, *caller.user, place.room, "m.tag", std::move(text)));
  CO_TRY(co_await chat.log.commit());
  co_return empty_object();
}
Answer put_tag(Chat& chat, Caller caller, http::Request& request) {
  return change_tag(chat, std::move(caller), request, true);
}
Answer delete_tag(Chat& chat, Caller caller, http::Request& request) {
  return change_tag(chat, std::move(caller), request, false);
}

}  // namespace

void add_account_data_routes(Door& door) {
  for (auto path :
       {"/user/{user_id}/account_data/{type}", "/user/{user_id}/rooms/{room_id}/account_data/{type}"}) {
    door.v3("GET", path, get_data);
    door.v3("PUT", path, put_data);
  }
  door.v3("GET", "/user/{user_id}/rooms/{room_id}/tags", get_tags);
  door.v3("PUT", "/user/{user_id}/rooms/{room_id}/tags/{tag}", put_tag);
  door.v3("DELETE", "/user/{user_id}/rooms/{room_id}/tags/{tag}", delete_tag);
}

}  // namespace parvis::chat
