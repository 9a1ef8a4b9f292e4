#pragma once
// One WebRTC client of the load generator: ICE (checks, answers checks, keeps alive), DTLS client, SRTP both
// ways. The engine's own STUN, DTLS and SRTP; that they are right is proven elsewhere by browsers.
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/sfu/dtls.h"
#include "engine/sfu/rtp.h"
#include "wire.h"

namespace bench {

struct Remote {
  sockaddr_in address{};
  std::string ufrag, pwd, fingerprint;  // fingerprint "sha-256 AA:…"
};

/// A media stream that a client sends: bursts (frames, or one audio packet) at a fixed rate.
struct Stream {
  uint32_t ssrc = 0;
  uint8_t payload_type = 0;
  uint32_t clock_rate = 90'000;
  uint8_t mid_extension = 0, rid_extension = 0;
  std::string mid, rid;
  size_t packet_bytes = 0;  // of the RTP payload
  size_t burst = 1;         // packets of a frame
  double bursts_per_second = 0;

  int64_t first_ns = 0;
  uint64_t bursts_sent = 0, packets_sent = 0;
  uint16_t sequence = 1;
  bool key_frame_wanted = true;
  int64_t next_ns() const {
    return first_ns + static_cast<int64_t>(static_cast<double>(bursts_sent) * 1e9 / bursts_per_second);
  }
};

/// What the clients of a run saw together.
struct Tally {
  uint64_t rtp = 0, rtcp = 0, bytes = 0;
  uint64_t opened = 0, refused = 0;  // of the clients that decrypt
  uint64_t lost = 0, late = 0;       // of those, by sequence number
  uint64_t key_frames_asked = 0;
  std::vector<uint32_t> delay_us;
};

class Client {
 public:
  static constexpr const char* password = "0123456789abcdef01234567";
  static std::string ufrag_of(size_t index) { return "load" + std::to_string(index); }

  /// `decrypts`: opens each packet and looks at it; the others only count, as opening costs as much as
  /// sealing.
  Client(Wire& wire, std::shared_ptr<parvis::sfu::Certificate> certificate, size_t index, uint32_t local,
         Remote remote, bool decrypts);

  void receive(const sockaddr_in& from, std::span<uint8_t> bytes, int64_t now, Tally& tally);
  /// Checks, DTLS retransmission, reports; every 20 ms or so.
  void tick(int64_t now);
  void send_burst(Stream& stream, int64_t now);
  bool connected() const { return connected_ns_ != 0; }
  int64_t first_media_ns() const { return first_media_ns_; }  // 0 = none came yet
  int64_t connected_after_ns() const { return connected_ns_ - started_ns_; }
  void add(Stream stream) { streams_.push_back(std::move(stream)); }
  std::vector<Stream>& streams() { return streams_; }

 private:
  struct Source {
    uint32_t ssrc = 0;
    uint16_t highest = 0;
    uint64_t received = 0;
  };
  void check(int64_t now);
  void receive_stun(const sockaddr_in& from, std::span<uint8_t> bytes, int64_t now);
  void receive_rtp(std::span<uint8_t> bytes, int64_t now, Tally& tally);
  void receive_rtcp(std::span<uint8_t> bytes, Tally& tally);
  void report();
  void send_packet(Stream& stream, size_t position, bool key, uint32_t timestamp, int64_t now);

  Wire& wire_;
  size_t index_;
  uint32_t local_;
  Remote remote_;
  bool decrypts_;
  std::unique_ptr<parvis::sfu::Dtls> dtls_;
  std::optional<parvis::sfu::Srtp> in_, out_;
  std::vector<Stream> streams_;
  std::vector<Source> sources_;
  bool path_holds_ = false;
  int64_t started_ns_ = 0, connected_ns_ = 0, checked_ns_ = 0, reported_ns_ = 0, first_media_ns_ = 0;
};

}  // namespace bench
