#include "engine/livekit/negotiate.h"

#include "engine/livekit/publish.h"
#include "engine/livekit/subscribe.h"

namespace parvis::livekit {
namespace {

using sfu::sdp::Direction;
using sfu::sdp::Section;

Section answer_section(Parts& parts, Participant& participant, const Section& offer,
                       std::map<std::string, std::string>& track_sids) {
  if (offer.media == sfu::sdp::Media::application) return sfu::sdp::answer(offer);
  if (offer.port != 0 && sfu::sdp::sends(offer.direction)) return answer_published(parts, participant, offer);
  unpublish_section(parts, participant, offer.mid);
  if (participant.single_connection && offer.port != 0 && offer.direction == Direction::recvonly) {
    return answer_slot(parts, participant, offer, track_sids);
  }
  free_slot(parts, participant, offer.mid);
  Section answer = sfu::sdp::answer(offer);
  answer.direction = Direction::inactive;
  return answer;
}

/// A section keeps its place for good (RFC 8829 section 5.2.2): what an offer leaves out is gone, and what is
/// remembered stays within the bounds of one offer.
void forget_missing(Parts& parts, Participant& participant, const sfu::sdp::Description& offer) {
  std::erase_if(participant.unmatched, [&](const auto& one) { return !offer.section(one.first); });
  if (!participant.single_connection) return;
  std::vector<std::string> gone;
  for (const auto& [mid, slot] : participant.slots) {
    if (!offer.section(mid)) gone.push_back(mid);
  }
  for (const auto& mid : gone) free_slot(parts, participant, mid);
}

}  // namespace

Result<void> take_remote(Parts& parts, sfu::LocalTransport& local, sfu::RemoteTransport& known,
                         const sfu::sdp::Description& description) {
  auto remote = TRY(sfu::sdp::remote_transport(description));
  if (!known.fingerprint.empty() && known.fingerprint != remote.fingerprint) {
    return fail(sfu::reasons::bad_negotiation, "another certificate");
  }
  if (!known.ice_ufrag.empty() && known.ice_ufrag != remote.ice_ufrag)
    local = TRY(parts.engine.restart_ice(local.id));
  if (known.ice_ufrag != remote.ice_ufrag) TRY(parts.engine.set_remote(local.id, remote));
  known = remote;
  return {};
}

Result<void> handle_offer(Parts& parts, Participant& participant, const wire::SessionDescription& offer) {
  auto description = TRY(sfu::sdp::parse(offer.sdp()));
  // Two connections: the first one is made when something is to be published.
  if (participant.publisher.id == sfu::TransportId::none)
    participant.publisher = TRY(parts.open_transport(participant));
  TRY(take_remote(parts, participant.publisher, participant.publisher_remote, description));
  participant.offered = true;
  participant.sections_asked = {};
  forget_missing(parts, participant, description);
  sfu::sdp::Description answer;
  answer.version = ++participant.answer_version;
  std::map<std::string, std::string> track_sids;
  for (const auto& section : description.sections) {
    answer.sections.push_back(answer_section(parts, participant, section, track_sids));
  }
  sfu::sdp::set_transport(answer, participant.publisher);
  wire::SignalResponse out;
  out.mutable_answer()->set_type("answer");
  out.mutable_answer()->set_sdp(sfu::sdp::write(answer));
  out.mutable_answer()->set_id(offer.id());
  for (auto& [mid, sid] : track_sids) (*out.mutable_answer()->mutable_mid_to_track_id())[mid] = sid;
  participant.send(out);
  if (participant.single_connection) ask_for_sections(parts, participant);
  return {};
}

}  // namespace parvis::livekit
