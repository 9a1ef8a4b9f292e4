#pragma once
// A duty repeated every so often on the loop, until its owner dies. The duty must be quick: it spawns what
// suspends.
#include "platform/loop.h"

namespace parvis {

class Periodic {
 public:
  Periodic(Loop& loop, int64_t every_us, Callback duty)
      : loop_(loop), every_us_(every_us), duty_(std::move(duty)) {
    arm();
  }
  Periodic(const Periodic&) = delete;
  ~Periodic() { loop_.cancel(timer_); }

 private:
  void arm() {
    timer_ = loop_.call_at(loop_.now() + every_us_, [this] {
      arm();
      duty_();
    });
  }
  Loop& loop_;
  int64_t every_us_;
  Callback duty_;
  TimerId timer_ = 0;
};

}  // namespace parvis
