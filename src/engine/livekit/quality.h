#pragma once
// What clients are told of the lines: which layers anybody watches (dynacast), which images wait for
// bandwidth, how good each connection is.
#include "engine/livekit/room.h"

namespace parvis::livekit {

/// Tells the publisher of a simulcast track which layers are watched: more at once, fewer after a while.
void review_wanted(Parts& parts, Track& track);
/// The same for everything in a room, about once a second.
void review_wanted(Parts& parts, Room& room);
/// An image is held back, or comes again.
void tell_stream_state(Participant& subscriber, Subscription& subscription, const Track& track, bool held);
/// From the counters of a participant's transports; told to all who see it when it changes.
void tell_quality(Participant& participant, const std::vector<sfu::TransportStats>& stats);

}  // namespace parvis::livekit
