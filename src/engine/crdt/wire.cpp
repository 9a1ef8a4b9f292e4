#include "engine/crdt/wire.h"

namespace parvis::crdt {

uint64_t Reader::varuint_long() {
  uint64_t value = 0;
  for (int shift = 0; at_ != end_; shift += 7) {
    uint8_t group = *at_++;
    // The ninth byte would start at bit 56, and 53 bits is all a number may have.
    if (shift > 49) break;
    value |= static_cast<uint64_t>(group & 0x7f) << shift;
    if (group < 0x80) {
      if (value > max_safe_integer) break;
      return value;
    }
  }
  fail();
  return 0;
}

SignedInt Reader::varint() {
  uint8_t first = byte();
  SignedInt result{static_cast<uint64_t>(first & 0x3f), (first & 0x40) != 0};
  if (first < 0x80) return result;
  for (int shift = 6; at_ != end_; shift += 7) {
    uint8_t group = *at_++;
    // Bodies such as "difference * 2 + 1" may need one bit more than a clock.
    if (shift > 55) break;
    result.magnitude |= static_cast<uint64_t>(group & 0x7f) << shift;
    if (group < 0x80) return result;
  }
  fail();
  return {};
}

void Writer::varint(SignedInt value) {
  uint64_t magnitude = value.magnitude;
  byte(
      static_cast<uint8_t>((magnitude > 0x3f ? 0x80 : 0) | (value.negative ? 0x40 : 0) | (magnitude & 0x3f)));
  magnitude >>= 6;
  while (magnitude > 0) {
    byte(static_cast<uint8_t>((magnitude > 0x7f ? 0x80 : 0) | (magnitude & 0x7f)));
    magnitude >>= 7;
  }
}

}  // namespace parvis::crdt
