#pragma once
// Chunked transfer coding (RFC 9112 section 7.1), incremental and strict: CRLF only, bounded extensions and
// trailers.
#include <cstdint>
#include <span>
#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace parvis::proto {

class ChunkedDecoder {
 public:
  /// Bytes of chunk extensions (all chunks together) and of trailers that are tolerated.
  static constexpr size_t max_extension_bytes = 4 << 10;
  static constexpr size_t max_trailer_bytes = 4 << 10;

  struct Progress {
    size_t consumed = 0;  // of `in`
    size_t produced = 0;  // into `out`
    bool done = false;    // the last chunk and the trailers were read
  };
  /// Decodes what it can. `out` may be the very same memory as `in` (decoding in place): it never runs ahead
  /// of the reading. Stops when `in` is used up, `out` is full, or the body ended; an error is final.
  Result<Progress> decode(ByteView in, std::span<uint8_t> out);

  bool done() const { return state_ == State::done; }
  /// Raw trailer lines ("name: value\r\n"...), syntax checked; usually empty.
  const std::string& trailers() const { return trailers_; }

 private:
  enum class State : uint8_t {
    size_first,
    size,
    extension,
    size_lf,
    data,
    data_cr,
    data_lf,
    trailer,
    trailer_lf,
    end_lf,
    done
  };
  Result<void> control_byte(uint8_t byte);
  Result<void> size_byte(uint8_t byte);
  Result<void> extension_byte(uint8_t byte);
  Result<void> trailer_byte(uint8_t byte);

  uint64_t left_ = 0;  // of the current chunk
  size_t extension_bytes_ = 0;
  size_t line_start_ = 0;  // of the current trailer, in trailers_
  State state_ = State::size_first;
  uint8_t digits_ = 0;
  std::string trailers_;
};

/// Appends "<size in hex>\r\n"; the chunk's data and "\r\n" follow.
void append_chunk_head(std::string& out, uint64_t size);
inline constexpr std::string_view last_chunk = "0\r\n\r\n";

}  // namespace parvis::proto
