#pragma once
// gzip (RFC 1952) of what is in memory. One compressor's 256 KB serve call after call. Not thread-safe.
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace parvis::proto {

class Gzip {
 public:
  /// 1 (fast) to 9 (small).
  explicit Gzip(int level);
  ~Gzip();
  /// The pieces, one after the other, as one gzip member.
  std::string compress(std::span<const std::string_view> pieces);

 private:
  struct Stream;
  std::unique_ptr<Stream> stream_;
};

/// Unpacks one gzip member. Nothing when it is damaged, cut short or larger than `max_bytes`.
std::optional<std::string> gunzip(std::string_view bytes, size_t max_bytes);

}  // namespace parvis::proto
