#pragma once
// So much a second for long, and so much at once. Time is passed in. One thread.
#include <algorithm>

#include "base/time.h"

namespace parvis::sfu {

struct Rate {
  double per_second = 0, burst = 0;
};

class Budget {
 public:
  /// False, and nothing is taken, when there is not enough left.
  bool take(const Rate& rate, Monotonic now, double cost = 1) {
    fill(rate, now);
    if (left_ < cost) return false;
    left_ -= cost;
    return true;
  }
  /// Takes in any case; how long to wait until nothing is owed.
  int64_t owe(const Rate& rate, Monotonic now, double cost) {
    fill(rate, now);
    left_ -= cost;
    return left_ >= 0 ? 0 : static_cast<int64_t>(-left_ / rate.per_second * 1e6) + 1;
  }

 private:
  void fill(const Rate& rate, Monotonic now) {
    if (!begun_) left_ = rate.burst;
    if (begun_ && now > at_)
      left_ = std::min(rate.burst, left_ + rate.per_second * static_cast<double>(now - at_) / 1e6);
    if (!begun_ || now > at_) at_ = now;
    begun_ = true;
  }
  double left_ = 0;
  Monotonic at_;
  bool begun_ = false;
};

}  // namespace parvis::sfu
