#include "engine/sfu/bandwidth_estimate.h"

#include <algorithm>
#include <cmath>

namespace parvis::sfu {
namespace {

constexpr int64_t burst_us = 5'000;
constexpr size_t window = 20;  // groups in the regression
constexpr double smoothing = 0.9;
constexpr double gain = 4;
constexpr double raise_threshold = 0.0087, lower_threshold = 0.039;  // per ms
constexpr double least_threshold = 6, most_threshold = 600;
constexpr int64_t overuse_us = 10'000;
constexpr double shortened_ms = 30;
constexpr int64_t lowest_for_us = 4'000'000;
constexpr double filled_share = 0.6, deep_fall = 0.6, shallow_fall = 0.9;
constexpr int64_t bound_holds_us = 8'000'000;
constexpr double overflowing = 1.5, drowned = 1.6;  // what goes into a full line, by what comes out
constexpr double back_off = 0.85, growth_per_s = 1.08;
constexpr uint32_t loss_packets = 20;
constexpr double much_loss = 0.10, little_loss = 0.02;
constexpr int64_t loss_drop_every_us = 300'000;
constexpr int64_t rate_window_us = 500'000;
constexpr double packet_bits = 9'600;

/// Least squares: ms of delay gained per ms.
double slope(const auto& samples) {
  double mean_x = 0, mean_y = 0;
  for (const auto& one : samples) {
    mean_x += one.arrived_ms;
    mean_y += one.delay_ms;
  }
  auto count = static_cast<double>(samples.size());
  mean_x /= count;
  mean_y /= count;
  double above = 0, below = 0;
  for (const auto& one : samples) {
    above += (one.arrived_ms - mean_x) * (one.delay_ms - mean_y);
    below += (one.arrived_ms - mean_x) * (one.arrived_ms - mean_x);
  }
  return below > 0 ? above / below : 0;
}

/// Bits per second in the last of the window; forgets what is older.
uint32_t rate_until(std::deque<std::pair<int64_t, uint32_t>>& events, int64_t latest_us) {
  while (!events.empty() && latest_us - events.front().first > rate_window_us) events.pop_front();
  uint64_t bytes = 0;
  for (const auto& [when, size] : events) bytes += size;
  return static_cast<uint32_t>(bytes * 8 * 1'000'000 / rate_window_us);
}

}  // namespace

void BandwidthEstimate::on_feedback(std::span<const PacketFate> packets, Monotonic now) {
  measure(packets, now);
  for (const auto& packet : packets) {
    if (packet.arrived_us && !packet.probe) add_delay(packet);
  }
  double growth = 0;
  int64_t passed = std::clamp<int64_t>(now - last_change_, 0, seconds_us(1));
  last_change_ = now;
  if (congested_) {
    congested_ = false;
    if (acknowledged_ > 0) {
      bool full = flooded(overflowing);
      bool filled = acknowledged_ > filled_share * estimate_;
      if (full || filled) {
        capacity_ = capacity_ > 0 ? 0.95 * capacity_ + 0.05 * acknowledged_ : acknowledged_;
        if (std::abs(capacity_ - acknowledged_) > 0.3 * capacity_) capacity_ = acknowledged_;
      }
      // One fall has a bottom: what arrived says little of a line that was not filled.
      double bottom = (full ? 0 : filled ? deep_fall : shallow_fall) * estimate_;
      if (!full && now - bound_at_ < bound_holds_us) {
        bottom = std::max(bottom, back_off * bound_);
        bound_ = 0;  // a second time it is contradicted
      }
      drop_to(std::max(back_off * acknowledged_, bottom), now);
    }
    return;
  }
  if (loss_ > much_loss) {
    if (fresh_loss_ && now - last_loss_drop_ >= loss_drop_every_us + round_trip_us_) {
      last_loss_drop_ = now;
      fresh_loss_ = false;
      // Chance does not lose so much: it is a queue that overflows.
      bool full = flooded(drowned);
      drop_to(full ? back_off * acknowledged_ : estimate_ * (1 - 0.5 * loss_), now);
    }
    return;
  }
  if (loss_ > little_loss && capacity_ == 0) return;
  double seconds = static_cast<double>(passed) / 1e6;
  bool near = capacity_ > 0 && std::abs(acknowledged_ - capacity_) < 0.15 * capacity_;
  growth = near ? packet_bits / (static_cast<double>(round_trip_us_ + 100'000) / 1e6) * seconds
                : estimate_ * (std::pow(growth_per_s, seconds) - 1);
  // What is not sent proves nothing: no growth far beyond what arrives.
  double most = std::max<double>(estimate_, 1.5 * acknowledged_ + 10'000);
  estimate_ =
      static_cast<uint32_t>(std::clamp<double>(std::min(estimate_ + growth, most), least_bits, most_bits));
}

void BandwidthEstimate::drop_to(double bits, Monotonic now) {
  if (bits >= estimate_) return;
  estimate_ = static_cast<uint32_t>(std::max<double>(bits, least_bits));
  last_drop_ = now;
}

void BandwidthEstimate::on_silence(Monotonic now) { drop_to(estimate_ * 0.5, now); }

void BandwidthEstimate::on_queue(Monotonic now) {
  drop_to(back_off * (acknowledged_ > 0 ? std::min(acknowledged_, estimate_) : estimate_), now);
}

void BandwidthEstimate::on_proven(uint32_t bits_per_second, bool bounded, Monotonic now) {
  if (bounded && bits_per_second) {
    bound_ = bits_per_second;
    bound_at_ = now;
  }
  if (bits_per_second <= estimate_) return;
  estimate_ = std::min(bits_per_second, most_bits);
  if (estimate_ > 1.2 * capacity_) capacity_ = 0;  // the line has grown
}

void BandwidthEstimate::measure(std::span<const PacketFate> packets, Monotonic now) {
  int64_t latest = 0, latest_sent = 0;
  for (const auto& packet : packets) {
    ++packets_;
    departures_.emplace_back(packet.sent_us, packet.bytes);
    if (!packet.arrived_us) {
      ++lost_;
      continue;
    }
    arrivals_.emplace_back(*packet.arrived_us, packet.bytes);
    latest = std::max(latest, *packet.arrived_us);
    latest_sent = std::max(latest_sent, packet.sent_us);
  }
  // A thin stream is judged by fewer packets rather than by what was long ago.
  bool enough =
      packets_ >= loss_packets || (packets_ >= loss_packets / 4 && now - loss_taken_ > seconds_us(1));
  if (enough) {
    loss_taken_ = now;
    loss_ = static_cast<double>(lost_) / packets_;
    packets_ = lost_ = 0;
    fresh_loss_ = true;
  }
  if (latest_sent) {
    int64_t trip = std::clamp<int64_t>(now.us - latest_sent, 1'000, seconds_us(2));
    round_trip_us_ = (7 * round_trip_us_ + trip) / 8;
  }
  if (!packets.empty()) offered_ = rate_until(departures_, packets.back().sent_us);
  if (latest) acknowledged_ = rate_until(arrivals_, latest);
}

void BandwidthEstimate::add_delay(const PacketFate& packet) {
  if (!group_) {
    group_ = Group{packet.sent_us, packet.sent_us, *packet.arrived_us};
    return;
  }
  if (packet.sent_us < group_->first_sent_us) return;  // out of order
  if (packet.sent_us - group_->first_sent_us <= burst_us) {
    group_->last_sent_us = std::max(group_->last_sent_us, packet.sent_us);
    group_->last_arrived_us = std::max(group_->last_arrived_us, *packet.arrived_us);
    return;
  }
  close_group(*group_);
  group_ = Group{packet.sent_us, packet.sent_us, *packet.arrived_us};
}

void BandwidthEstimate::close_group(const Group& group) {
  if (!previous_) {
    previous_ = group;
    first_arrived_us_ = group.last_arrived_us;
    return;
  }
  double sent_ms = static_cast<double>(group.last_sent_us - previous_->last_sent_us) / 1e3;
  double arrived_ms = static_cast<double>(group.last_arrived_us - previous_->last_arrived_us) / 1e3;
  previous_ = group;
  double delta = arrived_ms - sent_ms;
  if (std::abs(delta) > 3'000) {  // their clock jumped
    samples_.clear();
    accumulated_ms_ = smoothed_ms_ = lowest_ms_ = lowest_before_ms_ = 0;
    return;
  }
  deltas_ = std::min<uint32_t>(deltas_ + 1, 60);
  accumulated_ms_ += delta;
  if (accumulated_ms_ < std::min(lowest_ms_, lowest_before_ms_) - shortened_ms) shortened_ = true;
  smoothed_ms_ = smoothing * smoothed_ms_ + (1 - smoothing) * accumulated_ms_;
  // The emptiest queue seen lately: clocks drift and routes change.
  if (group.last_arrived_us - lowest_since_us_ > lowest_for_us) {
    lowest_since_us_ = group.last_arrived_us;
    lowest_before_ms_ = std::exchange(lowest_ms_, smoothed_ms_);
  }
  lowest_ms_ = std::min(smoothed_ms_, lowest_ms_);
  samples_.push_back({static_cast<double>(group.last_arrived_us - first_arrived_us_) / 1e3, smoothed_ms_});
  if (samples_.size() > window) samples_.pop_front();
  if (samples_.size() < window) return;
  double trend = slope(samples_) * deltas_ * gain;
  if (overused(trend, group.last_arrived_us)) congested_ = true;
  last_trend_ = trend;
}

bool BandwidthEstimate::overused(double trend, int64_t arrived_us) {
  int64_t passed = std::clamp<int64_t>(arrived_us - threshold_at_us_, 0, 100'000);
  threshold_at_us_ = arrived_us;
  bool over = trend > threshold_ && queueing();
  over_for_us_ = over ? over_for_us_ + passed : 0;
  bool out = over && over_for_us_ > overuse_us && trend >= last_trend_;
  if (std::abs(trend) - threshold_ < 15) {  // a spike does not move it
    double k = std::abs(trend) < threshold_ ? lower_threshold : raise_threshold;
    threshold_ += k * (std::abs(trend) - threshold_) * static_cast<double>(passed) / 1e3;
    threshold_ = std::clamp(threshold_, least_threshold, most_threshold);
  }
  if (out) over_for_us_ = 0;
  return out;
}

}  // namespace parvis::sfu
