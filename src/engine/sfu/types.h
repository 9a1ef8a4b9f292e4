#pragma once
// What the signalling side and the engine tell each other. Plain values; safe to copy between threads.
#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "engine/sfu/budget.h"

namespace parvis::sfu {

/// Never reused within a process; 0 is never one.
enum class TransportId : uint64_t { none = 0 };
enum class TrackId : uint64_t { none = 0 };   // one published medium: all its simulcast layers
enum class SenderId : uint64_t { none = 0 };  // one track towards one transport

enum class Kind : uint8_t { audio, video };
enum class Codec : uint8_t { other, opus, red, vp8, vp9, h264, av1 };

/// "opus", "VP8", "H264"… without regard to case; Codec::other when unknown.
Codec codec_named(std::string_view name);
std::string_view codec_name(Codec codec);

/// Engine-wide bounds; each is enforced when the call is made, or the packet arrives.
struct Limits {
  size_t transports = 20'000;
  size_t receivers_per_transport = 32;
  size_t senders_per_transport = 600;
  size_t data_channels_per_transport = 16;
  size_t message_bytes = 262'144;       // one data channel message, either way
  size_t queued_bytes = 4'194'304;      // per transport, reliable messages not yet acknowledged
  size_t retransmission_packets = 512;  // per video layer, about one second of 720p
  size_t voices = 8;                    // forwarded at once in a group: the loudest
  size_t paths_per_transport = 16;      // addresses that passed a check: each of a client's networks has two
  // What one client may ask of a thread that serves many rooms.
  Rate packets{5'000, 5'000};  // all but checks; about 45 Mbit/s
  Rate control_packets{500, 500};
  Rate checks_per_path{50, 100};
  Rate first_checks{20, 60};                   // from addresses that have passed none yet
  Rate resent{1'000, 1'000};                   // packets asked for again
  Rate messages{1'000, 2'000};                 // of data channels, and channels opened and closed
  int64_t disconnected_after_us = 10'000'000;  // no STUN check from the client
  int64_t failed_after_us = 20'000'000;        // the transport is closed by itself
  int64_t connect_within_us = 30'000'000;      // created, never connected: failed
};

struct Configuration {
  std::string bind_host = "0.0.0.0";
  uint16_t udp_port = 0;  // loop i binds udp_port + i; 0 = any free port for each
  /// For networks that drop UDP. own_port: loop i listens at tcp_port + i (0 = the number of its UDP port).
  /// adopted: somebody else accepts at tcp_port and hands over (Engine::adopt); one loop only.
  enum class Tcp : uint8_t { off, own_port, adopted };
  Tcp tcp = Tcp::own_port;
  uint16_t tcp_port = 0;
  /// Numeric addresses that clients can reach, most preferred first; empty = bind_host.
  std::vector<std::string> advertised_hosts;
  size_t loops = 1;  // 1…16 media threads
  Limits limits;
};

struct TransportOptions {
  /// Transports that exchange media (a room) share a group: it is served by one loop.
  uint64_t group = 0;
  bool tcp_only = false;  // no UDP candidates, when there is TCP
};

struct IceCandidate {
  std::string foundation;
  uint32_t priority = 0;
  bool tcp = false;  // tcptype passive
  std::string host;
  uint16_t port = 0;
  /// "candidate:1 1 udp 2130706431 192.0.2.1 7882 typ host": as in RTCIceCandidateInit.candidate; the SDP
  /// line is "a=" + this.
  std::string text() const;
};

/// The engine's half of the negotiation: it is ICE-lite and DTLS passive.
struct LocalTransport {
  TransportId id = TransportId::none;
  std::string ice_ufrag;
  std::string ice_pwd;
  std::string fingerprint;  // "sha-256 AA:BB:…", of the process's certificate
  std::vector<IceCandidate> candidates;
};

/// The client's half, from its SDP. `fingerprint` as in SDP ("sha-256 …"); only sha-256 is accepted.
struct RemoteTransport {
  std::string ice_ufrag;
  std::string ice_pwd;
  std::string fingerprint;
};

struct CodecOptions {
  Codec codec = Codec::other;
  uint8_t payload_type = 0;
  uint8_t rtx_payload_type = 0;  // 0 = none
  uint32_t clock_rate = 0;
  std::string parameters;  // fmtp; H264 profiles and VP9 profiles are told apart by it
};

/// Ids of RFC 8285 extensions as negotiated with this transport (equal in all sections of a bundle); 0 =
/// none.
struct ExtensionIds {
  uint8_t mid = 0;
  uint8_t rid = 0;
  uint8_t repaired_rid = 0;
  uint8_t transport_sequence = 0;
  uint8_t absolute_send_time = 0;
  uint8_t audio_level = 0;
  uint8_t absolute_capture_time = 0;
  uint8_t dependency_descriptor = 0;
  uint8_t video_orientation = 0;
  uint8_t playout_delay = 0;
  bool two_byte = false;  // values of more than 16 bytes can be sent (RFC 8285 section 4.3)
};

/// One simulcast encoding, lowest first. Named by rid, or by ssrc, or (neither: a single encoding) by mid.
struct LayerOptions {
  std::string rid;
  uint32_t ssrc = 0;
  uint32_t rtx_ssrc = 0;
  uint32_t width = 0;  // 0 = not told
  uint32_t height = 0;
};

struct ReceiverOptions {
  Kind kind = Kind::audio;
  std::string mid;
  std::vector<CodecOptions> codecs;
  std::vector<LayerOptions> layers;  // empty = one, learned by mid
  ExtensionIds extensions;
};

struct SenderOptions {
  std::string mid;
  std::vector<CodecOptions> codecs;  // as negotiated with the subscriber
  ExtensionIds extensions;
  uint32_t ssrc = 0;      // 0 = the engine chooses
  uint32_t rtx_ssrc = 0;  // 0 = the engine chooses (video with an rtx payload type)
  bool paused = false;
  uint8_t priority = 2;  // 0 is served first when the line is narrow: a shared screen
};

struct Sender {
  SenderId id = SenderId::none;
  uint32_t ssrc = 0;  // for "a=ssrc", "a=ssrc-group:FID ssrc rtx_ssrc"
  uint32_t rtx_ssrc = 0;
};

/// LayerLimit::spatial of an image that is not sent for want of bandwidth.
inline constexpr uint8_t held_layer = 255;

/// What the subscriber wants at most of a video track. The engine sends the best that the line carries below
/// it.
struct LayerLimit {
  uint8_t spatial = 255;           // index of LayerOptions (or SVC spatial layer); 255 = any
  uint8_t temporal = 255;          // temporal layer; 255 = any
  uint32_t frames_per_second = 0;  // the temporal layers that give so many are enough; 0 = any
};

struct SpeakerLevel {
  TransportId transport = TransportId::none;
  TrackId track = TrackId::none;
  uint8_t level = 127;  // -dBov, smoothed; smaller is louder
  bool operator==(const SpeakerLevel&) const = default;
};

enum class State : uint8_t { connecting, connected, disconnected, failed, closed };

enum class CloseReason : uint8_t { asked, never_connected, consent_lost, dtls_failed, shutdown };

struct DataChannel {
  uint16_t stream = 0;
  std::string label;
  std::string protocol;
  bool ordered = true;
  bool reliable = true;
};

struct TransportStats {
  TransportId id = TransportId::none;
  State state = State::connecting;
  std::string peer;                             // "192.0.2.9:5000"
  bool tcp = false;                             // how the client is reached now
  uint64_t bytes_received = 0, bytes_sent = 0;  // payload of UDP or of frames, all protocols
  uint64_t packets_received = 0, packets_sent = 0;
  double loss_received = 0, loss_sent = 0;  // 0…1, lately
  int64_t round_trip_us = 0;                // 0 = not known
  uint32_t send_estimate = 0;               // bits per second; 0 = not known
};

/// Whole engine, all loops. The dropped ones are hostile or late packets, by what refused them.
struct EngineStats {
  uint64_t transports = 0, tracks = 0, senders = 0;
  uint64_t packets_received = 0, packets_sent = 0, packets_forwarded = 0;
  uint64_t bytes_received = 0, bytes_sent = 0;
  uint64_t dropped_unknown_peer = 0, dropped_stun = 0, dropped_dtls = 0, dropped_srtp = 0, dropped_rtp = 0;
  uint64_t dropped_flood = 0;  // beyond what one client may ask (Limits)
  uint64_t dropped_queue = 0;  // for TCP connections that are too slow
  uint64_t tcp_connections = 0, tcp_refused = 0, tcp_never_proven = 0, tcp_malformed = 0;
  uint64_t retransmitted = 0, key_frames_asked = 0, repaired = 0;
  uint64_t cpu_us = 0;  // used by the media threads
  EngineStats& operator+=(const EngineStats& other);
};

}  // namespace parvis::sfu
