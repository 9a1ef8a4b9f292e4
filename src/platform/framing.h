#pragma once
// Packets over a byte stream, each behind its length in two bytes (RFC 4571). No I/O, owns nothing.
#include <cstdint>
#include <optional>
#include <span>

namespace parvis {

inline constexpr size_t frame_header_bytes = 2;
inline constexpr size_t max_frame_bytes = 2'048;  // as of a datagram; longer ones are no media

/// Takes frames from the front of `bytes`.
class FrameReader {
 public:
  explicit FrameReader(std::span<uint8_t> bytes) : rest_(bytes) {}
  /// The next whole frame, where it lies; none when the rest is less than one, or too long to become one.
  /// Empty frames are skipped.
  std::optional<std::span<uint8_t>> next() {
    while (rest_.size() >= frame_header_bytes) {
      size_t length = size_t{rest_[0]} << 8 | rest_[1];
      too_long_ = length > max_frame_bytes;
      if (too_long_ || rest_.size() < frame_header_bytes + length) return std::nullopt;
      auto frame = rest_.subspan(frame_header_bytes, length);
      rest_ = rest_.subspan(frame_header_bytes + length);
      if (!frame.empty()) return frame;
    }
    return std::nullopt;
  }
  bool too_long() const { return too_long_; }
  /// What begins the next frame; shorter than frame_header_bytes + max_frame_bytes once next() had nothing.
  std::span<uint8_t> rest() const { return rest_; }

 private:
  std::span<uint8_t> rest_;
  bool too_long_ = false;
};

}  // namespace parvis
