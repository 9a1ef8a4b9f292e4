// Reading the past: one event, its surroundings, pages of messages, a day.
#include "engine/matrix/errors.h"
#include "module/chat/access.h"
#include "module/chat/door.h"
#include "module/chat/render.h"
#include "module/chat/sync.h"

namespace parvis::chat {
namespace {

using http::Response;
constexpr int64_t default_page = 10, max_page = 250;
constexpr int max_rounds = 8;  // how often a filtered page reads on before it answers with less

Reader reader_of(const Caller& caller) { return {caller.user, caller.session->device_id}; }

Task<Result<EntryPtr>> visible_entry(Chat& chat, const Reading& reading, std::string event_id) {
  auto entry = CO_TRY(co_await find_entry(chat, *reading.room, std::move(event_id)));
  if (!entry || !reading.sight.sees(*entry)) co_return fail(reasons::not_found, "no such event");
  co_return entry;
}

Answer get_event(Chat& chat, Caller caller, http::Request& request) {
  auto reading =
      CO_TRY(co_await readable_room(chat, std::string(request.parameter("room_id")), *caller.user));
  auto entry = CO_TRY(co_await visible_entry(chat, reading, std::string(request.parameter("event_id"))));
  std::string out;
  append_event(out, chat, *entry, reader_of(caller), true);
  co_return Response::json(std::move(out));
}

Task<Result<mx::EventFilter>> filter_of(http::Request& request) {
  auto text = request.query_value("filter");
  if (!text || text->empty()) co_return mx::EventFilter();
  co_return mx::parse_event_filter(CO_TRY(mx::parse_object(*text, {.max_bytes = mx::max_filter_bytes})));
}

struct Page {
  std::vector<EntryPtr> entries;
  std::optional<int64_t> next;  // where the next page begins; nullopt: the end
};

struct PageWish {
  int64_t from = 0;  // position; backwards: up to and including it, forwards: after it
  int64_t to = -1;   // stop there; -1: nowhere
  bool backwards = true;
  size_t limit = 10;
};

Task<Result<Page>> read_page(Chat& chat, const Reading& reading, const mx::EventFilter& filter,
                             PageWish wish) {
  Page page;
  auto key = chat.rooms.key(*reading.room);
  int64_t at = wish.from;
  for (int round = 0; round < max_rounds; ++round) {
    size_t ask = std::max<size_t>(wish.limit - page.entries.size(), 20);
    event_store::Range range{.limit = ask, .newest_first = wish.backwards};
    if (wish.backwards) {
      range.before = at == INT64_MAX ? at : at + 1;
      if (wish.to >= 0) range.after = wish.to;
    } else {
      range.after = at;
      if (wish.to >= 0) range.before = wish.to + 1;
    }
    auto entries = CO_TRY(co_await chat.context.database.read(
        [key, range](store::Reader& reader) { return event_store::read_range(reader, key, range); }));
    if (wish.backwards) std::reverse(entries.begin(), entries.end());
    bool last = entries.size() < ask;
    for (size_t i = 0; i < entries.size(); ++i) {
      auto& entry = entries[i];
      bool url = entry->event.content_text().find("\"url\":\"") != std::string_view::npos;
      bool shown = reading.sight.sees(*entry) && filter.matches({.type = entry->event.type,
                                                                 .sender = entry->event.sender,
                                                                 .room_id = entry->event.room_id,
                                                                 .has_url = url});
      at = wish.backwards ? entry->position - 1 : entry->position;
      if (shown) page.entries.push_back(entry);
      if (page.entries.size() == wish.limit) {
        if (!last || i + 1 < entries.size()) page.next = at;
        co_return page;
      }
    }
    if (last) co_return page;
  }
  page.next = at;
  co_return page;
}

void append_lazy_members(std::string& out, Room& room, const Page& page) {
  std::set<std::string> senders;
  for (auto& entry : page.entries) senders.insert(entry->event.sender);
  out += ",\"state\":[";
  Comma comma(out);
  for (auto& sender : senders) {
    auto* member = room.live ? room.live->state.find("m.room.member", sender) : nullptr;
    if (!member) continue;
    comma.next();
    append_state(out, *member, true);
  }
  out += ']';
}

Answer get_messages(Chat& chat, Caller caller, http::Request& request) {
  auto reading =
      CO_TRY(co_await readable_room(chat, std::string(request.parameter("room_id")), *caller.user));
  auto filter = CO_TRY(co_await filter_of(request));
  auto direction = request.query_value("dir").value_or("");
  if (direction != "b" && direction != "f") co_return fail(mx::errors::missing_param, "dir");
  PageWish wish;
  wish.backwards = direction == "b";
  wish.limit =
      static_cast<size_t>(std::max<int64_t>(1, number_query(request, "limit", default_page, max_page)));
  wish.from = wish.backwards ? INT64_MAX : 0;
  std::string start =
      wish.backwards ? mx::PageToken{reading.room->last_position}.text() : mx::PageToken{0}.text();
  if (auto from = request.query_value("from"); from && !from->empty()) {
    auto token = mx::PageToken::parse(*from);
    if (!token) co_return fail(mx::errors::invalid_param, "from");
    wish.from = token->position;
    start = *from;
  }
  if (auto to = request.query_value("to"); to && !to->empty()) {
    auto token = mx::PageToken::parse(*to);
    if (!token) co_return fail(mx::errors::invalid_param, "to");
    wish.to = token->position;
  }
  auto page = CO_TRY(co_await read_page(chat, reading, filter, wish));
  std::string out = "{\"start\":\"" + start + "\",\"chunk\":[";
  Comma comma(out);
  for (auto& entry : page.entries) {
    comma.next();
    append_event(out, chat, *entry, reader_of(caller), true);
  }
  out += ']';
  if (page.next) out += ",\"end\":\"" + mx::PageToken{*page.next}.text() + "\"";
  if (filter.lazy_load_members) append_lazy_members(out, *reading.room, page);
  out += '}';
  co_return Response::json(std::move(out));
}

Answer get_context(Chat& chat, Caller caller, http::Request& request) {
  auto reading =
      CO_TRY(co_await readable_room(chat, std::string(request.parameter("room_id")), *caller.user));
  auto entry = CO_TRY(co_await visible_entry(chat, reading, std::string(request.parameter("event_id"))));
  auto filter = CO_TRY(co_await filter_of(request));
  auto limit = static_cast<size_t>(number_query(request, "limit", default_page, 100));
  Page before, after;
  if (limit) {
    before = CO_TRY(co_await read_page(
        chat, reading, filter, {.from = entry->position - 1, .limit = std::max<size_t>(1, limit / 2)}));
    after = CO_TRY(co_await read_page(
        chat, reading, filter,
        {.from = entry->position, .backwards = false, .limit = std::max<size_t>(1, limit - limit / 2)}));
  }
  auto state = CO_TRY(co_await chat.context.database.read(
      [key = chat.rooms.key(*reading.room),
       position = after.entries.empty() ? entry->position : after.entries.back()->position](
          store::Reader& reader) { return event_store::read_state_at(reader, key, position + 1); }));
  std::set<std::string> senders{entry->event.sender};
  for (auto* page : {&before, &after})
    for (auto& shown : page->entries) senders.insert(shown->event.sender);

  Reader reader = reader_of(caller);
  std::string out = "{\"event\":";
  append_event(out, chat, *entry, reader, true);
  auto list = [&](std::string_view name, const Page& page) {
    out += ",\"" + std::string(name) + "\":[";
    Comma comma(out);
    for (auto& shown : page.entries) {
      comma.next();
      append_event(out, chat, *shown, reader, true);
    }
    out += ']';
  };
  list("events_before", before);
  list("events_after", after);
  out += ",\"state\":[";
  Comma comma(out);
  for (auto& event : state) {
    if (filter.lazy_load_members && event->event.type == "m.room.member" &&
        !senders.contains(*event->event.state_key))
      continue;
    comma.next();
    append_state(out, *event, true);
  }
  int64_t start = before.entries.empty() ? entry->position - 1 : before.entries.back()->position - 1;
  int64_t end = after.entries.empty() ? entry->position : after.entries.back()->position;
  out += "],\"start\":\"" + mx::PageToken{start}.text() + "\",\"end\":\"" + mx::PageToken{end}.text() + "\"}";
  co_return Response::json(std::move(out));
}

Answer get_nearest(Chat& chat, Caller caller, http::Request& request) {
  auto reading =
      CO_TRY(co_await readable_room(chat, std::string(request.parameter("room_id")), *caller.user));
  auto direction = request.query_value("dir").value_or("");
  auto at = request.query_value("ts");
  if (!at || (direction != "b" && direction != "f")) co_return fail(mx::errors::missing_param, "ts, dir");
  int64_t moment = number_query(request, "ts", 0, INT64_MAX);
  auto entry = CO_TRY(co_await chat.context.database.read(
      [key = chat.rooms.key(*reading.room), moment, forwards = direction == "f"](store::Reader& reader) {
        return event_store::read_nearest(reader, key, moment, forwards);
      }));
  if (!entry || !reading.sight.sees(*entry)) co_return fail(reasons::not_found, "no event there");
  std::string out;
  json::Writer(out)
      .begin_object()
      .field("event_id", entry->event.event_id)
      .field("origin_server_ts", entry->event.origin_server_ts)
      .end_object();
  co_return Response::json(std::move(out));
}

}  // namespace

void add_history_routes(Door& door) {
  door.v3("GET", "/rooms/{room_id}/event/{event_id}", get_event);
  door.v3("GET", "/rooms/{room_id}/messages", get_messages);
  door.v3("GET", "/rooms/{room_id}/context/{event_id}", get_context);
  door.exact("GET", "/_matrix/client/v1/rooms/{room_id}/timestamp_to_event", get_nearest);
}

}  // namespace parvis::chat
