#pragma once
// Who may do what in a room: the house's may() and the room's own rules both have to agree. Rooms of spaces
// follow their space; other conversations belong to those who take part.
#include "module/chat/chat.h"

namespace parvis::chat {

/// The one permission decision for a room.
Result<void> require(Chat& chat, const Room& room, const User& user, Action action, PersonId owner = {});
bool allowed(Chat& chat, const Room& room, const User& user, Action action);

/// The room, when the person is in it now and may read it: M_FORBIDDEN otherwise, the same for rooms that do
/// not exist.
Result<Room*> joined_room(Chat& chat, std::string_view room_id, const User& user);

/// What a person may see of a room's history.
class Sight {
 public:
  /// Reads the history of membership and visibility only when the present state does not settle it.
  static Task<Result<Sight>> of(Chat& chat, Room& room, User& user);
  bool sees(const Entry& entry) const { return everything_ || sees_at(entry); }
  bool anything() const;
  /// Newest position shown to somebody who left; INT64_MAX for those inside.
  int64_t until() const { return until_; }
  bool member_now() const { return member_now_; }

 private:
  bool sees_at(const Entry& entry) const;
  bool sees_between(int64_t position, bool after) const;
  struct Change {
    int64_t position;
    int value;
  };
  bool everything_ = false;
  bool member_now_ = false;
  bool world_ = false;
  int64_t until_ = INT64_MAX;
  std::vector<Change> memberships_, visibilities_;
  std::string user_id_;
};

/// The room for reading its past or state: members, people who left (up to then), anybody when
/// world-readable. Live on return.
struct Reading {
  Room* room;
  Sight sight;
};
Task<Result<Reading>> readable_room(Chat& chat, std::string room_id, User& user);

/// Relations to an event as the database knows it: ring first.
Task<Result<EntryPtr>> find_entry(Chat& chat, Room& room, std::string event_id);

}  // namespace parvis::chat
