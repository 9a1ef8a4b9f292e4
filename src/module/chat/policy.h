#pragma once
// The house's rules for events that people send, beside the room's own: what a space governs cannot be
// changed from a Matrix client; direct conversations have two people and no settings; forums stay readable;
// externals never have power (product rules TCH-01 … TCH-06).
#include "module/chat/chat.h"

namespace parvis::chat {

inline constexpr std::string_view access_rules_type = "im.vector.room.access_rules";

/// `redacts_own`: for m.room.redaction, whether the target is the sender's own event.
Result<void> check_send(Chat& chat, const Room& room, const User& sender, std::string_view type,
                        const mx::Relation& relation);
Result<void> check_state(Chat& chat, const Room& room, const User& sender, std::string_view type,
                         std::string_view state_key, const json::Value& content);
/// May this person be invited to, or join, the room at all?
Result<void> check_admission(Chat& chat, const Room& room, const User& person);
/// restricted, unrestricted, direct or forum's empty.
std::string_view access_rule(const Room& room);
bool is_forum(const Room& room);

}  // namespace parvis::chat
