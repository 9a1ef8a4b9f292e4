#pragma once
// Which rooms there are, and who is in them.
#include "engine/livekit/room.h"

namespace parvis::livekit {

/// `beside`: a new room is served by the media thread that serves this one, so that people can move over.
Room& find_or_make_room(Parts& parts, const std::string& name, const Room* beside = nullptr);
Result<Room*> find_room(const Parts& parts, const std::string& name);
Result<std::shared_ptr<Participant>> find_participant(const Parts& parts, const std::string& room,
                                                      const std::string& identity);
/// Nobody is there any more.
void finish_room(Parts& parts, const std::string& name);
/// Whether a room has, or could have, a place for this identity.
Result<void> check_place(const Parts& parts, const std::string& room, const std::string& identity);

}  // namespace parvis::livekit
