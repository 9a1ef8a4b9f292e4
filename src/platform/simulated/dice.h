#pragma once
// The simulator's only source of chance: a seeded generator (SplitMix64), the same on every machine.
#include <cstdint>

#include "base/check.h"

namespace parvis::simulated {

class Dice {
 public:
  explicit Dice(uint64_t seed) : state_(seed) {}

  uint64_t next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  /// 0 .. bound - 1.
  uint64_t below(uint64_t bound) {
    CHECK(bound > 0);
    return static_cast<uint64_t>((static_cast<unsigned __int128>(next()) * bound) >> 64);
  }
  int64_t between(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(below(static_cast<uint64_t>(high - low) + 1));
  }
  bool chance(double probability) { return static_cast<double>(next() >> 11) * 0x1p-53 < probability; }
  /// Mostly small, sometimes up to `high`: bugs live at 0, 1 and the limit.
  uint64_t skewed(uint64_t high) { return below(below(high + 1) + 1); }
  Dice fork() { return Dice(next()); }

 private:
  uint64_t state_;
};

}  // namespace parvis::simulated
