#include "module/chat/rooms.h"

#include <algorithm>

namespace parvis::chat {

void Rooms::load(event_store::Loaded& loaded) {
  for (auto& room : loaded.rooms) {
    CHECK(room->number == next_number());
    Room* added = room.get();
    rooms_.push_back(std::move(room));
    by_id_.emplace(added->room_id, added);
    if (!added->space.empty()) by_space_[added->space].push_back(added);
  }
  for (auto& row : loaded.members) {
    Member& member = ensure_member(at(row.room), users_.at(row.user));
    Room* room = member.room;
    User* user = member.user;
    member = std::move(row.member);
    member.room = room;
    member.joined_ahead = member.joined;
    member.user = user;
  }
}

Room* Rooms::find(std::string_view room_id) const {
  auto found = by_id_.find(room_id);
  return found == by_id_.end() ? nullptr : found->second;
}

std::vector<Room*> Rooms::of_space(SpaceId space) const {
  auto found = by_space_.find(space);
  return found == by_space_.end() ? std::vector<Room*>() : found->second;
}

Room* Rooms::space_room(SpaceId space) const {
  for (Room* room : of_space(space))
    if (room->kind == RoomKind::space) return room;
  return nullptr;
}

Room& Rooms::add(std::unique_ptr<Room> room) {
  CHECK(room->number == next_number());
  Room& added = *room;
  added.live = std::make_unique<RoomLive>();
  added.live->ring_complete = true;
  added.used = context_.env.loop.now();
  rooms_.push_back(std::move(room));
  by_id_.emplace(added.room_id, &added);
  if (!added.space.empty()) by_space_[added.space].push_back(&added);
  return added;
}

Member* Rooms::member(Room& room, const User& user) const {
  auto found = room.members.find(user.number);
  return found == room.members.end() ? nullptr : &found->second;
}
const Member* Rooms::member(const Room& room, const User& user) const {
  auto found = room.members.find(user.number);
  return found == room.members.end() ? nullptr : &found->second;
}

Member& Rooms::ensure_member(Room& room, User& user) {
  auto [found, fresh] = room.members.try_emplace(user.number);
  if (fresh) {
    found->second.room = &room;
    found->second.user = &user;
    user.rooms.push_back(&found->second);
  }
  return found->second;
}

bool Rooms::joined(const Room& room, const User& user) const {
  const Member* found = member(room, user);
  return found && found->membership == Membership::join;
}

Task<Result<void>> Rooms::ensure_live(Room& room, size_t events) {
  room.used = context_.env.loop.now();
  if (room.live && (room.live->ring_complete || room.live->ring.size() >= events)) co_return Result<void>{};
  co_return co_await ensure_live(std::vector<Room*>{&room}, events);
}

Task<Result<void>> Rooms::ensure_live(std::vector<Room*> rooms, size_t events) {
  // A thousand people who come at once read a room once: the first reads, the others wait.
  while (std::ranges::any_of(rooms, [this](Room* room) { return loading_.contains(room->number); }))
    (void)co_await loaded_.wait(context_.env.loop);
  std::vector<RoomNumber> mine;
  for (Room* room : rooms)
    if (!room->live) mine.push_back(room->number);
  loading_.insert(mine.begin(), mine.end());
  auto outcome = co_await read_live(std::move(rooms), events);
  for (RoomNumber number : mine) loading_.erase(number);
  if (!mine.empty()) loaded_.notify_all();
  co_return outcome;
}

Task<Result<void>> Rooms::read_live(std::vector<Room*> rooms, size_t events) {
  struct Want {
    event_store::RoomKey key;
    bool whole;
    int64_t edge;  // of the whole: up to where counters are; else what is in memory begins here
    size_t limit;
  };
  struct Got {
    event_store::Snapshot snapshot;
    std::vector<EntryPtr> older;
  };
  std::vector<Want> wanted;
  Monotonic now = context_.env.loop.now();
  for (Room* room : rooms) {
    room->used = now;
    if (!room->live) {
      wanted.push_back({key(*room), true, counted_until(*room), std::max(events, ring_on_load)});
    } else if (!room->live->ring_complete && room->live->ring.size() < events) {
      int64_t before =
          room->live->ring.empty() ? room->last_position + 1 : room->live->ring.front()->position;
      wanted.push_back({key(*room), false, before, events - room->live->ring.size()});
    }
  }
  if (wanted.empty()) co_return Result<void>{};
  auto got =
      CO_TRY(co_await context_.database.read([wanted](store::Reader& reader) -> Result<std::vector<Got>> {
        std::vector<Got> out;
        for (auto& want : wanted) {
          Got& one = out.emplace_back();
          if (want.whole)
            one.snapshot = TRY(event_store::read_snapshot(reader, want.key, want.limit, want.edge));
          else
            one.older =
                TRY(event_store::read_range(reader, want.key, {.before = want.edge, .limit = want.limit}));
        }
        return out;
      }));
  for (size_t i = 0; i < wanted.size(); ++i) {
    Room& room = at(wanted[i].key.number);
    if (wanted[i].whole) {
      if (!room.live) install(room, std::move(got[i].snapshot));
      continue;
    }
    if (!room.live) continue;  // evicted meanwhile; the caller's next look loads it
    auto& ring = room.live->ring;
    int64_t first = ring.empty() ? room.last_position + 1 : ring.front()->position;
    if (first != wanted[i].edge) continue;  // somebody else extended it
    for (auto entry = got[i].older.rbegin(); entry != got[i].older.rend(); ++entry) ring.push_front(*entry);
    ring_events_ += got[i].older.size();
    if (got[i].older.size() < wanted[i].limit) room.live->ring_complete = true;
  }
  co_return Result<void>{};
}

/// Counters of a room are written together, those that changed: the newest written one tells up to where all
/// of them are. One that a membership event set says nothing of the others.
int64_t Rooms::counted_until(const Room& room) const {
  int64_t newest = 0;
  for (auto& [number, member] : room.members)
    if (member.counted > member.position) newest = std::max(newest, member.counted);
  return newest;
}

void Rooms::install(Room& room, event_store::Snapshot snapshot) {
  room.live = std::make_unique<RoomLive>();
  for (auto& state : snapshot.state) room.live->state.apply(std::move(state));
  for (auto& entry : snapshot.ring) room.live->ring.push_back(std::move(entry));
  ring_events_ += room.live->ring.size();
  room.live->ring_complete = snapshot.ring_complete;
  room.live->tip = std::move(snapshot.tip);
  room.live->depth = snapshot.depth;
  room.live->receipts = std::move(snapshot.receipts);
  if (on_live_) on_live_(room);
}

void Rooms::evict() {
  Monotonic now = context_.env.loop.now();
  bool crowded = ring_events_ > max_ring_events;
  int64_t idle = crowded ? safe_before_eviction_us : idle_before_eviction_us;
  ring_events_ = 0;
  for (auto& room : rooms_) {
    if (!room->live) continue;
    if (room->live->in_flight == 0 && now - room->used > idle) {
      room->live.reset();
      continue;
    }
    if (crowded) {
      while (room->live->ring.size() > ring_on_load) {
        room->live->ring.pop_front();
        room->live->ring_complete = false;
      }
    }
    ring_events_ += room->live->ring.size();
  }
}

void Rooms::push(Room& room, EntryPtr entry) {
  auto& ring = room.live->ring;
  ring.push_back(std::move(entry));
  ++ring_events_;
  // Twice as long as it has to be before it shrinks, so that a busy room does not shift at every event.
  if (ring.size() > 2 * ring_hot) {
    ring_events_ -= ring.size() - ring_hot;
    ring.erase(ring.begin(), ring.end() - ring_hot);
    room.live->ring_complete = false;
  }
}

EntryPtr Rooms::in_ring(const Room& room, std::string_view event_id) const {
  if (!room.live) return nullptr;
  auto& ring = room.live->ring;
  for (auto entry = ring.rbegin(); entry != ring.rend(); ++entry)
    if ((*entry)->event.event_id == event_id) return *entry;
  return nullptr;
}

void Rooms::replace_in_ring(Room& room, EntryPtr entry) {
  if (!room.live) return;
  for (auto& kept : room.live->ring)
    if (kept->position == entry->position) kept = entry;
}

}  // namespace parvis::chat
