#pragma once
// Mentions, brought to the house's notification centre.
#include "module/chat/chat.h"

namespace parvis::chat {

void notify_mention(Chat& chat, Room& room, const Entry& entry, User& user);

}  // namespace parvis::chat
