#pragma once
// Files, for blobs and configuration. Blocking: called from Executor threads (or at start-up). The
// simulator's implementation loses what was not synced when the machine "dies".
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"

namespace parvis {

class File {
 public:
  virtual ~File() = default;
  virtual Result<size_t> read_at(uint64_t offset, std::span<uint8_t> into) = 0;  // 0 at the end
  virtual Result<void> write_at(uint64_t offset, ByteView bytes) = 0;  // all or an error (storage_full)
  virtual Result<void> sync() = 0;
  virtual Result<void> truncate(uint64_t size) = 0;
  virtual Result<uint64_t> size() = 0;
  /// For sendfile; -1 when the file is not a real one.
  virtual int descriptor() const = 0;
};

struct FileStatus {
  uint64_t size = 0;
  Instant modified;
  bool directory = false;
};

class Fs {
 public:
  virtual ~Fs() = default;
  virtual Result<std::unique_ptr<File>> open(const std::string& path) = 0;    // read only
  virtual Result<std::unique_ptr<File>> create(const std::string& path) = 0;  // read-write, truncates
  virtual Result<std::unique_ptr<File>> update(
      const std::string& path) = 0;  // read-write, created when absent
  virtual Result<void> rename(const std::string& from,
                              const std::string& to) = 0;  // durable: syncs the directory
  virtual Result<void> remove(const std::string& path) = 0;
  /// Makes the names in it durable: of files created or removed.
  virtual Result<void> sync_directory(const std::string& path) = 0;
  virtual Result<void> make_directories(const std::string& path) = 0;
  virtual Result<std::vector<std::string>> list(const std::string& directory) = 0;
  virtual Result<FileStatus> status(const std::string& path) = 0;
  virtual Result<uint64_t> free_bytes(const std::string& path) = 0;
};

}  // namespace parvis
