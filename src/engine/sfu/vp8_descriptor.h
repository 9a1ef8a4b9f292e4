#pragma once
// The payload descriptor of VP8 (RFC 7741 section 4.2).
#include <optional>

#include "engine/sfu/picture_numbers.h"

namespace parvis::sfu {

struct Vp8Descriptor {
  PictureNumbers numbers;
  bool begins = false;   // a frame
  bool key = false;      // begins one that needs no earlier one
  bool layered = false;  // tells its temporal layer
  uint8_t temporal = 0;
  bool sync = false;  // depends on the lowest temporal layer alone
};

/// Nothing when it is cut short.
inline std::optional<Vp8Descriptor> parse_vp8_descriptor(ByteView payload) {
  if (payload.empty()) return std::nullopt;
  Vp8Descriptor out;
  out.begins = payload[0] & 0x10 && !(payload[0] & 0x07);
  size_t at = 1;
  if (payload[0] & 0x80) {
    if (payload.size() < 2) return std::nullopt;
    uint8_t extended = payload[at++];
    if (extended & 0x80) {
      if (payload.size() < at + 2) return std::nullopt;
      auto& numbers = out.numbers;
      numbers.picture_at = at;
      numbers.long_picture = payload[at] & 0x80;
      numbers.picture = numbers.long_picture
                            ? static_cast<uint16_t>((payload[at] & 0x7f) << 8 | payload[at + 1])
                            : payload[at];
      at += numbers.long_picture ? 2 : 1;
    }
    if (extended & 0x40) {
      if (payload.size() < at + 1) return std::nullopt;
      out.numbers.base_at = at;
      out.numbers.base = payload[at++];
    }
    if (extended & 0x30) {
      if (payload.size() < at + 1) return std::nullopt;
      out.layered = extended & 0x20;
      if (out.layered) {
        out.temporal = payload[at] >> 6;
        out.sync = payload[at] & 0x20;
      }
      ++at;
    }
  }
  out.key = out.begins && at < payload.size() && !(payload[at] & 0x01);
  return out;
}

}  // namespace parvis::sfu
