// Server-side search of unencrypted rooms, and reports.
#include "engine/matrix/errors.h"
#include "module/chat/access.h"
#include "module/chat/door.h"
#include "module/chat/indexer.h"
#include "module/chat/render.h"
#include "store/search_index.h"

namespace parvis::chat {
namespace {

using http::Response;
using store::Statement;
const Statement insert_report{
    "chat.report",
    "insert into chat_report(room, event_id, user_number, reason, at) values ($1, $2, $3, $4, $5)"};

std::vector<std::string> scopes_of(Chat& chat, const User& user, const mx::EventFilter& filter) {
  std::set<std::string> out;
  for (auto* member : user.rooms) {
    Room& room = *member->room;
    if (member->membership != Membership::join || !filter.matches_room(room.room_id)) continue;
    if (allowed(chat, room, user, Action::message_read)) out.insert(Indexer::scope_of(room));
  }
  return {out.begin(), out.end()};
}

struct Hit {
  Room* room;
  EntryPtr entry;
  double rank;
};

Answer post_search(Chat& chat, Caller caller, http::Request& request) {
  auto body = CO_TRY(co_await body_object(request));
  auto* categories = json::find(body, "search_categories");
  auto* events = categories && categories->is_object() ? json::find(*categories, "room_events") : nullptr;
  if (!events || !events->is_object())
    co_return fail(mx::errors::missing_param, "search_categories.room_events");
  auto term = CO_TRY(need_text(*events, "search_term"));
  mx::EventFilter filter;
  if (auto* given = json::find(*events, "filter")) filter = CO_TRY(mx::parse_event_filter(*given));
  store::SearchQuery query;
  query.text = term;
  query.scopes = scopes_of(chat, *caller.user, filter);
  query.kinds = {"message"};
  query.limit = static_cast<size_t>(std::clamp<int64_t>(filter.limit.value_or(10), 1, 100));
  query.newest_first = json::text(*events, "order_by").value_or("rank") == "recent";
  if (auto batch = request.query_value("next_batch"); batch && !batch->empty()) {
    auto token = mx::PageToken::parse(*batch);
    if (!token) co_return fail(mx::errors::invalid_param, "next_batch");
    query.before_ms = token->position;
  }
  std::vector<store::SearchHit> hits;
  size_t asked = query.limit;
  if (!query.scopes.empty()) hits = CO_TRY(co_await chat.context.search.query(std::move(query)));
  std::vector<Hit> found;
  int64_t oldest = INT64_MAX;
  for (size_t i = 0; i < hits.size(); ++i) {
    oldest = std::min(oldest, hits[i].at_ms);
    Room* room = chat.rooms.find(hits[i].title);
    if (!room || !chat.rooms.joined(*room, *caller.user) || !filter.matches_room(room->room_id)) continue;
    auto entry = CO_TRY(co_await find_entry(chat, *room, hits[i].object));
    if (!entry ||
        !filter.matches({.type = entry->event.type, .sender = entry->event.sender, .room_id = room->room_id}))
      continue;
    auto sight = CO_TRY(co_await Sight::of(chat, *room, *caller.user));
    if (sight.sees(*entry)) found.push_back({room, entry, static_cast<double>(hits.size() - i)});
  }
  std::string out = "{\"search_categories\":{\"room_events\":{\"count\":" + std::to_string(found.size()) +
                    ",\"highlights\":[";
  {
    json::Writer(out).value(term);
    out += "],\"results\":[";
    Comma comma(out);
    for (auto& hit : found) {
      comma.next();
      out += "{\"rank\":" + std::to_string(hit.rank) + ",\"result\":";
      append_event(out, chat, *hit.entry, {caller.user, caller.session->device_id}, true);
      out += '}';
    }
    out += ']';
  }
  if (hits.size() == asked) out += ",\"next_batch\":\"" + mx::PageToken{oldest}.text() + "\"";
  out += "}}}";
  co_return Response::json(std::move(out));
}

Answer post_report(Chat& chat, Caller caller, http::Request& request) {
  std::string event_id(request.parameter("event_id"));
  Room* room = CO_TRY(joined_room(chat, request.parameter("room_id"), *caller.user));
  auto body = CO_TRY(co_await body_object(request, true));
  std::string reason(json::text(body, "reason").value_or(""));
  if (reason.size() > 4'000) co_return fail(reasons::too_large, "reason");
  if (!event_id.empty() && !CO_TRY(co_await find_entry(chat, *room, event_id)))
    co_return fail(reasons::not_found);
  chat.log.add([number = room->number, event_id, user = caller.user->number, reason, at = chat.clock_now(),
                actor = caller.user->person.text(), room_id = room->room_id,
                space = room->space.empty() ? "" : room->space.text()](
                   store::Transaction& transaction) -> Result<void> {
    TRY(transaction.execute(insert_report, number, event_id, user, reason, at));
    TRY(transaction.publish({.kind = "message.reported",
                             .actor = actor,
                             .space = space,
                             .subject = room_id,
                             .payload = {},
                             .rule = {}}));
    return {};
  });
  CO_TRY(co_await chat.log.commit());
  co_return empty_object();
}

}  // namespace

void add_search_routes(Door& door) {
  door.v3("POST", "/search", post_search, {.cost = 3});
  door.v3("POST", "/rooms/{room_id}/report/{event_id}", post_report, {.cost = 3});
  door.v3("POST", "/rooms/{room_id}/report", post_report, {.cost = 3});
}

}  // namespace parvis::chat
