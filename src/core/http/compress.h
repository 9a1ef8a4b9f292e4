#pragma once
// Compresses dynamic responses (JSON, text) for clients that accept it. Keeps one compressor's memory between
// calls. Loop thread only: bounded by size, so that a turn stays short (about 15 us per KB).
#include "core/http/request.h"
#include "proto/gzip.h"

namespace parvis::http {

class ResponseCompressor {
 public:
  static constexpr size_t min_bytes = 1 << 10;    // below, the saving is lost in the packet
  static constexpr size_t max_bytes = 512 << 10;  // above, the time on the loop would be felt
  /// Leaves alone: files, streams, partial and already coded responses, types that do not compress.
  void apply(const Request& request, Response& response);

 private:
  static constexpr int level = 4;
  proto::Gzip gzip_{level};
};

}  // namespace parvis::http
