#pragma once
// Room addresses, in memory.
#include "module/chat/chat.h"

namespace parvis::chat {

inline constexpr size_t max_aliases_per_room = 50;

Task<Result<void>> load_aliases(Chat& chat);
/// Well formed, of this server, free.
Result<void> check_new_alias(Chat& chat, std::string_view alias);
void put_alias(Chat& chat, const std::string& alias, Room& room, const User& creator);
void remove_alias(Chat& chat, const std::string& alias);
std::vector<std::string> aliases_of(const Chat& chat, const Room& room);
/// A room id or an alias; nullptr when unknown.
Room* find_room(Chat& chat, std::string_view id_or_alias);

}  // namespace parvis::chat
