#pragma once
// gzip (RFC 1952) of what is in memory. One compressor's 256 KB serve call after call. Not thread-safe.
#include <memory>
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

}  // namespace parvis::proto
