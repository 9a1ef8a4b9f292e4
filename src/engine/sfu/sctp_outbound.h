#pragma once
// The sending half of an association: queues of messages, fragments in flight, retransmission (RFC 9260
// section 6 and 7), messages given up (RFC 3758, RFC 7496). No timers of its own but T3's deadline. One
// thread.
#include <atomic>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <unordered_map>

#include "base/time.h"
#include "engine/sfu/sctp_packet.h"

namespace parvis::sfu::sctp {

/// Bytes of reliable messages between whoever sends them and their acknowledgement. Shared by the owner's and
/// the media thread.
using QueuedBytes = std::atomic<size_t>;

/// Counts a message's bytes as queued as long as it lives.
class Charge {
 public:
  Charge() = default;
  Charge(std::shared_ptr<QueuedBytes> queued, size_t bytes) : queued_(std::move(queued)), bytes_(bytes) {
    if (queued_) *queued_ += bytes_;
  }
  Charge(Charge&& other) noexcept : queued_(std::move(other.queued_)), bytes_(other.bytes_) {}
  Charge& operator=(Charge&& other) noexcept {
    std::swap(queued_, other.queued_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~Charge() {
    if (queued_) *queued_ -= bytes_;
  }

 private:
  std::shared_ptr<QueuedBytes> queued_;
  size_t bytes_ = 0;
};

using Payload = std::shared_ptr<const Bytes>;  // shared by all who receive it

struct Outgoing {
  uint16_t stream = 0;
  uint32_t protocol = 0;
  Payload payload;  // never empty
  bool ordered = true;
  std::optional<uint32_t> max_retransmits;  // then it is given up
  std::optional<int64_t> lifetime_us;       // from now, then it is given up
  Charge charge;
  bool lossy() const { return max_retransmits || lifetime_us; }
};

/// RFC 9260 section 6.3.1.
class RoundTrip {
 public:
  void sample(int64_t rtt_us);
  void back_off();
  int64_t timeout_us() const { return timeout_us_; }
  int64_t smoothed_us() const { return smoothed_us_; }  // 0 = unknown

 private:
  int64_t smoothed_us_ = 0, variation_us_ = 0, timeout_us_ = 1'000'000;
};

class Outbound {
 public:
  static constexpr int64_t lossy_wait_us = 100'000;  // a lossy message waits no longer for its first sending
  static constexpr size_t lossy_bytes = 1'048'576;   // that wait
  static constexpr size_t initial_window = 10 * max_packet;
  static constexpr size_t minimum_window = 4 * max_packet;
  static constexpr size_t maximum_window = 1'048'576;
  static constexpr uint32_t missing_reports = 3;

  Outbound(uint32_t initial_tsn, size_t peer_window, bool peer_skips);

  void push(Outgoing message, Monotonic now);
  /// False: it acknowledges what was never sent.
  bool on_sack(const Sack& sack, Monotonic now);
  /// Takes what T3 found lost; returns whether anything was in flight.
  bool on_timeout(Monotonic now);
  std::optional<Monotonic> deadline() const { return deadline_; }
  /// Adds FORWARD TSN and DATA chunks to a packet; false when nothing (more) may leave now.
  bool write(PacketWriter& out, Monotonic now);

  bool idle() const { return sent_.empty() && queues_.empty() && !current_; }
  /// Nothing of this stream is queued or unacknowledged.
  bool idle(uint16_t stream) const;
  /// What has not begun to be sent is dropped.
  void drop_queue(uint16_t stream);
  /// The stream's numbers begin anew.
  void reset(uint16_t stream) { sequences_.erase(stream); }
  uint32_t last_tsn() const { return next_tsn_ - 1; }
  RoundTrip& round_trip() { return round_trip_; }
  uint64_t retransmitted() const { return retransmitted_; }
  size_t congestion_window() const { return window_; }

 private:
  struct Sending : Outgoing {
    Monotonic queued;
    uint16_t sequence = 0;
    size_t offset = 0;  // of what is not sent yet
    bool given_up = false;
  };
  struct Fragment {
    std::shared_ptr<Sending> message;
    size_t offset = 0, length = 0;
    bool begin = false, end = false;
    Monotonic sent;
    uint32_t transmissions = 1, missing = 0;
    bool acknowledged = false, lost = false;
    bool in_flight() const { return !acknowledged && !lost && !message->given_up; }
  };

  std::shared_ptr<Sending> next_message(Monotonic now);
  void expire(std::deque<std::shared_ptr<Sending>>& queue, Monotonic now);
  bool write_new(PacketWriter& out, Monotonic now);
  bool write_lost(PacketWriter& out, Monotonic now);
  void write_fragment(PacketWriter& out, uint32_t tsn, const Fragment& fragment);
  void write_forward(PacketWriter& out);
  void lose(size_t index, Monotonic now);
  void give_up(const std::shared_ptr<Sending>& message);
  void grow(size_t acknowledged, bool advanced);
  void recover(Monotonic now, const std::vector<size_t>& lost);
  uint32_t forward_point() const;
  uint32_t tsn_of(size_t index) const { return first_tsn_ + static_cast<uint32_t>(index); }

  uint32_t first_tsn_, next_tsn_;  // sent_ holds [first, next)
  std::deque<Fragment> sent_;
  size_t in_flight_ = 0, lost_count_ = 0;
  size_t peer_window_;
  bool peer_skips_;  // knows FORWARD TSN
  bool forward_due_ = false;

  std::map<uint16_t, std::deque<std::shared_ptr<Sending>>> queues_;  // by stream, served in turn; none empty
  std::shared_ptr<Sending> current_;                                 // its fragments are consecutive
  uint16_t last_stream_ = 0;
  size_t lossy_queued_ = 0;
  std::unordered_map<uint16_t, uint16_t> sequences_;

  size_t window_ = initial_window, threshold_ = maximum_window, partial_ = 0;
  std::optional<uint32_t> recovery_until_;  // fast recovery ends when this TSN is acknowledged
  bool retransmit_now_ = false;             // one packet regardless of the window
  RoundTrip round_trip_;
  std::optional<Monotonic> deadline_;
  uint64_t retransmitted_ = 0;
};

}  // namespace parvis::sfu::sctp
