#include "engine/livekit/dual.h"

#include <algorithm>

#include "engine/livekit/negotiate.h"
#include "engine/livekit/subscribe.h"

namespace parvis::livekit {
namespace {

using sfu::sdp::Direction;
using sfu::sdp::Media;
using sfu::sdp::PayloadType;
using sfu::sdp::Section;

struct Offered {
  sfu::Codec codec;
  uint8_t payload_type, rtx;
  std::string_view name, parameters;
};
// The numbers that browsers use themselves; one connection needs them to be the same in all its sections.
constexpr Offered offered_codecs[] = {
    {sfu::Codec::opus, 111, 0, "opus", "minptime=10;useinbandfec=1"},
    {sfu::Codec::vp8, 96, 97, "VP8", ""},
    {sfu::Codec::vp9, 98, 99, "VP9", "profile-id=0"},
    {sfu::Codec::h264, 102, 103, "H264",
     "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f"},
    {sfu::Codec::av1, 45, 46, "AV1", ""},
};

Section application() {
  Section out;
  out.media = Media::application;
  out.protocol = "UDP/DTLS/SCTP";
  out.mid = "0";
  out.sctp_port = 5000;
  out.max_message_size = 262'144;
  return out;
}

void set_codec(Section& section, const Offered& codec) {
  bool video = section.media == Media::video;
  std::vector<std::string> feedback;
  if (video) feedback = {"transport-cc", "nack", "nack pli", "ccm fir", "goog-remb"};
  section.payload_types = {{.id = codec.payload_type,
                            .name = std::string(codec.name),
                            .clock_rate = video ? 90'000u : 48'000u,
                            .channels = static_cast<uint8_t>(video ? 0 : 2),
                            .parameters = std::string(codec.parameters),
                            .feedback = feedback}};
  if (codec.rtx) {
    section.payload_types.push_back({.id = codec.rtx,
                                     .name = "rtx",
                                     .clock_rate = 90'000,
                                     .parameters = "apt=" + std::to_string(codec.payload_type),
                                     .feedback = {}});
  }
  section.extensions = {
      {4, "urn:ietf:params:rtp-hdrext:sdes:mid"},
      {3, "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"},
      {2, "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"},
      {12, "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension"},
  };
  section.allow_mixed_extensions = video;  // a descriptor may be long
  if (video) return;
  section.extensions.pop_back();
  section.extensions.erase(section.extensions.begin() + 1);  // voices are not numbered
}

/// A section of its kind that no track uses any more and that was seen inactive, or a new one.
Section& section_for(Participant& participant, const Track& track) {
  Media media = track.video() ? Media::video : Media::audio;
  for (auto& section : participant.offered_sections) {
    auto slot = participant.slots.find(section.mid);
    if (section.media == media && slot != participant.slots.end() && slot->second.track_sid.empty() &&
        !slot->second.draining) {
      return section;
    }
  }
  Section made;
  made.media = media;
  made.mid = std::to_string(participant.offered_sections.size());
  participant.offered_sections.push_back(made);
  return participant.offered_sections.back();
}

void place(Parts& parts, Participant& participant, const Track& track, Subscription& subscription) {
  auto wanted = subscription.backup ? track.backup.codec : track.codec;
  auto codec = std::ranges::find(offered_codecs, wanted, &Offered::codec);
  if (codec == std::end(offered_codecs) || participant.offered_sections.size() >= sfu::sdp::max_sections)
    return;
  Section& section = section_for(participant, track);
  set_codec(section, *codec);
  section.direction = Direction::sendonly;
  auto new_ssrc = [&] { return static_cast<uint32_t>(parts.env.random.number()) | 1; };
  subscription.sender.ssrc = new_ssrc();
  subscription.sender.rtx_ssrc = codec->rtx ? new_ssrc() : 0;
  participant.slots[section.mid] = {.video = track.video(), .track_sid = track.info.sid(), .draining = false};
  const std::string& publisher = track.publisher->sid;
  const std::string& stream = track.info.stream().empty() ? track.info.sid() : track.info.stream();
  sfu::sdp::set_source(section, subscription.sender, publisher, publisher + "|" + stream, track.info.sid());
}

bool placed(const Participant& participant, const std::string& sid) {
  return std::ranges::any_of(participant.slots, [&](const auto& one) { return one.second.track_sid == sid; });
}

void send_offer(Parts& parts, Participant& participant) {
  for (auto& section : participant.offered_sections) {
    auto slot = participant.slots.find(section.mid);
    if (slot == participant.slots.end() || !slot->second.track_sid.empty()) continue;
    section.direction = Direction::inactive;
    section.sources.clear();
    section.source_groups.clear();
    slot->second.draining = false;  // seen once this offer is answered: none goes out before
  }
  for (auto& [sid, subscription] : participant.subscriptions) {
    Track* track =
        subscription.mid.empty() && !placed(participant, sid) ? participant.room->track(sid) : nullptr;
    if (track) place(parts, participant, *track, subscription);
  }
  sfu::sdp::Description offer;
  offer.version = ++participant.offer_id;
  offer.sections = participant.offered_sections;
  sfu::sdp::set_transport(offer, participant.subscriber);
  for (auto& section : offer.sections) section.setup = "actpass";
  wire::SignalResponse out;
  out.mutable_offer()->set_type("offer");
  out.mutable_offer()->set_sdp(sfu::sdp::write(offer));
  out.mutable_offer()->set_id(participant.offer_id);
  participant.offer_pending = true;
  participant.offer_wanted = false;
  participant.send(out);
}

/// Of what was offered, what the client takes.
Section agreed(const Section& offered, const Section& answered) {
  Section out = offered;
  std::erase_if(out.payload_types, [&](const PayloadType& type) { return !answered.payload_type(type.id); });
  std::erase_if(out.extensions, [&](const auto& one) { return answered.extension_id(one.uri) == 0; });
  out.allow_mixed_extensions = offered.allow_mixed_extensions && answered.allow_mixed_extensions;
  return out;
}

}  // namespace

Result<void> open_subscriber(Parts& parts, Participant& participant) {
  participant.subscriber = TRY(parts.open_transport(participant));
  participant.offered_sections = {application()};
  uint16_t stream = 1;  // the DTLS server's streams are odd (RFC 8832 section 6)
  for (const char* label : {"_reliable", "_lossy", "_data_track"}) {
    bool reliable = stream == 1;
    parts.engine.open_data_channel(
        participant.subscriber.id,
        {.stream = stream, .label = label, .protocol = {}, .ordered = reliable, .reliable = reliable});
    stream = static_cast<uint16_t>(stream + 2);
  }
  return {};
}

void want_offer(Parts& parts, Participant& participant) {
  participant.offer_wanted = true;
  if (!participant.offer_pending && participant.connection) send_offer(parts, participant);
}

Result<void> handle_answer(Parts& parts, Participant& participant, const wire::SessionDescription& answer) {
  if (participant.single_connection || !participant.offer_pending) return {};
  if (answer.id() != 0 && answer.id() != participant.offer_id) return {};
  auto description = TRY(sfu::sdp::parse(answer.sdp()));
  auto remote = TRY(sfu::sdp::remote_transport(description));
  if (remote.ice_ufrag != participant.subscriber_remote.ice_ufrag) {
    TRY(parts.engine.set_remote(participant.subscriber.id, remote));
    participant.subscriber_remote = remote;
  }
  participant.offer_pending = false;
  for (const auto& offered : participant.offered_sections) {
    auto slot = participant.slots.find(offered.mid);
    const Section* answered = description.section(offered.mid);
    if (slot == participant.slots.end() || slot->second.track_sid.empty() || !answered) continue;
    const std::string& sid = slot->second.track_sid;
    auto subscription = participant.subscriptions.find(sid);
    Track* track = participant.room->track(sid);
    if (subscription == participant.subscriptions.end() || !track || !subscription->second.mid.empty())
      continue;
    Section taken = agreed(offered, *answered);
    bool can = answered->port != 0 && receivable(parts, *track, taken);
    if (!can || !start_sending(parts, participant, *track, taken)) {
      if (track->has_backup() && !subscription->second.backup) {
        subscription->second.backup = true;  // waits for the second codec
        receivable(parts, *track, {});
        participant.offer_wanted |= track->backup.live();
      } else {
        participant.refused.insert(sid);
        participant.subscriptions.erase(subscription);
      }
      slot->second = {.video = slot->second.video, .track_sid = {}, .draining = true};
    }
  }
  if (participant.offer_wanted) send_offer(parts, participant);
  return {};
}

void restart_subscriber(Parts& parts, Participant& participant) {
  if (auto local = parts.engine.restart_ice(participant.subscriber.id)) participant.subscriber = *local;
  participant.offer_pending = false;
  want_offer(parts, participant);
}

}  // namespace parvis::livekit
