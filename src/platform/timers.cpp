#include "platform/timers.h"

namespace parvis {

TimerId Timers::arm(Monotonic when, Callback callback) {
  uint32_t slot = free_;
  if (slot == UINT32_MAX) {
    slot = static_cast<uint32_t>(slots_.size());
    slots_.emplace_back();
  } else {
    free_ = slots_[slot].position;
  }
  slots_[slot].callback = std::move(callback);
  heap_.push_back({when, sequence_++, slot});
  slots_[slot].position = static_cast<uint32_t>(heap_.size() - 1);
  sift_up(heap_.size() - 1);
  return uint64_t{slots_[slot].generation} << 32 | slot;
}

bool Timers::cancel(TimerId timer) {
  auto slot = static_cast<uint32_t>(timer);
  auto generation = static_cast<uint32_t>(timer >> 32);
  if (timer == 0 || slot >= slots_.size() || slots_[slot].generation != generation) return false;
  remove(slots_[slot].position);
  return true;
}

void Timers::run_due(Monotonic now) {
  uint64_t limit = sequence_;
  while (Callback callback = take_due(now, limit)) callback();
}

Callback Timers::take_due(Monotonic now, uint64_t limit) {
  if (heap_.empty() || heap_.front().when > now || heap_.front().sequence >= limit) return {};
  return remove(0);
}

void Timers::clear() {
  // Callbacks may own what cancels other timers: they die after the heap is empty.
  auto dying = std::move(slots_);
  slots_.clear();
  heap_.clear();
  free_ = UINT32_MAX;
}

Callback Timers::remove(size_t position) {
  uint32_t slot = heap_[position].slot;
  Callback callback = std::move(slots_[slot].callback);
  slots_[slot].callback = nullptr;
  if (++slots_[slot].generation == 0) slots_[slot].generation = 1;
  slots_[slot].position = free_;
  free_ = slot;
  Node last = heap_.back();
  heap_.pop_back();
  if (position < heap_.size()) {
    place(position, last);
    sift_up(position);
    sift_down(position);
  }
  return callback;
}

void Timers::place(size_t position, const Node& node) {
  heap_[position] = node;
  slots_[node.slot].position = static_cast<uint32_t>(position);
}

void Timers::sift_up(size_t position) {
  Node node = heap_[position];
  while (position > 0) {
    size_t parent = (position - 1) / 2;
    if (!before(node, heap_[parent])) break;
    place(position, heap_[parent]);
    position = parent;
  }
  place(position, node);
}

void Timers::sift_down(size_t position) {
  Node node = heap_[position];
  for (;;) {
    size_t child = 2 * position + 1;
    if (child >= heap_.size()) break;
    if (child + 1 < heap_.size() && before(heap_[child + 1], heap_[child])) ++child;
    if (!before(heap_[child], node)) break;
    place(position, heap_[child]);
    position = child;
  }
  place(position, node);
}

}  // namespace parvis
