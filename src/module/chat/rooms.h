#pragma once
// The index of rooms, and the coming and going of their live part.
#include <memory>
#include <unordered_map>
#include <unordered_set>

#include "module/chat/model.h"
#include "module/chat/store.h"
#include "module/chat/users.h"
#include "platform/signal.h"

namespace parvis::chat {

inline constexpr size_t ring_on_load = 40;         // events read with a room
inline constexpr size_t ring_hot = 200;            // events kept of a room in use
inline constexpr size_t max_ring_events = 60'000;  // of all rooms together; beyond it the longest unused go
inline constexpr int64_t idle_before_eviction_us = seconds_us(600);
inline constexpr int64_t safe_before_eviction_us = seconds_us(120);  // longer than any request holds a room

class Rooms {
 public:
  Rooms(const Context& context, Users& users) : context_(context), users_(users) {}

  void load(event_store::Loaded& loaded);
  Room* find(std::string_view room_id) const;
  Room& at(RoomNumber number) const { return *rooms_[static_cast<size_t>(number - 1)]; }
  const std::vector<std::unique_ptr<Room>>& all() const { return rooms_; }
  /// Rooms of a space, the space room first.
  std::vector<Room*> of_space(SpaceId space) const;
  Room* space_room(SpaceId space) const;
  RoomNumber next_number() const { return static_cast<RoomNumber>(rooms_.size()) + 1; }
  /// A new room with an empty live part; its number must be next_number().
  Room& add(std::unique_ptr<Room> room);

  Member* member(Room& room, const User& user) const;
  const Member* member(const Room& room, const User& user) const;
  Member& ensure_member(Room& room, User& user);
  bool joined(const Room& room, const User& user) const;

  /// Brings the live parts back, with at least `events` recent events (or all there are), in one read.
  Task<Result<void>> ensure_live(std::vector<Room*> rooms, size_t events = 1);
  Task<Result<void>> ensure_live(Room& room, size_t events = 1);
  /// Up to where the unread counters of the room were written.
  int64_t counted_until(const Room& room) const;
  /// Forgets live parts that nobody used lately.
  void evict();
  event_store::RoomKey key(const Room& room) const { return {room.number, room.version}; }

  /// Adds a committed event to the ring.
  void push(Room& room, EntryPtr entry);
  /// The entry in memory, or nullptr.
  EntryPtr in_ring(const Room& room, std::string_view event_id) const;
  void replace_in_ring(Room& room, EntryPtr entry);
  /// Told after a live part was installed from the database.
  void on_live(std::function<void(Room&)> listener) { on_live_ = std::move(listener); }

 private:
  Task<Result<void>> read_live(std::vector<Room*> rooms, size_t events);
  void install(Room& room, event_store::Snapshot snapshot);
  const Context& context_;
  Users& users_;
  std::vector<std::unique_ptr<Room>> rooms_;
  std::unordered_map<std::string_view, Room*> by_id_;
  std::unordered_map<SpaceId, std::vector<Room*>> by_space_;
  std::function<void(Room&)> on_live_;
  size_t ring_events_ = 0;
  std::unordered_set<RoomNumber> loading_;
  Signal loaded_;
};

}  // namespace parvis::chat
