#pragma once
// What is known of the line towards one subscriber: packets under way, the estimate, and probes that find out
// whether it carries more.
#include <utility>
#include <vector>

#include "engine/sfu/bandwidth_estimate.h"
#include "engine/sfu/line_probe.h"
#include "engine/sfu/rate_meter.h"
#include "engine/sfu/transport_feedback.h"

namespace parvis::sfu {

struct Congestion {
  static constexpr size_t remembered = 2'048;  // packets under way
  static constexpr int64_t first_pause_us = 1'000'000, longest_pause_us = 4'000'000;
  static constexpr int64_t queue_known_us = 500'000;
  static constexpr double lossy = 0.03, whole = 0.01;

  struct Sent {
    int64_t us = 0;
    uint16_t sequence = 0;
    uint16_t bytes = 0;  // 0 = free, or told of
  };
  std::vector<Sent> sent;
  uint16_t next_sequence = 1;
  BandwidthEstimate estimate;
  RateMeter sending;
  bool heard = false;  // feedback comes: the estimate means something
  Monotonic last_heard, last_sent, allocated;
  Monotonic unheard_since;  // the first packet sent after what was last heard
  LineProbe probe;
  Monotonic next_probe{}, proven{-seconds_us(60)};
  int64_t pause_us = first_pause_us;
  Monotonic queue_since{};  // TCP: more than it carries soon waits for it; 0 = no
  bool bounded = false;     // a probe found where it ends
  bool was_lossy = false;
  bool short_of_wishes = false;  // somebody gets less than wished, for want of bandwidth
  uint64_t wished_bits = 0;      // what all wished images take

  uint16_t record(size_t bytes, Monotonic now) {
    if (sent.empty()) sent.resize(remembered);
    uint16_t sequence = next_sequence++;
    sent[sequence % remembered] = {now.us, sequence, static_cast<uint16_t>(bytes)};
    sending.add(bytes, now);
    probe.sent(sequence, bytes, now);
    if (last_sent <= last_heard) unheard_since = now;
    last_sent = now;
    return sequence;
  }
  bool queueing(Monotonic now) const { return estimate.queueing() && now - last_heard < queue_known_us; }
  void on_feedback(const std::vector<PacketReport>& reports, Monotonic now) {
    std::vector<PacketFate> fates;
    if (sent.empty()) return;
    for (const auto& report : reports) {
      Sent& one = sent[report.sequence % remembered];
      if (one.bytes == 0 || one.sequence != report.sequence) continue;
      fates.push_back({.sent_us = one.us,
                       .arrived_us = report.arrived_us,
                       .bytes = one.bytes,
                       .probe = probe.holds(report.sequence)});
      if (report.arrived_us) probe.arrived(report.sequence, *report.arrived_us);
      one.bytes = 0;
    }
    if (fates.empty()) return;
    heard = true;
    last_heard = now;
    estimate.on_feedback(fates, now);
    // A line that loses no more, or became shorter, is another line: what it carries is asked at once.
    bool repaired = was_lossy && estimate.loss() < whole;
    was_lossy = estimate.loss() > lossy || (was_lossy && !repaired);
    if (estimate.take_shortened() || repaired) next_probe = now;
  }
  /// What is sent is not heard of. Where nothing is sent any more, the last of it may just have been lost.
  bool silent(Monotonic now, int64_t limit_us) const {
    return last_sent > last_heard && now - unheard_since > limit_us && now - last_sent < limit_us;
  }
};

}  // namespace parvis::sfu
