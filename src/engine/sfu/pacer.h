#pragma once
// What waits for its turn on a narrow line: images leave as fast as the line takes them, instead of a whole
// frame at once, which would fill the queues on the way and delay the voices. Voices never wait. One thread.
#include <algorithm>
#include <array>
#include <deque>

#include "base/bytes.h"
#include "base/time.h"

namespace parvis::sfu {

/// The order in which what waits leaves.
enum class Urgency : uint8_t { voice, repair, screen, image, probe };

class Pacer {
 public:
  /// A line of more than this takes frames as they come.
  static constexpr uint32_t below_bits = 2'500'000;
  static constexpr int64_t turn_us = 5'000, longest_turn_us = 20'000;
  static constexpr size_t most_bytes = 400'000;

  struct Waiting {
    Bytes packet;          // not yet numbered nor sealed
    size_t number_at = 0;  // of its transport-wide number; 0 = none
    uint32_t source = 0;
  };

  bool empty() const { return bytes_ == 0; }
  bool waits(Urgency urgency) const { return !queues_[static_cast<size_t>(urgency)].empty(); }
  size_t bytes() const { return bytes_; }
  int64_t wait_us(uint32_t bits_per_second) const {
    return bits_per_second ? static_cast<int64_t>(bytes_) * 8'000'000 / bits_per_second : 0;
  }
  /// False: there is no room.
  bool put(Urgency urgency, ByteView packet, size_t number_at, uint32_t source) {
    if (bytes_ + packet.size() > most_bytes) return false;
    queues_[static_cast<size_t>(urgency)].push_back({{packet.begin(), packet.end()}, number_at, source});
    bytes_ += packet.size();
    return true;
  }
  /// What may leave now, at this rate: calls `leave` for each.
  template <class Leave>
  void turn(uint32_t bits_per_second, Monotonic now, Leave leave) {
    auto passed = std::clamp<int64_t>(now - turned_, 0, longest_turn_us);
    turned_ = now;
    auto bytes_in = [&](int64_t us) { return static_cast<int64_t>(bits_per_second) * us / 8'000'000; };
    credit_ = std::min(credit_ + bytes_in(passed), bytes_in(longest_turn_us));
    for (auto& queue : queues_) {
      while (credit_ >= 0 && !queue.empty()) {
        Waiting next = std::move(queue.front());
        queue.pop_front();
        bytes_ -= next.packet.size();
        credit_ -= static_cast<int64_t>(next.packet.size());
        leave(next);
      }
    }
  }
  /// Takes away what waits of one source.
  void drop(uint32_t source) {
    for (auto& queue : queues_) {
      std::erase_if(queue, [&](const Waiting& one) {
        if (one.source != source) return false;
        bytes_ -= one.packet.size();
        return true;
      });
    }
  }
  void drop(Urgency urgency) {
    auto& queue = queues_[static_cast<size_t>(urgency)];
    for (const Waiting& one : queue) bytes_ -= one.packet.size();
    queue.clear();
  }

 private:
  std::array<std::deque<Waiting>, 5> queues_;
  size_t bytes_ = 0;
  int64_t credit_ = 0;  // bytes
  Monotonic turned_;
};

}  // namespace parvis::sfu
