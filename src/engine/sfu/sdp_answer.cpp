#include <algorithm>
#include <array>

#include "engine/sfu/sdp.h"

namespace parvis::sfu::sdp {
namespace {

struct Known {
  std::string_view uri;
  uint8_t ExtensionIds::* id;
};
constexpr std::string_view transport_sequence_uri =
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";
constexpr std::array<Known, 10> known_extensions{{
    {"urn:ietf:params:rtp-hdrext:sdes:mid", &ExtensionIds::mid},
    {"urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id", &ExtensionIds::rid},
    {"urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id", &ExtensionIds::repaired_rid},
    {transport_sequence_uri, &ExtensionIds::transport_sequence},
    {"http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time", &ExtensionIds::absolute_send_time},
    {"urn:ietf:params:rtp-hdrext:ssrc-audio-level", &ExtensionIds::audio_level},
    {"http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time", &ExtensionIds::absolute_capture_time},
    {"https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension",
     &ExtensionIds::dependency_descriptor},
    {"urn:3gpp:video-orientation", &ExtensionIds::video_orientation},
    {"http://www.webrtc.org/experiments/rtp-hdrext/playout-delay", &ExtensionIds::playout_delay},
}};

bool honoured(std::string_view feedback) {
  constexpr std::string_view names[] = {"nack", "nack pli", "ccm fir", "goog-remb", "transport-cc"};
  return std::ranges::find(names, feedback) != std::end(names);
}

bool carried(const PayloadType& type, const Section& offer) {
  if (auto apt = type.apt()) {
    const PayloadType* repaired = offer.payload_type(*apt);
    return type.name == "rtx" && repaired && codec_named(repaired->name) != Codec::other;
  }
  return codec_named(type.name) != Codec::other;
}

}  // namespace

Section answer(const Section& offer) {
  Section out;
  out.media = offer.media;
  out.protocol = offer.protocol;
  out.mid = offer.mid;
  out.port = offer.port ? 9 : 0;
  out.rtcp_mux = offer.rtcp_mux;
  out.rtcp_rsize = offer.rtcp_rsize;
  if (offer.media == Media::application) {
    out.sctp_port = sctp_port;
    out.max_message_size = max_message_bytes;
    return out;
  }
  out.direction = reversed(offer.direction);
  out.allow_mixed_extensions = offer.allow_mixed_extensions;
  for (const auto& type : offer.payload_types) {
    if (!carried(type, offer)) continue;
    PayloadType kept = type;
    std::erase_if(kept.feedback, [&](const std::string& name) {
      // Voices are too small to be worth the bytes of numbering.
      return !honoured(name) || (offer.media == Media::audio && name == "transport-cc");
    });
    out.payload_types.push_back(std::move(kept));
  }
  for (const auto& extension : offer.extensions) {
    bool known = std::ranges::find(known_extensions, extension.uri, &Known::uri) != known_extensions.end();
    if (offer.media == Media::audio && extension.uri == transport_sequence_uri) continue;
    if (known) out.extensions.push_back(extension);
  }
  if (out.payload_types.empty()) out.port = 0;
  return out;
}

void answer_simulcast(const Section& offer, Section& answer) {
  for (const auto& rid : offer.rids) {
    if (rid.send) answer.rids.push_back({.id = rid.id, .send = false, .restrictions = {}});
  }
  answer.simulcast_receive = offer.simulcast_send;
}

void set_transport(Section& section, const LocalTransport& local) {
  section.ice_ufrag = local.ice_ufrag;
  section.ice_pwd = local.ice_pwd;
  section.fingerprint = local.fingerprint;
  section.setup = "passive";
  section.candidates.clear();
  for (const auto& candidate : local.candidates) section.candidates.push_back(candidate.text());
  section.end_of_candidates = true;
}

void set_transport(Description& description, const LocalTransport& local) {
  description.ice_lite = true;
  description.bundle.clear();
  for (auto& section : description.sections) {
    if (section.port == 0) continue;
    set_transport(section, local);
    description.bundle.push_back(section.mid);
  }
}

Result<RemoteTransport> remote_transport(const Description& description) {
  for (const auto& section : description.sections) {
    if (section.ice_ufrag.empty() || section.ice_pwd.empty() || section.fingerprint.empty()) continue;
    return RemoteTransport{section.ice_ufrag, section.ice_pwd, section.fingerprint};
  }
  return fail(malformed, "no ICE credentials and fingerprint");
}

std::vector<CodecOptions> codecs_of(const Section& section) {
  std::vector<CodecOptions> out;
  for (const auto& type : section.payload_types) {
    Codec codec = codec_named(type.name);
    if (codec == Codec::other) continue;
    CodecOptions options{.codec = codec,
                         .payload_type = type.id,
                         .clock_rate = type.clock_rate,
                         .parameters = type.parameters};
    for (const auto& rtx : section.payload_types) {
      if (rtx.name == "rtx" && rtx.apt() == type.id) options.rtx_payload_type = rtx.id;
    }
    out.push_back(std::move(options));
  }
  return out;
}

ExtensionIds extensions_of(const Section& section) {
  ExtensionIds out;
  for (const auto& known : known_extensions) out.*known.id = section.extension_id(known.uri);
  out.two_byte = section.allow_mixed_extensions;
  return out;
}

std::vector<LayerOptions> layers_of(const Section& offer) {
  std::vector<LayerOptions> out;
  for (const auto& rid : offer.simulcast_send) out.push_back({.rid = rid});
  if (!out.empty() || offer.sources.empty()) return out;
  auto rtx_of = [&](uint32_t ssrc) -> uint32_t {
    for (const auto& group : offer.source_groups) {
      if (group.semantics == "FID" && group.ssrcs.size() == 2 && group.ssrcs[0] == ssrc)
        return group.ssrcs[1];
    }
    return 0;
  };
  for (const auto& group : offer.source_groups) {
    if (group.semantics != "SIM") continue;
    for (uint32_t ssrc : group.ssrcs) out.push_back({.rid = {}, .ssrc = ssrc, .rtx_ssrc = rtx_of(ssrc)});
    return out;
  }
  uint32_t ssrc = offer.sources[0].ssrc;
  out.push_back({.rid = {}, .ssrc = ssrc, .rtx_ssrc = rtx_of(ssrc)});
  return out;
}

void set_source(Section& section, const Sender& sender, std::string_view cname, std::string_view stream_id,
                std::string_view track_id) {
  section.stream_id = stream_id;
  section.track_id = track_id;
  section.sources = {{.ssrc = sender.ssrc, .cname = std::string(cname), .msid = {}}};
  section.source_groups.clear();
  if (!sender.rtx_ssrc) return;
  section.sources.push_back({.ssrc = sender.rtx_ssrc, .cname = std::string(cname), .msid = {}});
  section.source_groups.push_back({.semantics = "FID", .ssrcs = {sender.ssrc, sender.rtx_ssrc}});
}

}  // namespace parvis::sfu::sdp
