#pragma once
// Clients with two peer connections (/rtc): on the second one the server offers, and the client answers.
#include "engine/livekit/room.h"

namespace parvis::livekit {

/// Makes the second transport with its data channels.
Result<void> open_subscriber(Parts& parts, Participant& participant);
/// An offer with what the participant is to receive now; one at a time.
void want_offer(Parts& parts, Participant& participant);
Result<void> handle_answer(Parts& parts, Participant& participant, const wire::SessionDescription& answer);
/// After a resume: the second connection finds its way anew.
void restart_subscriber(Parts& parts, Participant& participant);

}  // namespace parvis::livekit
