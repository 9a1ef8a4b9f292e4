#pragma once
// Primitives of the lib0 encoding: a reader that fails sticky and a writer. Internal to the engine.
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/bytes.h"

namespace parvis::crdt {

inline constexpr uint64_t max_safe_integer = (uint64_t{1} << 53) - 1;

/// A signed variable-length integer keeps its sign apart from its magnitude: minus zero exists.
struct SignedInt {
  uint64_t magnitude = 0;
  bool negative = false;
};

/// Reads past the end, or an over-long number, set failed() for good; every value read from then on is 0 or
/// empty. Callers check failed() once per record, and in every loop whose count came from the peer.
class Reader {
 public:
  Reader() = default;
  explicit Reader(ByteView bytes) : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  bool failed() const { return failed_; }
  bool at_end() const { return at_ == end_; }
  size_t remaining() const { return static_cast<size_t>(end_ - at_); }
  const uint8_t* position() const { return at_; }
  void fail() {
    failed_ = true;
    at_ = end_;
  }

  uint8_t byte() {
    if (at_ == end_) [[unlikely]] {
      fail();
      return 0;
    }
    return *at_++;
  }
  uint8_t peek() const { return at_ == end_ ? 0 : *at_; }

  uint64_t varuint() {
    if (at_ != end_ && *at_ < 0x80) [[likely]]
      return *at_++;
    return varuint_long();
  }
  SignedInt varint();

  ByteView bytes(uint64_t count) {
    if (count > remaining()) [[unlikely]] {
      fail();
      return {};
    }
    ByteView view(at_, static_cast<size_t>(count));
    at_ += count;
    return view;
  }
  ByteView varbytes() { return bytes(varuint()); }
  /// Not validated as UTF-8.
  std::string_view varstring() { return as_text(varbytes()); }
  ByteView rest() { return bytes(remaining()); }

  uint64_t big_endian64() {
    auto view = bytes(8);
    if (view.empty()) return 0;
    uint64_t value;
    std::memcpy(&value, view.data(), 8);
    return std::byteswap(value);
  }
  uint32_t big_endian32() {
    auto view = bytes(4);
    if (view.empty()) return 0;
    uint32_t value;
    std::memcpy(&value, view.data(), 4);
    return std::byteswap(value);
  }

 private:
  uint64_t varuint_long();

  const uint8_t* at_ = nullptr;
  const uint8_t* end_ = nullptr;
  bool failed_ = false;
};

/// Appends to a byte vector it does not own.
class Writer {
 public:
  explicit Writer(Bytes& out) : out_(out) {}

  void byte(uint8_t value) { out_.push_back(value); }
  void varuint(uint64_t value) {
    while (value >= 0x80) {
      out_.push_back(static_cast<uint8_t>(value | 0x80));
      value >>= 7;
    }
    out_.push_back(static_cast<uint8_t>(value));
  }
  void varint(SignedInt value);
  void bytes(ByteView view) { out_.insert(out_.end(), view.begin(), view.end()); }
  void varbytes(ByteView view) {
    varuint(view.size());
    bytes(view);
  }
  void varstring(std::string_view text) { varbytes(as_bytes(text)); }
  void big_endian64(uint64_t value) {
    value = std::byteswap(value);
    bytes({reinterpret_cast<const uint8_t*>(&value), 8});
  }
  void big_endian32(uint32_t value) {
    value = std::byteswap(value);
    bytes({reinterpret_cast<const uint8_t*>(&value), 4});
  }
  /// For counts known only after what they count is written.
  void insert_varuint(size_t offset, uint64_t value) {
    Bytes encoded;
    Writer(encoded).varuint(value);
    out_.insert(out_.begin() + static_cast<ptrdiff_t>(offset), encoded.begin(), encoded.end());
  }
  Bytes& out() { return out_; }

 private:
  Bytes& out_;
};

}  // namespace parvis::crdt
