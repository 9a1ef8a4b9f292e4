#pragma once
// Redundant voices (RFC 2198): each packet carries the ones before it once more, so that a lost packet is
// repaired by its successor, without a round trip. Made here, towards lossy lines only: nobody else pays. One
// thread.
#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "base/bytes.h"
#include "base/time.h"

namespace parvis::sfu {

/// The last payloads of a voice.
class VoiceMemory {
 public:
  static constexpr size_t most_depth = 2;  // earlier payloads in one packet
  static constexpr size_t most_block = 400;

  void put(uint16_t sequence, uint32_t timestamp, ByteView payload) {
    if (payload.size() > most_block) return;
    Entry& entry = entries_[sequence % entries_.size()];
    entry.used = true;
    entry.sequence = sequence;
    entry.timestamp = timestamp;
    entry.payload.assign(payload.begin(), payload.end());
  }

  /// Writes the payload with up to `depth` of those before it; its length, 0 when it does not fit.
  size_t write(std::span<uint8_t> out, uint8_t payload_type, uint16_t sequence, uint32_t timestamp,
               ByteView payload, size_t depth) const {
    std::array<const Entry*, most_depth> before{};
    size_t count = 0, length = 1 + payload.size();
    for (size_t back = std::min(depth, most_depth); back > 0; --back) {
      const Entry& entry = entries_[static_cast<uint16_t>(sequence - back) % entries_.size()];
      bool fits = entry.used && entry.sequence == static_cast<uint16_t>(sequence - back) &&
                  timestamp - entry.timestamp < most_offset;
      if (!fits) continue;
      before[count++] = &entry;
      length += block_header + entry.payload.size();
    }
    if (length > out.size()) return 0;
    uint8_t* at = out.data();
    for (size_t i = 0; i < count; ++i) {
      uint32_t offset = timestamp - before[i]->timestamp;
      auto size = static_cast<uint32_t>(before[i]->payload.size());
      *at++ = 0x80 | payload_type;
      *at++ = static_cast<uint8_t>(offset >> 6);
      *at++ = static_cast<uint8_t>(offset << 2 | size >> 8);
      *at++ = static_cast<uint8_t>(size);
    }
    *at++ = payload_type;
    for (size_t i = 0; i < count; ++i) at = std::ranges::copy(before[i]->payload, at).out;
    std::ranges::copy(payload, at);
    return length;
  }

 private:
  static constexpr uint32_t most_offset = 1 << 14;
  static constexpr size_t block_header = 4;
  struct Entry {
    bool used = false;
    uint16_t sequence = 0;
    uint32_t timestamp = 0;
    Bytes payload;
  };
  std::array<Entry, 4> entries_;
};

/// How many earlier payloads a line is given, by what it loses.
class Redundancy {
 public:
  static constexpr double some_loss = 0.01, much_loss = 0.03, little_loss = 0.005;
  static constexpr int64_t keep_us = 10'000'000;  // after the line became better

  void observe(double loss, Monotonic now) {
    size_t wanted = loss >= much_loss ? 2 : loss >= some_loss ? 1 : 0;
    if (wanted >= depth_) {
      depth_ = wanted;
      worst_ = now;
    } else if (loss < little_loss && now - worst_ > keep_us) {
      depth_ = 0;
    } else if (loss >= little_loss) {
      worst_ = now;
    }
  }
  size_t depth() const { return depth_; }

 private:
  size_t depth_ = 0;
  Monotonic worst_;
};

}  // namespace parvis::sfu
