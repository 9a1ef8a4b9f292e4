#pragma once
// The receiving half of an association: which TSNs came, messages put together again and in order (RFC 9260
// section 6, RFC 3758 section 3.6). Holds at most its window and two messages more. One thread.
#include <deque>
#include <map>
#include <unordered_map>
#include <utility>

#include "engine/sfu/sctp_packet.h"

namespace parvis::sfu::sctp {

struct Message {
  uint16_t stream = 0;
  uint32_t protocol = 0;
  Bytes body;
};

class Inbound {
 public:
  static constexpr size_t max_ranges = 200;     // gaps reported; what would make more is dropped
  static constexpr size_t max_duplicates = 16;  // reported in one SACK
  static constexpr uint32_t max_ahead = 65'535;
  static constexpr size_t fragment_cost = 64;  // bookkeeping of one that waits

  Inbound(size_t window, size_t message_bytes, uint16_t streams, uint32_t initial_tsn);

  /// dropped: no room, the peer will send it again. violation: the association has to be aborted.
  enum class Verdict : uint8_t { taken, duplicate, dropped, violation };
  Verdict receive(const Data& data);
  void forward(const ForwardTsn& forward);
  /// Messages that are complete and due, in order.
  std::vector<Message> take_messages() { return std::exchange(ready_, {}); }
  /// The peer begins these streams anew; empty = all.
  void reset(const std::vector<uint16_t>& streams);

  uint32_t cumulative() const { return cumulative_; }
  bool has_gaps() const { return !ranges_.empty(); }
  /// Reports the duplicates since the last one.
  Sack sack();

 private:
  /// Consecutive fragments of one message.
  struct Run {
    uint32_t last = 0;
    uint16_t stream = 0, sequence = 0;
    uint32_t protocol = 0;
    bool unordered = false, begin = false, end = false;
    std::deque<Bytes> fragments;
    size_t bytes = 0, cost = 0;
    bool continued_by(const Run& next) const;
    void append(Run&& next);
  };
  struct Held {
    Message message;
    size_t cost = 0;
  };
  struct Stream {
    uint16_t expected = 0;
    std::map<uint16_t, Held> held;  // by sequence number
  };
  struct Earlier {
    bool operator()(uint32_t a, uint32_t b) const { return later(b, a); }
  };
  using Runs = std::map<uint32_t, Run, Earlier>;  // by first TSN

  bool seen(uint32_t tsn) const;
  bool mark(uint32_t tsn);
  Verdict assemble(const Data& data);
  void complete(Run run);
  void deliver_held(Stream& stream);
  void advance(uint32_t cumulative);
  void drop_dead_runs();

  size_t window_, message_bytes_;
  uint16_t max_streams_;
  uint32_t cumulative_;
  size_t held_bytes_ = 0;
  std::vector<Range> ranges_;
  std::vector<uint32_t> duplicates_;
  Runs runs_;
  std::unordered_map<uint16_t, Stream> streams_;
  std::vector<Message> ready_;
};

}  // namespace parvis::sfu::sctp
