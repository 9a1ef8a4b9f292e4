#pragma once
// How loud a published voice is, from the levels its packets carry (RFC 6464), and who speaks in a group.
#include <algorithm>
#include <cstdint>

#include "base/time.h"
#include "engine/sfu/types.h"

namespace parvis::sfu {

inline constexpr uint8_t silent_level = 127;  // -dBov

/// Loudness of one voice, over windows of 400 ms. A voice counts when it is audible in 40 % of a window: a
/// cough or a keyboard does not make a speaker.
class VoiceMeter {
 public:
  static constexpr int64_t window_us = 400'000;
  static constexpr int audible_percent = 40;
  static constexpr uint8_t audible_level = 35;  // -dBov

  void add(uint8_t level, Monotonic now) {
    turn(now);
    ++packets_;
    if (level <= audible_level) {
      ++audible_;
      sum_ += level;
    }
  }
  /// silent_level when nobody speaks; smaller is louder.
  uint8_t level(Monotonic now) {
    turn(now);
    return level_;
  }

 private:
  void turn(Monotonic now) {
    int64_t passed = now - begun_;
    if (passed < window_us) return;
    bool speaks = packets_ > 0 && passed < 2 * window_us && audible_ * 100 >= packets_ * audible_percent;
    level_ = speaks && audible_ > 0 ? static_cast<uint8_t>(sum_ / audible_) : silent_level;
    begun_ = now;
    packets_ = audible_ = sum_ = 0;
  }
  Monotonic begun_;
  uint32_t packets_ = 0, audible_ = 0, sum_ = 0;
  uint8_t level_ = silent_level;
};

}  // namespace parvis::sfu
