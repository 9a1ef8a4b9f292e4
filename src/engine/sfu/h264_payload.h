#pragma once
// Where key frames begin in H.264 payloads (RFC 6184: single NAL unit, STAP-A, FU-A).
#include <cstdint>

#include "base/bytes.h"

namespace parvis::sfu {

enum class H264Start : uint8_t {
  none,
  bare,     // an IDR picture whose parameter sets did not come in this packet
  complete  // parameter sets, which the IDR picture follows
};

inline H264Start h264_start(ByteView payload) {
  constexpr uint8_t idr = 5, sps = 7, stap_a = 24, fu_a = 28, type_bits = 0x1f;
  if (payload.empty()) return H264Start::none;
  auto of = [](uint8_t type) {
    return type == sps ? H264Start::complete : type == idr ? H264Start::bare : H264Start::none;
  };
  uint8_t type = payload[0] & type_bits;
  if (type == fu_a) {
    bool first = payload.size() > 1 && payload[1] & 0x80;
    return first ? of(payload[1] & type_bits) : H264Start::none;
  }
  if (type != stap_a) return of(type);
  H264Start out = H264Start::none;
  for (size_t at = 1; at + 2 < payload.size();) {
    size_t length = static_cast<size_t>(payload[at]) << 8 | payload[at + 1];
    H264Start unit = of(payload[at + 2] & type_bits);
    if (length == 0 || at + 2 + length > payload.size()) return H264Start::none;
    if (unit > out) out = unit;
    at += 2 + length;
  }
  return out;
}

}  // namespace parvis::sfu
