#pragma once
// The client's offer, and the server's answer: what it publishes, and with one connection also what it
// receives.
#include "engine/livekit/room.h"

namespace parvis::livekit {

/// Answers on the participant's socket. A refused offer changes nothing.
Result<void> handle_offer(Parts& parts, Participant& participant, const wire::SessionDescription& offer);
/// Takes the client's half, or follows its ICE restart with new credentials of our own.
Result<void> take_remote(Parts& parts, sfu::LocalTransport& local, sfu::RemoteTransport& known,
                         const sfu::sdp::Description& description);

}  // namespace parvis::livekit
