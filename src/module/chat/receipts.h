#pragma once
// Read receipts, read markers and typing.
#include "module/chat/chat.h"

namespace parvis::chat {

inline constexpr int64_t max_typing_ms = 60'000;

/// `type` m.read or m.read.private; `thread` "" unthreaded. The room is live on return.
Task<Result<void>> put_receipt(Chat& chat, Room& room, User& user, std::string type, std::string thread,
                               std::string event_id);
void set_typing(Chat& chat, Room& room, User& user, bool typing, int64_t for_ms);
/// Lets typing run out; called every second or so.
void expire_typing(Chat& chat);

}  // namespace parvis::chat
