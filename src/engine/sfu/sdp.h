#pragma once
// Session descriptions of WebRTC (RFC 8866, RFC 8829 JSEP): a bounded parser and a writer. Attributes that a
// forwarding unit has no use for are dropped. Owns nothing; any thread.
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/sfu/types.h"

namespace parvis::sfu::sdp {

inline constexpr size_t max_bytes = 1'048'576;
inline constexpr size_t max_sections = 1'024;
inline constexpr size_t max_codecs = 96;      // per section; payload types are 7 bits
inline constexpr size_t max_extensions = 64;  // per section
inline constexpr size_t max_sources = 64;     // a=ssrc per section
inline constexpr size_t max_rids = 8;
inline constexpr size_t max_candidates = 64;
inline constexpr uint16_t sctp_port = 5'000;            // of data channels (RFC 8841)
inline constexpr uint32_t max_message_bytes = 262'144;  // Limits::message_bytes, as announced

inline constexpr Reason malformed{Code::invalid, "malformed_sdp", "La description de session est mal formée.",
                                  "The session description is malformed."};

enum class Media : uint8_t { audio, video, application };
enum class Direction : uint8_t { inactive, sendonly, recvonly, sendrecv };
Direction reversed(Direction direction);
inline bool sends(Direction d) { return d == Direction::sendonly || d == Direction::sendrecv; }
inline bool receives(Direction d) { return d == Direction::recvonly || d == Direction::sendrecv; }

struct PayloadType {
  uint8_t id = 0;
  std::string name;  // "VP8", "rtx", "opus"
  uint32_t clock_rate = 0;
  uint8_t channels = 0;                // 0 = not written
  std::string parameters;              // fmtp, without the id
  std::vector<std::string> feedback;   // "nack", "nack pli", "transport-cc"
  std::optional<uint8_t> apt() const;  // of rtx: the payload type it repairs
};

struct Extension {
  uint8_t id = 0;
  std::string uri;
};

struct Rid {
  std::string id;
  bool send = true;
  std::string restrictions;
};

struct Source {
  uint32_t ssrc = 0;
  std::string cname;
  std::string msid;  // "stream track"; may be empty
};

struct SourceGroup {
  std::string semantics;  // "FID" (main rtx), "SIM"
  std::vector<uint32_t> ssrcs;
};

/// One m= section. Transport attributes are those of the section, or of the session when it has none.
struct Section {
  Media media = Media::audio;
  std::string protocol = "UDP/TLS/RTP/SAVPF";
  uint16_t port = 9;  // 0 = rejected
  std::string mid;
  Direction direction = Direction::sendrecv;
  std::vector<PayloadType> payload_types;  // in order of preference
  std::vector<Extension> extensions;
  bool allow_mixed_extensions = false;
  std::string stream_id, track_id;  // a=msid; stream "-" = none
  std::vector<Rid> rids;
  std::vector<std::string> simulcast_send, simulcast_receive;  // rids in order; '~' (paused) is dropped
  std::vector<Source> sources;
  std::vector<SourceGroup> source_groups;
  bool rtcp_mux = true, rtcp_rsize = true;
  uint16_t sctp_port = 0;
  uint32_t max_message_size = 0;
  uint32_t bandwidth_kbps = 0;  // b=AS; 0 = not written
  // Written, never read: what a server that answers asks of the client.
  uint32_t media_bits = 0;  // b=TIAS (RFC 3890): per second, without headers; 0 = not written
  uint16_t packet_ms = 0;   // a=ptime; 0 = not written

  std::string ice_ufrag, ice_pwd;
  std::string fingerprint;              // "sha-256 AA:…"
  std::string setup;                    // "actpass", "active", "passive"
  std::vector<std::string> candidates;  // "candidate:…"
  bool end_of_candidates = false;

  const PayloadType* payload_type(uint8_t id) const;
  uint8_t extension_id(std::string_view uri) const;  // 0 = none
};

struct Description {
  std::string session_id = "1";  // digits
  uint64_t version = 1;
  bool ice_lite = false;
  std::vector<std::string> bundle;  // mids of the first group BUNDLE
  std::vector<Section> sections;

  Section* section(std::string_view mid);
  const Section* section(std::string_view mid) const;
};

/// Fails with sdp::malformed; `detail` names the line.
Result<Description> parse(std::string_view text);
/// Lines end with CRLF. A section that is rejected keeps its place.
std::string write(const Description& description);

// Helpers for a server that answers.

/// What the engine can carry of an offered section: codecs it knows with their rtx, extensions and feedback
/// it honours; the client's numbers are kept, its direction is reversed. Data channels are accepted. Sources,
/// rids for receiving and transport attributes are left to the caller (answer_simulcast(), set_transport()).
Section answer(const Section& offer);
/// Accepts the simulcast that an offered section sends.
void answer_simulcast(const Section& offer, Section& answer);
/// Writes ICE, DTLS (setup passive) and candidates of the engine into a section.
void set_transport(Section& section, const LocalTransport& local);
/// The same for every section that is not rejected, with ice-lite and a BUNDLE of them all.
void set_transport(Description& description, const LocalTransport& local);
/// The client's half of the transport, from the first section that is not rejected.
Result<RemoteTransport> remote_transport(const Description& description);

/// For add_receiver() and add_sender(), of a negotiated (answered) section.
std::vector<CodecOptions> codecs_of(const Section& section);
ExtensionIds extensions_of(const Section& section);
/// Layers that an offered section announces: by rid (in order of a=simulcast), or by ssrc groups SIM and FID,
/// or the one ssrc.
std::vector<LayerOptions> layers_of(const Section& offer);
/// Declares what the engine will send in a section: a=msid, a=ssrc with its cname, FID group.
void set_source(Section& section, const Sender& sender, std::string_view cname, std::string_view stream_id,
                std::string_view track_id);

}  // namespace parvis::sfu::sdp
