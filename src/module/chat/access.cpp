#include "module/chat/access.h"

#include "engine/matrix/errors.h"
#include "engine/matrix/visibility.h"

namespace parvis::chat {
namespace {

Object object_of(Chat& chat, const Room& room, const User& user, PersonId owner) {
  if (!room.space.empty()) return Object::of_space(room.space, owner);
  // The live state runs ahead of what is committed: whoever just came takes part already.
  const Member* member = chat.rooms.member(room, user);
  auto membership = room.live ? mx::membership_of(room.live->state, user.user_id)
                    : member  ? member->membership
                              : Membership::none;
  bool takes_part = membership == Membership::join || membership == Membership::invite;
  return Object::of_direct(takes_part, owner);
}

}  // namespace

Result<void> require(Chat& chat, const Room& room, const User& user, Action action, PersonId owner) {
  if (user.person.empty()) return {};
  TRY(chat.context.access.require(Actor{user.person}, action, object_of(chat, room, user, owner)));
  return {};
}

bool allowed(Chat& chat, const Room& room, const User& user, Action action) {
  return require(chat, room, user, action).has_value();
}

Result<Room*> joined_room(Chat& chat, std::string_view room_id, const User& user) {
  Room* room = chat.rooms.find(room_id);
  if (!room || !chat.rooms.joined(*room, user) || !allowed(chat, *room, user, Action::message_read))
    return fail(mx::errors::not_in_room);
  return room;
}

Task<Result<Sight>> Sight::of(Chat& chat, Room& room, User& user) {
  Sight sight;
  sight.user_id_ = user.user_id;
  CO_TRY(co_await chat.rooms.ensure_live(room));
  bool permitted = allowed(chat, room, user, Action::message_read) || room.kind == RoomKind::forum;
  const Member* member = chat.rooms.member(room, user);
  sight.member_now_ = member && member->membership == Membership::join && permitted;
  auto visibility = mx::visibility_of(room.live->state);
  sight.world_ = visibility == mx::HistoryVisibility::world_readable;
  const auto* event = room.live->state.find("m.room.history_visibility", "");
  bool settled = event && visibility <= mx::HistoryVisibility::shared &&
                 event->event.depth <= 12;  // set when the room was made, never since
  if (sight.member_now_ && settled) {
    sight.everything_ = true;
    co_return sight;
  }
  if (!permitted && !room.space.empty()) co_return sight;  // a closed door is closed for the past too
  if (!sight.member_now_ && !sight.world_) {
    bool left = member && (member->membership == Membership::leave || member->membership == Membership::ban);
    if (left && member->joined && !member->forgotten)
      sight.until_ = member->position;
    else
      co_return sight;
  }
  struct History {
    std::vector<std::shared_ptr<const PlacedState>> memberships, visibilities;
  };
  auto history = CO_TRY(co_await chat.context.database.read(
      [key = chat.rooms.key(room), user_id = user.user_id](store::Reader& reader) -> Result<History> {
        History out;
        out.memberships = TRY(event_store::read_state_history(reader, key, "m.room.member", user_id));
        out.visibilities = TRY(event_store::read_state_history(reader, key, "m.room.history_visibility", ""));
        return out;
      }));
  for (auto& state : history.memberships) {
    auto text = json::text(state->content, "membership").value_or("");
    sight.memberships_.push_back({state->position, static_cast<int>(mx::parse_membership(text))});
  }
  for (auto& state : history.visibilities) {
    auto text = json::text(state->content, "history_visibility").value_or("");
    sight.visibilities_.push_back({state->position, static_cast<int>(mx::parse_history_visibility(text))});
  }
  co_return sight;
}

bool Sight::anything() const { return everything_ || member_now_ || world_ || until_ != INT64_MAX; }

bool Sight::sees_between(int64_t position, bool after) const {
  auto value_at = [&](const std::vector<Change>& changes, int absent) {
    int value = absent;
    for (auto& change : changes)
      if (change.position < position || (after && change.position == position)) value = change.value;
    return value;
  };
  mx::VisibilityInput input;
  input.visibility = static_cast<mx::HistoryVisibility>(
      value_at(visibilities_, static_cast<int>(mx::HistoryVisibility::shared)));
  input.at_event = static_cast<Membership>(value_at(memberships_, static_cast<int>(Membership::none)));
  input.joined_since = member_now_;
  for (auto& change : memberships_)
    if (change.position >= position && static_cast<Membership>(change.value) == Membership::join)
      input.joined_since = true;
  return mx::may_see(input);
}

bool Sight::sees_at(const Entry& entry) const {
  if (!anything() || entry.position > until_) return false;
  bool changes =
      entry.event.is_state() && (entry.event.type == "m.room.history_visibility" ||
                                 (entry.event.type == "m.room.member" && *entry.event.state_key == user_id_));
  return sees_between(entry.position, true) || (changes && sees_between(entry.position, false));
}

Task<Result<Reading>> readable_room(Chat& chat, std::string room_id, User& user) {
  Room* room = chat.rooms.find(room_id);
  if (!room) co_return fail(mx::errors::not_in_room);
  auto sight = CO_TRY(co_await Sight::of(chat, *room, user));
  if (!sight.anything()) co_return fail(mx::errors::not_in_room);
  co_return Reading{room, std::move(sight)};
}

Task<Result<EntryPtr>> find_entry(Chat& chat, Room& room, std::string event_id) {
  if (auto entry = chat.rooms.in_ring(room, event_id)) co_return entry;
  co_return co_await chat.context.database.read(
      [key = chat.rooms.key(room), event_id](store::Reader& reader) -> Result<EntryPtr> {
        auto located = TRY(event_store::locate(reader, event_id));
        if (!located || located->room != key.number) return EntryPtr();
        return event_store::read_position(reader, key, located->position);
      });
}

}  // namespace parvis::chat
