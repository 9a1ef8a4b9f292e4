#pragma once
// Participants join, resume, leave, and move from one room to another.
#include "engine/livekit/join_request.h"
#include "engine/livekit/room.h"

namespace parvis::livekit {

/// Null when no media could be had for it.
std::shared_ptr<Participant> enter(Parts& parts, const Joining& joining, const Grant& grant,
                                   Connection& connection);
/// Null when there is nothing to resume: the client was told to join anew.
std::shared_ptr<Participant> resume(Parts& parts, const Joining& joining, const Grant& grant,
                                    Connection& connection);
/// Its media are connected.
void activate(Parts& parts, Participant& participant);
/// Everything of the participant ends: socket, media, data, its tracks with others.
void remove(Parts& parts, Participant& leaving, wire::DisconnectReason reason);
/// To another room, made when absent, without a new connection: what it publishes goes with it.
Result<void> move(Parts& parts, const std::shared_ptr<Participant>& participant,
                  const std::string& destination);

}  // namespace parvis::livekit
