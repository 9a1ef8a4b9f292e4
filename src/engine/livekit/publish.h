#pragma once
// What a participant sends: announced by add_track, carried by a section of its offer, known to others once
// both are there.
#include "engine/livekit/room.h"

namespace parvis::livekit {

/// Answers track_published, or why not; binds the track when its section was offered before.
void add_track(Parts& parts, Participant& participant, const wire::AddTrackRequest& request);
/// An offered section that sends: its answer. Binds it to the announced track that it names.
sfu::sdp::Section answer_published(Parts& parts, Participant& participant, const sfu::sdp::Section& offer);
/// The section no longer sends.
void unpublish_section(Parts& parts, Participant& participant, const std::string& mid);
void unpublish(Parts& parts, Participant& participant, const std::string& track_sid);
/// After the rights changed: what may no longer be published ends, what may be received is looked at again.
void apply_permission(Parts& parts, Participant& participant);
void set_muted(Parts& parts, Track& track, bool muted);
bool may_publish(const Permission& permission, Source source);
/// Tells others how the participant is now.
void tell_others(Participant& participant);

}  // namespace parvis::livekit
