#pragma once
// Who receives which track, and in which section: wishes, permissions, and the client's sections that carry
// them.
#include "engine/livekit/room.h"

namespace parvis::livekit {

/// A track has become live: to everyone in the room who wants it.
void offer_track(Parts& parts, Track& track);
/// A track is gone; the forwarding unit has already let go of it.
void withdraw_track(Room& room, const Track& track);
/// The second codec of a track has become live, or is gone: to and from those who cannot receive the first.
void offer_backup(Parts& parts, Track& track);
void withdraw_backup(Parts& parts, const Track& track);
/// Whether `receiving` carries the track in one of its codecs; the second one is asked for when it must.
bool receivable(Parts& parts, Track& track, const sfu::sdp::Section& receiving);
/// Everything that is live in the room, for one who has just come or whose rights have changed.
void review(Parts& parts, Participant& participant);
/// The participant leaves the room of what it receives; its sections are free for others.
void forget_subscriptions(Parts& parts, Participant& participant);
/// Its sections are to change: asks for an offer, or makes one.
void renegotiate(Parts& parts, Participant& participant);
void update_subscription(Parts& parts, Participant& participant, const wire::UpdateSubscription& change);
void update_settings(Parts& parts, Participant& participant, const wire::UpdateTrackSettings& settings);

/// The participant's bounds of images are others: of what it receives, and of what its camera is asked for.
void apply_images(Parts& parts, Participant& participant);

/// One connection: an offered section that can receive: its answer, carrying a track that waits when there is
/// one. `track_sids` learns what a section carries.
sfu::sdp::Section answer_slot(Parts& parts, Participant& participant, const sfu::sdp::Section& offer,
                              std::map<std::string, std::string>& track_sids);
/// The client took the section out of use.
void free_slot(Parts& parts, Participant& participant, const std::string& mid);
/// One connection: asks the client for an offer when tracks wait for sections.
void ask_for_sections(Parts& parts, Participant& participant);
/// Starts to send a track in a section both sides agreed on.
bool start_sending(Parts& parts, Participant& participant, Track& track, const sfu::sdp::Section& agreed);

}  // namespace parvis::livekit
