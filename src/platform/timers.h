#pragma once
// Timers of one loop: an indexed heap ordered by time, then by the order of arming. O(log n), 24 bytes per
// armed timer beside its callback. Loop thread only.
#include <vector>

#include "platform/loop.h"

namespace parvis {

class Timers {
 public:
  TimerId arm(Monotonic when, Callback callback);
  bool cancel(TimerId timer);
  /// INT64_MAX when nothing is armed.
  Monotonic next() const { return heap_.empty() ? Monotonic{INT64_MAX} : heap_.front().when; }
  /// Runs what is due at `now`; timers armed meanwhile wait for the next call, so that a timer that re-arms
  /// itself for "now" cannot starve the sockets.
  void run_due(Monotonic now);
  /// The callback of the earliest timer, removed; null when that is later than `now` or armed at `limit` or
  /// after.
  Callback take_due(Monotonic now, uint64_t limit = UINT64_MAX);
  uint64_t armed_so_far() const { return sequence_; }
  size_t size() const { return heap_.size(); }
  void clear();

 private:
  struct Node {
    Monotonic when;
    uint64_t sequence;
    uint32_t slot;
  };
  struct Slot {
    Callback callback;
    uint32_t generation = 1;  // tells a reused slot from the timer that had it before
    uint32_t position = 0;    // in heap_, or the next free slot
  };
  static bool before(const Node& a, const Node& b) {
    return a.when != b.when ? a.when < b.when : a.sequence < b.sequence;
  }
  void place(size_t position, const Node& node);
  void sift_up(size_t position);
  void sift_down(size_t position);
  Callback remove(size_t position);

  std::vector<Node> heap_;
  std::vector<Slot> slots_;
  uint32_t free_ = UINT32_MAX;
  uint64_t sequence_ = 0;
};

}  // namespace parvis
