#pragma once
// Media are files of the house: mxc://<server>/<file id>. What a message names becomes a file of the room's
// space, or of the conversation.
#include "module/chat/chat.h"

namespace parvis::chat {

/// The file ids of this server that an event's content names, at most max_media_per_event.
std::vector<FileId> media_of(const Chat& chat, std::string_view canonical_content);
inline constexpr size_t max_media_per_event = 20;

/// Gives the sender's own pending files to the room. Files of others are left where they are.
Task<Result<void>> attach_media(Chat& chat, Room& room, const User& sender, const mx::Canonical& content);

}  // namespace parvis::chat
