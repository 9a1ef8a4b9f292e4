#pragma once
// A question to a line: a short train of packets at a rate above the estimate; how fast it comes out at the
// far end is what the line carries. Pure: time is passed in. One thread.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/time.h"

namespace parvis::sfu {

class LineProbe {
 public:
  static constexpr int64_t length_us = 60'000, most_length_us = 200'000;
  static constexpr int64_t answer_within_us = 300'000;  // beyond a round trip
  static constexpr size_t least_packets = 6;
  static constexpr double much_loss = 0.34, kept_up = 0.85, margin = 0.95;

  enum class Phase : uint8_t { none, sending, awaited };

  /// The train begins with the number `first`; `bytes` fill it up.
  void begin(uint32_t bits_per_second, uint16_t first, Monotonic now) {
    phase_ = Phase::sending;
    bits_ = bits_per_second;
    first_ = first;
    began_ = now;
    cars_.clear();
  }
  Phase phase() const { return phase_; }
  uint32_t bits_per_second() const { return bits_; }
  static size_t bytes_of(uint32_t bits_per_second) {
    return static_cast<size_t>(static_cast<int64_t>(bits_per_second) * length_us / 8'000'000);
  }
  void sent(uint16_t number, size_t bytes, Monotonic now) {
    if (phase_ == Phase::sending &&
        static_cast<size_t>(static_cast<uint16_t>(number - first_)) == cars_.size())
      cars_.push_back({now.us, 0, static_cast<uint32_t>(bytes)});
  }
  /// All of it has left, at the latest when it takes too long.
  void end(Monotonic now, int64_t round_trip_us) {
    if (phase_ != Phase::sending) return;
    phase_ = Phase::awaited;
    answer_by_ = now + (round_trip_us + answer_within_us);
  }
  bool overdue(Monotonic now) const { return phase_ == Phase::sending && now - began_ > most_length_us; }
  bool holds(uint16_t number) const {
    return phase_ != Phase::none && static_cast<uint16_t>(number - first_) < cars_.size();
  }
  void arrived(uint16_t number, int64_t arrived_us) {
    size_t at = static_cast<uint16_t>(number - first_);
    if (phase_ != Phase::none && at < cars_.size()) cars_[at].arrived_us = arrived_us;
  }

  struct Outcome {
    uint32_t proven = 0;   // bits per second; 0 = nothing is
    bool kept_up = false;  // the line took it as fast as it was sent
  };
  /// When the last of the train is heard of, or it is too late for it.
  std::optional<Outcome> outcome(Monotonic now) {
    if (phase_ != Phase::awaited) return std::nullopt;
    bool whole = !cars_.empty() && cars_.back().arrived_us != 0;
    if (!whole && now < answer_by_) return std::nullopt;
    phase_ = Phase::none;
    size_t came = 0;
    int64_t first_in = INT64_MAX, last_in = 0;
    uint64_t bytes_in = 0, bytes_out = 0;
    uint32_t first_bytes = 0;
    for (const Car& car : cars_) {
      bytes_out += car.bytes;
      if (car.arrived_us == 0) continue;
      ++came;
      if (car.arrived_us < first_in) first_bytes = car.bytes;
      first_in = std::min(first_in, car.arrived_us);
      last_in = std::max(last_in, car.arrived_us);
      bytes_in += car.bytes;
    }
    bool thin = came < least_packets - 2 ||
                static_cast<double>(came) < (1 - much_loss) * static_cast<double>(cars_.size());
    if (thin) return Outcome{};
    auto rate = [](uint64_t bytes, int64_t us) {
      return static_cast<double>(bytes) * 8e6 / static_cast<double>(std::max<int64_t>(us, 1'000));
    };
    double out = rate(bytes_out - cars_[0].bytes, cars_.back().sent_us - cars_[0].sent_us);
    double in = rate(bytes_in - first_bytes, last_in - first_in);
    double proven = std::min({out, in, 2.0 * bits_});
    return Outcome{static_cast<uint32_t>(margin * proven), in > kept_up * out};
  }

 private:
  struct Car {
    int64_t sent_us, arrived_us;
    uint32_t bytes;
  };
  Phase phase_ = Phase::none;
  uint32_t bits_ = 0;
  uint16_t first_ = 0;
  Monotonic began_, answer_by_;
  std::vector<Car> cars_;
};

}  // namespace parvis::sfu
