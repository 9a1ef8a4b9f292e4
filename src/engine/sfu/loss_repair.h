#pragma once
// What is missing of a received stream, and when to ask for it again (RFC 4585 section 6.2.1). One thread.
#include <cstddef>
#include <map>
#include <vector>

#include "base/time.h"

namespace parvis::sfu {

class LossRepair {
 public:
  static constexpr int64_t reorder_us = 10'000;  // packets that only overtook each other come by then
  static constexpr int64_t ask_again_us = 100'000, give_up_us = 1'000'000;
  static constexpr size_t max_missing = 256;

  /// True when too much is missing to be asked for: only a key frame helps.
  bool received(uint16_t sequence, Monotonic now) {
    if (highest_ < 0) {
      highest_ = sequence;
      return false;
    }
    int64_t extended = highest_ + static_cast<int16_t>(sequence - static_cast<uint16_t>(highest_ & 0xffff));
    if (extended <= highest_) {
      missing_.erase(extended);
      return false;
    }
    bool hopeless = extended - highest_ > static_cast<int64_t>(max_missing - missing_.size());
    if (hopeless) {
      missing_.clear();
    } else {
      for (int64_t lost = highest_ + 1; lost < extended; ++lost) missing_[lost] = {.since = now, .asked = {}};
    }
    highest_ = extended;
    return hopeless;
  }
  bool complete() const { return missing_.empty(); }
  /// Those to ask for now, in order.
  std::vector<uint16_t> due(Monotonic now) {
    std::vector<uint16_t> out;
    std::erase_if(missing_, [&](const auto& one) { return now - one.second.since > give_up_us; });
    for (auto& [sequence, one] : missing_) {
      bool ripe = one.asked == Monotonic{} ? now - one.since >= reorder_us : now - one.asked >= ask_again_us;
      if (!ripe) continue;
      one.asked = now;
      out.push_back(static_cast<uint16_t>(sequence & 0xffff));
    }
    return out;
  }

 private:
  struct Missing {
    Monotonic since, asked;
  };
  int64_t highest_ = -1;  // extended sequence number
  std::map<int64_t, Missing> missing_;
};

}  // namespace parvis::sfu
