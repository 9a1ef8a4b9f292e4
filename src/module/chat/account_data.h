#pragma once
// Account data of a person, global (room 0) and per room; tags, push rules and m.fully_read are account data
// too.
#include "module/chat/chat.h"

namespace parvis::chat {

inline constexpr size_t max_account_data_bytes = 64 << 10;
inline constexpr size_t max_account_data_entries = 5'000;  // of one person, rooms included

Task<Result<void>> load_account_data(Chat& chat, User& user);
/// Loads first. Visible to /sync once durable; the caller awaits log.commit().
Task<Result<void>> put_account_data(Chat& chat, User& user, RoomNumber room, std::string type,
                                    std::string content);
/// nullptr when absent. Precondition: loaded.
const AccountData* find_account_data(const User& user, RoomNumber room, std::string_view type);
/// {"type":…,"content":…}; push rules are spelled out.
void append_account_data(std::string& out, const User& user, const std::string& type,
                         const AccountData& data);
/// Adds `room` to the person's m.direct, under the other person.
Task<Result<void>> note_direct(Chat& chat, User& user, const User& other, const Room& room);

}  // namespace parvis::chat
