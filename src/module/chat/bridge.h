#pragma once
// Spaces as Matrix rooms. reconcile() compares a space with its rooms and appends what is missing: the
// m.space room and the salons of the template, memberships, power levels, names. It is the one path for every
// change, at start too, so a crash between a change and its events heals by itself.
#include "module/chat/chat.h"

namespace parvis::chat {

inline constexpr size_t max_rooms_per_space = 200;

class Bridge {
 public:
  explicit Bridge(Chat& chat) : chat_(chat) {}
  void listen();
  /// Every space, at start.
  Task<Result<void>> reconcile_all();
  Task<Result<void>> reconcile(SpaceId space);

  /// A salon or forum more, asked by a member; durable on return.
  Task<Result<Room*>> add_room(User& creator, SpaceId space, std::string name, std::string topic, bool forum);
  /// The conversation of two people, found or made; durable on return.
  Task<Result<Room*>> direct(User& one, User& other);

 private:
  Result<Room*> make_room(const Space& space, RoomKind kind, std::string_view name, std::string_view topic);
  Result<void> make_rooms(const Space& space);
  Result<void> follow_members(const Space& space, Room& room);
  Result<void> follow_settings(const Space& space, Room& room);
  Result<void> state(Room& room, std::string_view type, std::string_view key, const json::Object& content);
  json::Object power_levels(const Space& space, const Room& room) const;
  Task<void> run(SpaceId space);
  Task<void> rename(PersonId person);

  Chat& chat_;
};

}  // namespace parvis::chat
