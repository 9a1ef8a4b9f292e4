#pragma once
// How much passes, over the last second and over a while. One thread.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "base/time.h"

namespace parvis::sfu {

/// Bits per second over the last second, in ten slices.
class RateMeter {
 public:
  void add(size_t bytes, Monotonic now) {
    turn(now);
    slices_[static_cast<size_t>(slice_) % count] += static_cast<uint32_t>(bytes);
  }
  uint32_t bits_per_second(Monotonic now) {
    turn(now);
    uint64_t bytes = 0;
    for (uint32_t one : slices_) bytes += one;
    return static_cast<uint32_t>(bytes * 8);
  }

 private:
  static constexpr size_t count = 10;
  static constexpr int64_t slice_us = 100'000;
  void turn(Monotonic now) {
    int64_t slice = now.us / slice_us;
    if (slice - slice_ >= static_cast<int64_t>(count)) slices_ = {};
    for (; slice_ < slice && slice - slice_ < static_cast<int64_t>(count);)
      slices_[static_cast<size_t>(++slice_) % count] = 0;
    slice_ = slice > slice_ ? slice : slice_;
  }
  std::array<uint32_t, count> slices_{};
  int64_t slice_ = 0;
};

/// Bits per second over some ten seconds, what is older counting ever less.
class MeanRate {
 public:
  void add(size_t bytes, Monotonic now) {
    fade(now);
    bits_ += static_cast<double>(bytes) * 8;
  }
  uint32_t bits_per_second(Monotonic now) {
    fade(now);
    double weight = span_s * (1 - std::exp(-std::max(static_cast<double>(now - began_) / 1e6, 1.0) / span_s));
    return static_cast<uint32_t>(bits_ / weight);
  }

 private:
  static constexpr double span_s = 6;
  void fade(Monotonic now) {
    if (began_ == Monotonic{}) began_ = at_ = now;
    bits_ *= std::exp(-static_cast<double>(now - at_) / 1e6 / span_s);
    at_ = now;
  }
  double bits_ = 0;
  Monotonic began_, at_;
};

}  // namespace parvis::sfu
