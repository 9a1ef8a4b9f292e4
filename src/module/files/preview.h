#pragma once
// Lighter pictures of files, so that nobody downloads an original to see what it is. Made on first demand by
// a confined child process, kept as blobs beside the originals.
#include <string_view>

#include "module/files/api.h"

namespace parvis {

/// Raster images; heavier than a preview is worth.
bool has_preview(const FileRecord& file);

/// One of a few sizes, so that few variants are kept: 320 (lists), 800 (messages), 1600 (full width).
int preview_pixels(std::string_view asked);

}  // namespace parvis
