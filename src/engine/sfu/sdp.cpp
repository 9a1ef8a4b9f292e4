#include "engine/sfu/sdp.h"

#include <algorithm>
#include <charconv>

namespace parvis::sfu::sdp {
namespace {

std::string_view direction_name(Direction direction) {
  constexpr std::string_view names[] = {"inactive", "sendonly", "recvonly", "sendrecv"};
  return names[static_cast<size_t>(direction)];
}

class Writer {
 public:
  template <class... Parts>
  void line(const Parts&... parts) {
    (append(parts), ...);
    text_ += "\r\n";
  }
  std::string take() { return std::move(text_); }

 private:
  void append(std::string_view part) {
    for (char c : part) {
      if (c != '\r' && c != '\n') text_ += c;  // a value never begins a line of its own
    }
  }
  void append(std::integral auto part) { text_ += std::to_string(part); }
  std::string text_;
};

std::string joined(const std::vector<std::string>& words, char separator) {
  std::string out;
  for (const auto& word : words) {
    if (!out.empty()) out += separator;
    out += word;
  }
  return out;
}

void write_codecs(Writer& out, const Section& section) {
  for (const auto& type : section.payload_types) {
    if (!type.name.empty()) {
      std::string channels = type.channels ? "/" + std::to_string(type.channels) : "";
      out.line("a=rtpmap:", type.id, " ", type.name, "/", type.clock_rate, channels);
    }
    for (const auto& feedback : type.feedback) out.line("a=rtcp-fb:", type.id, " ", feedback);
    if (!type.parameters.empty()) out.line("a=fmtp:", type.id, " ", type.parameters);
  }
}

void write_sources(Writer& out, const Section& section) {
  for (const auto& rid : section.rids) {
    out.line("a=rid:", rid.id, rid.send ? " send" : " recv", rid.restrictions.empty() ? "" : " ",
             rid.restrictions);
  }
  std::string simulcast;
  if (!section.simulcast_send.empty()) simulcast += " send " + joined(section.simulcast_send, ';');
  if (!section.simulcast_receive.empty()) simulcast += " recv " + joined(section.simulcast_receive, ';');
  if (!simulcast.empty()) out.line("a=simulcast:", simulcast.substr(1));
  for (const auto& group : section.source_groups) {
    std::string ssrcs;
    for (uint32_t ssrc : group.ssrcs) ssrcs += " " + std::to_string(ssrc);
    out.line("a=ssrc-group:", group.semantics, ssrcs);
  }
  for (const auto& source : section.sources) {
    out.line("a=ssrc:", source.ssrc, " cname:", source.cname);
    if (!source.msid.empty()) out.line("a=ssrc:", source.ssrc, " msid:", source.msid);
  }
}

void write_transport(Writer& out, const Section& section) {
  if (!section.ice_ufrag.empty()) out.line("a=ice-ufrag:", section.ice_ufrag);
  if (!section.ice_pwd.empty()) out.line("a=ice-pwd:", section.ice_pwd);
  if (!section.fingerprint.empty()) out.line("a=fingerprint:", section.fingerprint);
  if (!section.setup.empty()) out.line("a=setup:", section.setup);
  for (const auto& candidate : section.candidates) out.line("a=", candidate);
  if (section.end_of_candidates) out.line("a=end-of-candidates");
}

void write_section(Writer& out, const Section& section) {
  constexpr std::string_view media[] = {"audio", "video", "application"};
  std::string formats;
  for (const auto& type : section.payload_types) formats += " " + std::to_string(type.id);
  if (section.media == Media::application) formats = " webrtc-datachannel";
  if (formats.empty()) formats = " 0";
  out.line("m=", media[static_cast<size_t>(section.media)], " ", section.port, " ", section.protocol,
           formats);
  out.line("c=IN IP4 0.0.0.0");
  if (section.bandwidth_kbps) out.line("b=AS:", section.bandwidth_kbps);
  if (section.media_bits) out.line("b=TIAS:", section.media_bits);
  if (!section.mid.empty()) out.line("a=mid:", section.mid);
  write_transport(out, section);
  if (section.media == Media::application) {
    if (section.sctp_port) out.line("a=sctp-port:", section.sctp_port);
    if (section.max_message_size) out.line("a=max-message-size:", section.max_message_size);
    return;
  }
  out.line("a=", direction_name(section.direction));
  if (section.rtcp_mux) out.line("a=rtcp-mux");
  if (section.rtcp_rsize) out.line("a=rtcp-rsize");
  if (section.allow_mixed_extensions) out.line("a=extmap-allow-mixed");
  for (const auto& extension : section.extensions) out.line("a=extmap:", extension.id, " ", extension.uri);
  if (!section.track_id.empty()) {
    out.line("a=msid:", section.stream_id.empty() ? std::string("-") : section.stream_id, " ",
             section.track_id);
  }
  if (section.packet_ms) out.line("a=ptime:", section.packet_ms);
  write_codecs(out, section);
  write_sources(out, section);
}

}  // namespace

Direction reversed(Direction direction) {
  if (direction == Direction::sendonly) return Direction::recvonly;
  if (direction == Direction::recvonly) return Direction::sendonly;
  return direction;
}

std::optional<uint8_t> PayloadType::apt() const {
  if (!parameters.starts_with("apt=")) return std::nullopt;
  uint8_t repaired = 0;
  auto [end, error] = std::from_chars(parameters.data() + 4, parameters.data() + parameters.size(), repaired);
  if (error != std::errc()) return std::nullopt;
  return repaired;
}

const PayloadType* Section::payload_type(uint8_t id) const {
  auto found = std::ranges::find(payload_types, id, &PayloadType::id);
  return found == payload_types.end() ? nullptr : &*found;
}

uint8_t Section::extension_id(std::string_view uri) const {
  auto found = std::ranges::find(extensions, uri, &Extension::uri);
  return found == extensions.end() ? 0 : found->id;
}

Section* Description::section(std::string_view mid) {
  auto found = std::ranges::find(sections, mid, &Section::mid);
  return found == sections.end() ? nullptr : &*found;
}
const Section* Description::section(std::string_view mid) const {
  return const_cast<Description*>(this)->section(mid);
}

std::string write(const Description& description) {
  Writer out;
  out.line("v=0");
  out.line("o=- ", description.session_id, " ", description.version, " IN IP4 127.0.0.1");
  out.line("s=-");
  out.line("t=0 0");
  if (!description.bundle.empty()) out.line("a=group:BUNDLE ", joined(description.bundle, ' '));
  if (description.ice_lite) out.line("a=ice-lite");
  out.line("a=msid-semantic: WMS *");
  for (const auto& section : description.sections) write_section(out, section);
  return out.take();
}

}  // namespace parvis::sfu::sdp
