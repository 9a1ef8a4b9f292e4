#pragma once
// How much a line carries, from what its far end reports: the trend of delays and losses, after Google
// congestion control (draft-ietf-rmcat-gcc-02). Pure: time is passed in. One thread.
#include <algorithm>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <utility>

#include "base/time.h"

namespace parvis::sfu {

/// One packet of a feedback: when it left, by our clock, and when it came, by theirs.
struct PacketFate {
  int64_t sent_us = 0;
  std::optional<int64_t> arrived_us;
  uint32_t bytes = 0;
  bool probe = false;  // part of a train that fills the line on purpose: its delay says nothing
};

class BandwidthEstimate {
 public:
  static constexpr uint32_t start_bits = 1'000'000, least_bits = 30'000, most_bits = 100'000'000;

  void on_feedback(std::span<const PacketFate> packets, Monotonic now);
  /// Packets are under way and nothing was heard for a second: the line is worse than thought.
  void on_silence(Monotonic now);
  /// The sender's own queue for the line stays long: it carries less.
  void on_queue(Monotonic now);
  /// A probe came through at this rate; `bounded`: it was sent faster, so this is all that the line carries.
  void on_proven(uint32_t bits_per_second, bool bounded, Monotonic now);
  /// Once: packets come much sooner than they ever could before, so the line is another.
  bool take_shortened() { return std::exchange(shortened_, false); }

  uint32_t bits_per_second() const { return estimate_; }
  uint32_t acknowledged() const { return acknowledged_; }  // what arrived lately, bits per second
  /// Something waits on the way.
  bool queueing() const { return smoothed_ms_ - std::min(lowest_ms_, lowest_before_ms_) > least_queue_ms; }
  Monotonic last_drop() const { return last_drop_; }
  double loss() const { return loss_; }  // 0…1, over the last feedbacks
  int64_t round_trip_us() const { return round_trip_us_; }

 private:
  // A rising trend of small delays is the work of busy machines, not of a full line.
  static constexpr double least_queue_ms = 40, offered_share = 0.4;
  struct Group {  // packets that left within one burst
    int64_t first_sent_us = 0, last_sent_us = 0, last_arrived_us = 0;
  };
  struct Sample {
    double arrived_ms, delay_ms;
  };
  void add_delay(const PacketFate& packet);
  void close_group(const Group& group);
  bool overused(double trend, int64_t arrived_us);
  void measure(std::span<const PacketFate> packets, Monotonic now);
  void drop_to(double bits, Monotonic now);
  /// Much more goes in than comes out: what comes out is what the line carries. A few packets prove nothing.
  bool flooded(double ratio) const {
    return acknowledged_ > 0 && offered_ > ratio * acknowledged_ && offered_ > offered_share * estimate_;
  }

  uint32_t estimate_ = start_bits, acknowledged_ = 0;
  Monotonic last_drop_{-seconds_us(60)}, last_change_{}, last_loss_drop_{-seconds_us(60)}, overused_since_{};
  double loss_ = 0;
  bool fresh_loss_ = false;  // not acted upon yet
  Monotonic loss_taken_;
  uint32_t packets_ = 0, lost_ = 0;  // since loss_ was taken
  int64_t round_trip_us_ = 100'000;
  std::optional<Group> group_, previous_;
  std::deque<Sample> samples_;
  double accumulated_ms_ = 0, smoothed_ms_ = 0, lowest_ms_ = 0, lowest_before_ms_ = 0, last_trend_ = 0,
         threshold_ = 12.5;
  int64_t lowest_since_us_ = 0, first_arrived_us_ = 0, threshold_at_us_ = 0, over_for_us_ = 0;
  uint32_t deltas_ = 0;
  bool congested_ = false, shortened_ = false;
  double capacity_ = 0;  // acknowledged when it was last too much; 0 = not known
  double bound_ = 0;     // what a probe found
  Monotonic bound_at_{-seconds_us(60)};
  std::deque<std::pair<int64_t, uint32_t>> arrivals_;    // their clock, bytes: the last half second
  std::deque<std::pair<int64_t, uint32_t>> departures_;  // our clock, what was lost as well
  uint32_t offered_ = 0;                                 // what left in that time, bits per second
};

}  // namespace parvis::sfu
