#pragma once
// Rooms and participants as messages, and as the owner's values.
#include "engine/livekit/room.h"

namespace parvis::livekit {

wire::TrackSource to_wire(Source source);
Source from_wire(wire::TrackSource source);
void fill(wire::ParticipantPermission& out, const Permission& permission);
/// Without raising the version.
wire::ParticipantInfo participant_info(const Participant& participant);
wire::Room room_info(const Room& room);
wire::SignalResponse update_of(const Participant& participant);  // one participant, as it is now

TrackDescription describe(const Track& track);
ParticipantDescription describe(const Participant& participant);
RoomDescription describe(const Room& room);

/// "client_initiated": LiveKit's name in lower case.
std::string reason_name(wire::DisconnectReason reason);

}  // namespace parvis::livekit
