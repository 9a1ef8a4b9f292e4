#pragma once
// Copying for backup and restore: blocking, through Fs, sealed by content hashes.
#include <string>

#include "platform/fs.h"

namespace parvis {

/// Copies and syncs; returns the BLAKE2b-256 of what was copied, in hexadecimal.
Result<std::string> copy_file(Fs& fs, const std::string& from, const std::string& to);
Result<std::string> hash_file(Fs& fs, const std::string& path);
Result<void> write_file(Fs& fs, const std::string& path, std::string_view content);

struct BlobsCopied {
  size_t files = 0;
  uint64_t bytes = 0;
};
/// Copies every blob of the directory `from` that `to` has not yet. Each is checked against its name:
/// reasons::corrupt names the first that differs.
Result<BlobsCopied> copy_blobs(Fs& fs, const std::string& from, const std::string& to);

}  // namespace parvis
