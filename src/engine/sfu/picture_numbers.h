#pragma once
// The numbers that payload descriptors of VP8 (RFC 7741 section 4.2) and VP9 (RFC 9628 section 4.2) carry:
// they go on without a gap for a subscriber whose layer changes. Descriptors are never encrypted end to end.
#include <cstdint>
#include <span>

#include "base/bytes.h"

namespace parvis::sfu {

struct PictureNumbers {
  size_t picture_at = 0, base_at = 0;  // offsets into the payload; 0 = not there
  bool long_picture = false;           // 15 bits, else 7
  uint16_t picture = 0;
  uint8_t base = 0;  // TL0PICIDX: of pictures of the lowest temporal layer
};

/// What is added to an encoding's numbers towards one subscriber.
struct PictureContinuity {
  uint16_t picture_offset = 0, last_picture = 0;
  uint8_t base_offset = 0, last_base = 0;
  bool renumber = false;       // the next packet begins an encoding
  uint16_t left_out = 0xffff;  // the picture last left out

  /// A packet that the subscriber does not get: its picture leaves no gap.
  void leave_out(const PictureNumbers& numbers) {
    if (!numbers.picture_at || numbers.picture == left_out) return;
    left_out = numbers.picture;
    --picture_offset;
  }
  /// Writes the subscriber's numbers into `payload`, a copy of what was received. `fresh`: not sent before,
  /// and in its turn; else `offset` is what was in force when it was.
  void apply(std::span<uint8_t> payload, const PictureNumbers& numbers, bool fresh, uint16_t offset) {
    if (!numbers.picture_at && !numbers.base_at) return;
    if (fresh && renumber) {
      picture_offset = static_cast<uint16_t>(last_picture + 1 - numbers.picture);
      base_offset = static_cast<uint8_t>(last_base + 1 - numbers.base);
      left_out = 0xffff;
      renumber = false;
    }
    if (fresh) offset = picture_offset;
    auto picture = static_cast<uint16_t>((numbers.picture + offset) & (numbers.long_picture ? 0x7fff : 0x7f));
    auto base = static_cast<uint8_t>(numbers.base + base_offset);
    if (numbers.picture_at) {
      payload[numbers.picture_at] =
          static_cast<uint8_t>(numbers.long_picture ? 0x80 | picture >> 8 : picture);
      if (numbers.long_picture) payload[numbers.picture_at + 1] = static_cast<uint8_t>(picture);
    }
    if (numbers.base_at) payload[numbers.base_at] = base;
    if (!fresh) return;
    uint16_t ahead = static_cast<uint16_t>(picture - last_picture) & 0x7fff;
    if (ahead < 0x4000) last_picture = picture;
    if (static_cast<int8_t>(base - last_base) > 0) last_base = base;
  }
};

}  // namespace parvis::sfu
