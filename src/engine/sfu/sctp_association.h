#pragma once
// One SCTP association over DTLS (RFC 9260, RFC 8261), as WebRTC's data channels use it (RFC 8831). Bytes in,
// bytes out, time passed in; no thread, no socket. Either side may begin, or both. One thread.
//
// DTLS has authenticated the peer and protects each packet: the state cookie and the verification tags guard
// against stale packets, not against forgery.
#include <set>

#include "engine/sfu/sctp_inbound.h"
#include "engine/sfu/sctp_outbound.h"

namespace parvis::sfu::sctp {

struct Settings {
  size_t message_bytes = 262'144;  // of a received message
  size_t window = 1'048'576;       // of what waits to be put together
  uint16_t streams = 1'024;        // each way
  uint16_t port = 5'000;
};

/// What an association tells; called within its methods. It may be sent to from there, not destroyed.
class Listener {
 public:
  virtual ~Listener() = default;
  virtual void transmit(ByteView packet) = 0;
  virtual void on_up() = 0;  // messages can be sent
  virtual void
  on_down() = 0;  // ended by either side, given up, or begun anew by the peer (then on_up follows)
  virtual void on_message(Message message) = 0;
  /// The peer will send on these streams no more, or anew; empty = all.
  virtual void on_peer_reset(const std::vector<uint16_t>& streams) = 0;
  /// What reset_stream() asked for is done.
  virtual void on_reset(uint16_t stream) = 0;
};

class Association {
 public:
  static constexpr int64_t acknowledge_within_us = 50'000;
  static constexpr int64_t heartbeat_every_us = 30'000'000;
  static constexpr int64_t initial_retry_us = 1'000'000;
  static constexpr uint32_t max_handshake_retries = 8;
  static constexpr uint32_t max_retries = 10;  // timeouts in a row without a sign of the peer

  enum class State : uint8_t { closed, cookie_wait, cookie_echoed, established, shutting_down };

  /// Tags and initial numbers come from `seed`: it differs between associations.
  Association(const Settings& settings, uint64_t seed, Listener& listener);

  /// Sends INIT, unless the association is there or on its way.
  void connect(Monotonic now);
  void receive(ByteView packet, Monotonic now);
  /// Only while established; the caller bounds what it queues.
  void send(Outgoing message, Monotonic now);
  /// Drops what waits for the stream and tells the peer, when all in flight is acknowledged, that it begins
  /// anew. Nothing is sent on it before on_reset().
  void reset_stream(uint16_t stream, Monotonic now);
  /// Tells the peer, then on_down().
  void abort();
  /// At least every 100 ms.
  void tick(Monotonic now);

  State state() const { return state_; }
  bool established() const { return state_ == State::established; }
  uint64_t retransmitted() const { return outbound_ ? outbound_->retransmitted() : 0; }

 private:
  struct Handshake {  // what an INIT of the peer was answered with
    Bytes cookie;
    uint32_t tag = 0, tsn = 0;  // ours
    uint32_t peer_tag = 0, peer_tsn = 0, peer_window = 0;
    bool forward_tsn = false, re_config = false;
  };
  struct Reset {
    OutgoingReset request;
    Monotonic deadline;
  };

  void dispatch(const Packet& packet, Monotonic now);
  bool accepts(const Packet& packet) const;
  bool receive_chunk(const Chunk& chunk, const Header& header, Monotonic now);
  bool receive_unknown(const Chunk& chunk);
  void receive_init(const Chunk& chunk, const Header& header);
  void receive_init_ack(const Chunk& chunk, Monotonic now);
  void receive_cookie(const Chunk& chunk, Monotonic now);
  void receive_data(const Chunk& chunk, Monotonic now);
  void receive_sack(const Chunk& chunk, Monotonic now);
  void receive_heartbeat_ack(const Chunk& chunk, Monotonic now);
  void receive_re_config(const Chunk& chunk, Monotonic now);
  void receive_forward(const Chunk& chunk);
  ResetResult perform_reset(const OutgoingReset& reset);
  void settle_reset(const ResetResponse& response, Monotonic now);
  void try_reset(Monotonic now);
  void adopt(const Handshake& peer);
  void come_up(Monotonic now);
  void go_down();
  void fail(Cause cause);
  bool retried(uint32_t limit);
  void send_init();
  void tick_handshake(Monotonic now);
  void tick_reset(Monotonic now);
  void tick_heartbeat(Monotonic now);
  void deliver();
  void flush(Monotonic now);
  void emit();
  PacketWriter& writer_for(size_t value);
  uint32_t draw();

  Settings settings_;
  Listener& listener_;
  uint64_t seed_;
  State state_ = State::closed;
  uint16_t peer_port_;
  uint32_t tag_ = 0, peer_tag_ = 0, initial_tsn_ = 0;
  std::optional<Handshake> handshake_;
  Bytes cookie_;  // to be echoed
  bool peer_resets_ = false;
  std::optional<Inbound> inbound_;
  std::optional<Outbound> outbound_;

  PacketWriter writer_;
  bool writing_ = false;    // writer_ holds a packet that has begun
  bool receiving_ = false;  // flush() follows by itself
  uint32_t unacknowledged_ = 0;
  bool acknowledge_now_ = false;
  std::optional<Monotonic> acknowledge_at_, retry_at_;  // retry: INIT, COOKIE ECHO, SHUTDOWN ACK
  int64_t retry_us_ = initial_retry_us;
  uint32_t retries_ = 0;
  Monotonic heartbeat_at_;

  uint32_t next_request_ = 0;          // our next stream reset
  uint32_t peer_request_ = 0;          // the peer's last one
  ResetResult peer_request_result_{};  // and what was answered
  std::set<uint16_t> resets_wanted_;
  std::optional<Reset> reset_;
};

}  // namespace parvis::sfu::sctp
