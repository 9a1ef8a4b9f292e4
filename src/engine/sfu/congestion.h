#pragma once
// What is known of the line towards one subscriber: packets under way, the estimate, and trials that find out
// whether it carries more.
#include <vector>

#include "engine/sfu/bandwidth_estimate.h"
#include "engine/sfu/rate_meter.h"
#include "engine/sfu/transport_feedback.h"

namespace parvis::sfu {

struct Congestion {
  static constexpr size_t remembered = 2'048;  // packets under way
  static constexpr int64_t trial_us = 500'000;
  static constexpr int64_t first_pause_us = 3'000'000, longest_pause_us = 30'000'000;

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
  Monotonic trial_ends{};  // 0 = none is on
  Monotonic next_trial{};
  uint32_t trial_bits = 0, most_acknowledged = 0;
  int64_t pause_us = first_pause_us;
  Monotonic queue_since{};       // TCP: more than it carries soon waits for it; 0 = no
  bool short_of_wishes = false;  // somebody gets less than wished, for want of bandwidth

  uint16_t record(size_t bytes, Monotonic now) {
    if (sent.empty()) sent.resize(remembered);
    uint16_t sequence = next_sequence++;
    sent[sequence % remembered] = {now.us, sequence, static_cast<uint16_t>(bytes)};
    sending.add(bytes, now);
    last_sent = now;
    return sequence;
  }
  void on_feedback(const std::vector<PacketReport>& reports, Monotonic now) {
    std::vector<PacketFate> fates;
    if (sent.empty()) return;
    for (const auto& report : reports) {
      Sent& one = sent[report.sequence % remembered];
      if (one.bytes == 0 || one.sequence != report.sequence) continue;
      fates.push_back({.sent_us = one.us, .arrived_us = report.arrived_us, .bytes = one.bytes});
      one.bytes = 0;
    }
    if (fates.empty()) return;
    heard = true;
    last_heard = now;
    estimate.on_feedback(fates, now);
    most_acknowledged = std::max(most_acknowledged, estimate.acknowledged());
  }
};

}  // namespace parvis::sfu
