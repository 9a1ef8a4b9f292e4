#pragma once
// POST /createRoom, as a person asks it; and room upgrades.
#include "engine/matrix/room_creation.h"
#include "module/chat/chat.h"

namespace parvis::chat {

/// Durable on return.
Task<Result<Room*>> create_room(Chat& chat, User& creator, mx::CreateRoomRequest request);
/// The new room of an upgraded one; members are invited by their clients following the tombstone.
Task<Result<Room*>> upgrade_room(Chat& chat, User& actor, Room& room, mx::RoomVersion version);

}  // namespace parvis::chat
