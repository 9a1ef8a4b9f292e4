// What points at an event, and the threads of a room.
#include "engine/matrix/errors.h"
#include "module/chat/access.h"
#include "module/chat/door.h"
#include "module/chat/render.h"

namespace parvis::chat {
namespace {

using http::Response;
constexpr int64_t default_page = 20, max_page = 100;

Answer get_relations(Chat& chat, Caller caller, http::Request& request) {
  auto reading =
      CO_TRY(co_await readable_room(chat, std::string(request.parameter("room_id")), *caller.user));
  auto parent = CO_TRY(co_await find_entry(chat, *reading.room, std::string(request.parameter("event_id"))));
  if (!parent || !reading.sight.sees(*parent)) co_return fail(reasons::not_found, "no such event");
  event_store::ChildQuery query;
  query.parent = parent->position;
  query.rel_type = request.parameter("rel_type");
  query.type = request.parameter("event_type");
  if (!query.rel_type.empty()) query.kind = mx::parse_relation_kind(query.rel_type);
  query.newest_first = request.query_value("dir").value_or("b") != "f";
  query.limit =
      static_cast<size_t>(std::max<int64_t>(1, number_query(request, "limit", default_page, max_page)));
  size_t limit = query.limit++;
  auto edge = [&](std::string_view name) -> Result<std::optional<int64_t>> {
    auto text = request.query_value(name);
    if (!text || text->empty()) return std::optional<int64_t>();
    auto token = mx::PageToken::parse(*text);
    if (!token) return fail(mx::errors::invalid_param, std::string(name));
    return std::optional(token->position);
  };
  auto from = CO_TRY(edge("from")), to = CO_TRY(edge("to"));
  if (from) (query.newest_first ? query.before : query.after) = query.newest_first ? *from + 1 : *from;
  if (to) (query.newest_first ? query.after : query.before) = query.newest_first ? *to : *to + 1;
  auto children = CO_TRY(co_await chat.context.database.read(
      [key = chat.rooms.key(*reading.room), query](store::Reader& reader) {
        return event_store::read_children(reader, key, query);
      }));
  bool more = children.size() > limit;
  if (more) children.resize(limit);
  std::string out = "{\"chunk\":[";
  Comma comma(out);
  for (auto& child : children) {
    if (!reading.sight.sees(*child)) continue;
    comma.next();
    append_event(out, chat, *child, {caller.user, caller.session->device_id}, true);
  }
  out += ']';
  if (more) {
    int64_t last = children.back()->position;
    out += ",\"next_batch\":\"" + mx::PageToken{query.newest_first ? last - 1 : last}.text() + "\"";
  }
  if (from) out += ",\"prev_batch\":\"" + *request.query_value("from") + "\"";
  out += '}';
  co_return Response::json(std::move(out));
}

Answer get_threads(Chat& chat, Caller caller, http::Request& request) {
  auto reading =
      CO_TRY(co_await readable_room(chat, std::string(request.parameter("room_id")), *caller.user));
  auto include = request.query_value("include").value_or("all");
  if (include != "all" && include != "participated") co_return fail(mx::errors::invalid_param, "include");
  int64_t before = INT64_MAX;
  if (auto from = request.query_value("from"); from && !from->empty()) {
    auto token = mx::PageToken::parse(*from);
    if (!token) co_return fail(mx::errors::invalid_param, "from");
    before = token->position;
  }
  auto limit =
      static_cast<size_t>(std::max<int64_t>(1, number_query(request, "limit", default_page, max_page)));
  UserNumber participant = include == "participated" ? caller.user->number : 0;
  auto roots = CO_TRY(co_await chat.context.database.read(
      [key = chat.rooms.key(*reading.room), participant, before, limit](store::Reader& reader) {
        return event_store::read_threads(reader, key, participant, before, limit + 1);
      }));
  bool more = roots.size() > limit;
  if (more) roots.resize(limit);
  std::string out = "{\"chunk\":[";
  Comma comma(out);
  for (auto& root : roots) {
    if (!reading.sight.sees(*root.root)) continue;
    comma.next();
    append_event(out, chat, *root.root, {caller.user, caller.session->device_id}, true);
  }
  out += ']';
  if (more) out += ",\"next_batch\":\"" + mx::PageToken{roots.back().latest}.text() + "\"";
  out += '}';
  co_return Response::json(std::move(out));
}

}  // namespace

void add_relation_routes(Door& door) {
  door.v1("GET", "/rooms/{room_id}/relations/{event_id}", get_relations);
  door.v1("GET", "/rooms/{room_id}/relations/{event_id}/{rel_type}", get_relations);
  door.v1("GET", "/rooms/{room_id}/relations/{event_id}/{rel_type}/{event_type}", get_relations);
  door.v1("GET", "/rooms/{room_id}/threads", get_threads);
}

}  // namespace parvis::chat
