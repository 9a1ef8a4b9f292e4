#pragma once
// Transport-wide congestion control feedback, both ways (draft-holmer-rmcat-transport-wide-cc-extensions-01,
// section 3.1): which numbered packets came, and when. One thread.
#include <map>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"

namespace parvis::sfu {

/// What one feedback message says of one packet.
struct PacketReport {
  uint16_t sequence = 0;
  std::optional<int64_t> arrived_us;  // by the receiver's clock; absent = lost
};

/// The reports of an RTCP packet of type 205, format 15, header included. Nothing when malformed.
std::optional<std::vector<PacketReport>> parse_transport_feedback(ByteView packet);

/// What came from one client, until it is told.
class ArrivalLog {
 public:
  static constexpr size_t max_pending = 2'048;
  void add(uint16_t sequence, Monotonic now);
  bool empty() const { return arrivals_.empty(); }
  /// One RTCP packet telling what came since the last one, or as much of it as fits; empty when there is
  /// nothing.
  Bytes take(uint32_t sender_ssrc, uint32_t media_ssrc);

 private:
  std::map<int64_t, Monotonic> arrivals_;  // by extended sequence number
  int64_t highest_ = -1;
  int64_t next_ = -1;  // the first not yet told
  uint8_t count_ = 0;
};

}  // namespace parvis::sfu
