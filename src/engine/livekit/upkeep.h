#pragma once
// What happens by itself as time passes, and what the forwarding unit tells of who speaks.
#include "engine/livekit/room.h"

namespace parvis::livekit {

/// Once a second. `telling`: the counters are told to the observer too.
void keep_up(Parts& parts, bool telling);
/// A fresh token for the participant's reconnects.
void send_token(Parts& parts, Participant& participant);
/// Tells the observer what the participant has sent and received since the last telling.
void tell_traffic(Parts& parts, Participant& participant);
void tell_speakers(Parts& parts, Room& room, const std::vector<sfu::SpeakerLevel>& levels);

}  // namespace parvis::livekit
