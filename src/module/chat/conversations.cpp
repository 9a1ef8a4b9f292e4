#include "module/chat/conversations.h"

#include <set>

#include "base/json.h"
#include "module/chat/access.h"
#include "module/chat/indexer.h"
#include "store/search_index.h"

namespace parvis::chat {

Task<Result<std::vector<FoundMessage>>> ChatConversations::search(Actor actor, std::string text,
                                                                  size_t limit) {
  std::vector<FoundMessage> out;
  User& user = chat_.users.of(actor.person);
  std::set<std::string> scopes;
  for (auto* member : user.rooms) {
    if (member->membership != Membership::join) continue;
    if (allowed(chat_, *member->room, user, Action::message_read))
      scopes.insert(Indexer::scope_of(*member->room));
  }
  if (scopes.empty()) co_return out;
  store::SearchQuery query;
  query.text = std::move(text);
  query.scopes = {scopes.begin(), scopes.end()};
  query.kinds = {"message"};
  query.limit = limit;
  auto hits = CO_TRY(co_await chat_.context.search.query(std::move(query)));
  for (auto& hit : hits) {
    Room* room = chat_.rooms.find(hit.title);
    if (!room || !chat_.rooms.joined(*room, user)) continue;
    auto entry = CO_TRY(co_await find_entry(chat_, *room, hit.object));
    if (!entry) continue;
    auto sight = CO_TRY(co_await Sight::of(chat_, *room, user));
    if (!sight.sees(*entry)) continue;
    CO_TRY(co_await chat_.rooms.ensure_live(*room));
    auto* named = room->live->state.find("m.room.name", "");
    auto name = named ? json::text(named->content, "name").value_or("") : std::string_view();
    out.push_back({room->room_id,
                   hit.object,
                   std::string(name),
                   std::move(hit.excerpt),
                   chat_.users.at(entry->sender).person,
                   room->space,
                   {hit.at_ms}});
  }
  co_return out;
}

std::vector<std::string> ChatConversations::direct_scopes(PersonId person) {
  std::vector<std::string> out;
  for (auto* member : chat_.users.of(person).rooms) {
    if (member->membership == Membership::join && member->room->space.empty()) {
      out.push_back(Indexer::scope_of(*member->room));
    }
  }
  return out;
}

}  // namespace parvis::chat
