#pragma once
// Joining, leaving, inviting. In rooms of spaces these acts are acts on the space; elsewhere the room's rules
// decide. All take effect in memory at once; durable when the task returns.
#include "module/chat/chat.h"

namespace parvis::chat {

Task<Result<void>> join_room(Chat& chat, User& user, Room& room, std::string reason);
Task<Result<void>> leave_room(Chat& chat, User& user, Room& room, std::string reason);
Task<Result<void>> invite_to_room(Chat& chat, User& inviter, Room& room, User& person, std::string reason);
Task<Result<void>> knock_on_room(Chat& chat, User& user, Room& room, std::string reason);
/// kick: `ban` false, person not banned; unban: from ban to leave.
enum class Removal : uint8_t { kick, ban, unban };
Task<Result<void>> remove_from_room(Chat& chat, User& actor, Room& room, User& person, Removal removal,
                                    std::string reason);

/// One m.room.member event. Precondition: the room is live.
struct MemberChange {
  std::string_view membership;
  std::string_view reason = {};
  bool is_direct = false;
  std::string_view authorised_via = {};
};
Result<std::string> append_member(Chat& chat, Room& room, User& sender, User& target,
                                  const MemberChange& change);
/// displayname and avatar_url.
json::Object profile_of(const Chat& chat, const User& user);

}  // namespace parvis::chat
