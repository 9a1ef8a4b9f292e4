#pragma once
// Stripped state: what people see of a room before they are in it (invites, knocks, hierarchy, directory).
#include <string>
#include <string_view>
#include <vector>

#include "engine/matrix/room_state.h"

namespace parvis::matrix {

/// {"type","state_key","sender","content"}
void append_stripped(std::string& out, const Event& event);

/// The JSON array for invite_state.events / knock_state.events: create, name, avatar, topic, join rules,
/// canonical alias, encryption, tombstone-free, then `member_event` (the invite or knock itself) when given.
std::string stripped_state(const RoomState& state, const Event* member_event = nullptr);

/// Name and members to show when a room has no name (client-server API, "Calculating the display name"):
/// up to five joined or invited people other than `viewer`, else people who left, by order of user id given.
struct RoomSummary {
  std::vector<std::string> heroes;
  size_t joined = 0;
  size_t invited = 0;
};
RoomSummary summarize(const RoomState& state, std::string_view viewer);

/// Fields of a room in /publicRooms, /hierarchy and /room_summary, read from its state.
struct RoomCard {
  std::string room_id, name, topic, avatar_url, canonical_alias, room_type, join_rule, room_version,
      encryption;
  std::vector<std::string> allowed_room_ids;  // restricted joins
  size_t joined_members = 0;
  bool world_readable = false;
  bool guest_can_join = false;
};
RoomCard describe(const RoomState& state, std::string_view room_id);
/// Members of the JSON object that the three endpoints share, without braces.
void append_card_members(std::string& out, const RoomCard& card);

}  // namespace parvis::matrix
