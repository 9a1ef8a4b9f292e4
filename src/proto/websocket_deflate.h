#pragma once
// permessage-deflate (RFC 7692) without context takeover: every message stands alone, so one compressor
// serves all connections and an idle connection holds no window. Not thread-safe. Owner of <zlib.h> for
// WebSockets.
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace parvis::proto {

/// Looks for an acceptable offer in Sec-WebSocket-Extensions; returns the response header's value, or nullopt
/// (the connection then goes on uncompressed). Offers that demand a server window under 15 bits are passed
/// over.
std::optional<std::string> negotiate_deflate(std::string_view extensions);

class MessageDeflate {
 public:
  /// A message may grow by this factor at most, beyond a free allowance; honest JSON stays far below.
  static constexpr size_t max_ratio = 200;
  static constexpr size_t free_bytes = 64 << 10;

  MessageDeflate();
  ~MessageDeflate();
  MessageDeflate(const MessageDeflate&) = delete;

  std::string compress(std::string_view message);
  /// The error is a close code: invalid_data for a broken stream, too_big past `max_bytes` or the ratio.
  std::expected<std::string, uint16_t> inflate(std::string_view compressed, size_t max_bytes);

 private:
  struct Streams;
  std::unique_ptr<Streams> streams_;
};

}  // namespace parvis::proto
