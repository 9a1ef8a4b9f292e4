#pragma once
// Lighter pictures of files, so that nobody downloads an original to see what it is. Made on first demand by
// a confined child process (hostile image formats stay out of ours), kept as blobs beside the originals. Loop
// thread only.
#include <string_view>

#include "module/files/api.h"
#include "platform/async_mutex.h"

namespace parvis {

/// Below, the original is light enough; above, reading it would cost more than it shows.
inline constexpr uint64_t min_preview_source_bytes = 40'000;
inline constexpr uint64_t max_preview_source_bytes = uint64_t{32} << 20;

/// A raster picture worth a preview.
bool has_preview(const FileRecord& file);

/// One of a few sizes, so that few variants are kept: 320 (lists), 800 (messages), 1600 (full width).
int preview_pixels(std::string_view asked);

class Previews {
 public:
  explicit Previews(Context& context) : context_(context) {}

  /// The WebP picture whose longest side is `pixels` at most; file_reasons::no_preview when it cannot be
  /// made.
  Task<Result<store::Blobs::Stored>> get(FileRecord file, int pixels);
  /// Drops what was made of a blob that leaves, inside the same transaction.
  Result<void> forget(store::Transaction& transaction, std::string_view source);

 private:
  Task<Result<store::Blobs::Stored>> make(FileRecord file, int pixels);

  Context& context_;
  AsyncMutex making_;  // one at a time: pictures are CPU, and people come first
};

}  // namespace parvis
