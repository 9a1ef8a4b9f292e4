#pragma once
// Bits per second over the last second, in ten slices. One thread.
#include <array>
#include <cstddef>
#include <cstdint>

#include "base/time.h"

namespace parvis::sfu {

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

}  // namespace parvis::sfu
