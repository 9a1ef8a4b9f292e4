#pragma once
// The numbers that a VP8 payload descriptor carries (RFC 7741 section 4.2), which go on without a gap for a
// subscriber whose layer changes. The descriptor is never encrypted end to end.
#include <cstdint>
#include <optional>

#include "base/bytes.h"

namespace parvis::sfu {

struct Vp8Numbers {
  size_t picture_at = 0, base_at = 0;  // offsets into the payload; 0 = not there
  bool long_picture = false;           // 15 bits, else 7
  uint16_t picture = 0;
  uint8_t base = 0;  // TL0PICIDX
};

/// Nothing when the descriptor is cut short or carries neither.
inline std::optional<Vp8Numbers> vp8_numbers(ByteView payload) {
  if (payload.size() < 2 || !(payload[0] & 0x80)) return std::nullopt;
  Vp8Numbers out;
  size_t at = 2;
  if (payload[1] & 0x80) {
    if (payload.size() < at + 2) return std::nullopt;
    out.picture_at = at;
    out.long_picture = payload[at] & 0x80;
    out.picture =
        out.long_picture ? static_cast<uint16_t>((payload[at] & 0x7f) << 8 | payload[at + 1]) : payload[at];
    at += out.long_picture ? 2 : 1;
  }
  if (payload[1] & 0x40) {
    if (payload.size() < at + 1) return std::nullopt;
    out.base_at = at;
    out.base = payload[at];
  }
  if (!out.picture_at && !out.base_at) return std::nullopt;
  return out;
}

/// What is added to a layer's numbers towards one subscriber.
struct Vp8Continuity {
  uint16_t picture_offset = 0, last_picture = 0;
  uint8_t base_offset = 0, last_base = 0;
  bool renumber = false;  // the next packet begins a layer

  /// Writes the subscriber's numbers into `payload`, a copy of what was received. `fresh`: not a
  /// retransmission.
  void apply(std::span<uint8_t> payload, bool fresh) {
    auto numbers = vp8_numbers(payload);
    if (!numbers) return;
    if (fresh && renumber) {
      picture_offset = static_cast<uint16_t>(last_picture + 1 - numbers->picture);
      base_offset = static_cast<uint8_t>(last_base + 1 - numbers->base);
      renumber = false;
    }
    auto picture =
        static_cast<uint16_t>((numbers->picture + picture_offset) & (numbers->long_picture ? 0x7fff : 0x7f));
    auto base = static_cast<uint8_t>(numbers->base + base_offset);
    if (numbers->picture_at) {
      payload[numbers->picture_at] =
          static_cast<uint8_t>(numbers->long_picture ? 0x80 | picture >> 8 : picture);
      if (numbers->long_picture) payload[numbers->picture_at + 1] = static_cast<uint8_t>(picture);
    }
    if (numbers->base_at) payload[numbers->base_at] = base;
    if (!fresh) return;
    uint16_t ahead = static_cast<uint16_t>(picture - last_picture) & 0x7fff;
    if (ahead < 0x4000) last_picture = picture;
    if (static_cast<int8_t>(base - last_base) > 0) last_base = base;
  }
};

}  // namespace parvis::sfu
