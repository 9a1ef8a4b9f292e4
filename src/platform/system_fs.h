#pragma once
#include "platform/fs.h"

namespace parvis {

/// Files of the machine (POSIX). Any thread.
class SystemFs final : public Fs {
 public:
  Result<std::unique_ptr<File>> open(const std::string& path) override;
  Result<std::unique_ptr<File>> create(const std::string& path) override;
  Result<std::unique_ptr<File>> update(const std::string& path) override;
  Result<void> rename(const std::string& from, const std::string& to) override;
  Result<void> remove(const std::string& path) override;
  Result<void> sync_directory(const std::string& path) override;
  Result<void> make_directories(const std::string& path) override;
  Result<std::vector<std::string>> list(const std::string& directory) override;
  Result<FileStatus> status(const std::string& path) override;
  Result<uint64_t> free_bytes(const std::string& path) override;
};

}  // namespace parvis
