#include "platform/system_fs.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace parvis {

namespace {

Error file_error(int error_number, const char* operation, const std::string& path) {
  std::string detail = std::string(operation) + " " + path + ": " + ::strerrordesc_np(error_number);
  switch (error_number) {
    case ENOENT:
    case ENOTDIR:
      return {reasons::not_found, std::move(detail)};
    case EEXIST:
    case ENOTEMPTY:
      return {reasons::conflict, std::move(detail)};
    case EACCES:
    case EPERM:
    case EROFS:
      return {reasons::forbidden, std::move(detail)};
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return {reasons::storage_full, std::move(detail)};
    case EIO:
      return {reasons::corrupt, std::move(detail)};
    case EMFILE:
    case ENFILE:
    case ENOMEM:
      return {reasons::unavailable, std::move(detail)};
    default:
      return {reasons::internal, std::move(detail)};
  }
}

std::unexpected<Error> failed(const char* operation, const std::string& path) {
  return std::unexpected(file_error(errno, operation, path));
}

std::string parent_of(const std::string& path) {
  size_t slash = path.find_last_of('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

Result<void> sync_names(const std::string& path) {
  int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return failed("open directory", path);
  int synced = ::fsync(descriptor);
  int error_number = errno;
  ::close(descriptor);
  // Some file systems cannot sync a directory and say EINVAL; they order renames themselves.
  if (synced != 0 && error_number != EINVAL) return std::unexpected(file_error(error_number, "fsync", path));
  return {};
}

class SystemFile final : public File {
 public:
  SystemFile(int descriptor, std::string path) : descriptor_(descriptor), path_(std::move(path)) {}
  ~SystemFile() override { ::close(descriptor_); }

  Result<size_t> read_at(uint64_t offset, std::span<uint8_t> into) override {
    for (;;) {
      ssize_t count = ::pread(descriptor_, into.data(), into.size(), static_cast<off_t>(offset));
      if (count >= 0) return static_cast<size_t>(count);
      if (errno != EINTR) return failed("read", path_);
    }
  }

  Result<void> write_at(uint64_t offset, ByteView bytes) override {
    while (!bytes.empty()) {
      ssize_t count = ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
      if (count < 0 && errno != EINTR) return failed("write", path_);
      if (count <= 0) continue;
      bytes = bytes.subspan(static_cast<size_t>(count));
      offset += static_cast<uint64_t>(count);
    }
    return {};
  }

  Result<void> sync() override {
    if (::fdatasync(descriptor_) != 0) return failed("fdatasync", path_);
    return {};
  }

  Result<void> truncate(uint64_t size) override {
    if (::ftruncate(descriptor_, static_cast<off_t>(size)) != 0) return failed("truncate", path_);
    return {};
  }

  Result<uint64_t> size() override {
    struct stat status;
    if (::fstat(descriptor_, &status) != 0) return failed("stat", path_);
    return static_cast<uint64_t>(status.st_size);
  }

  int descriptor() const override { return descriptor_; }

 private:
  int descriptor_;
  std::string path_;
};

}  // namespace

Result<std::unique_ptr<File>> SystemFs::open(const std::string& path) {
  int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return failed("open", path);
  return std::make_unique<SystemFile>(descriptor, path);
}

Result<std::unique_ptr<File>> SystemFs::create(const std::string& path) {
  int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (descriptor < 0) return failed("create", path);
  return std::make_unique<SystemFile>(descriptor, path);
}

Result<std::unique_ptr<File>> SystemFs::update(const std::string& path) {
  int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return failed("open", path);
  return std::make_unique<SystemFile>(descriptor, path);
}

Result<void> SystemFs::sync_directory(const std::string& path) { return sync_names(path); }

Result<void> SystemFs::rename(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return failed("rename", from);
  TRY(sync_names(parent_of(to)));
  if (parent_of(from) != parent_of(to)) TRY(sync_names(parent_of(from)));
  return {};
}

Result<void> SystemFs::remove(const std::string& path) {
  if (::remove(path.c_str()) != 0) return failed("remove", path);
  return {};
}

Result<void> SystemFs::make_directories(const std::string& path) {
  for (size_t slash = path.find('/', 1);; slash = path.find('/', slash + 1)) {
    std::string part = path.substr(0, slash);
    if (::mkdir(part.c_str(), 0700) == 0) {
      TRY(sync_names(parent_of(part)));
    } else if (errno != EEXIST) {
      return failed("mkdir", part);
    }
    if (slash == std::string::npos) break;
  }
  FileStatus found = TRY(status(path));
  if (!found.directory) return fail(reasons::conflict, path + " is a file");
  return {};
}

Result<std::vector<std::string>> SystemFs::list(const std::string& directory) {
  DIR* stream = ::opendir(directory.c_str());
  if (!stream) return failed("list", directory);
  std::vector<std::string> names;
  while (dirent* entry = ::readdir(stream)) {
    std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  ::closedir(stream);
  std::sort(names.begin(), names.end());
  return names;
}

Result<FileStatus> SystemFs::status(const std::string& path) {
  struct stat status;
  if (::stat(path.c_str(), &status) != 0) return failed("stat", path);
  return FileStatus{.size = static_cast<uint64_t>(status.st_size),
                    .modified = {status.st_mtim.tv_sec * 1'000 + status.st_mtim.tv_nsec / 1'000'000},
                    .directory = S_ISDIR(status.st_mode)};
}

Result<uint64_t> SystemFs::free_bytes(const std::string& path) {
  struct statvfs status;
  if (::statvfs(path.c_str(), &status) != 0) return failed("statvfs", path);
  return static_cast<uint64_t>(status.f_bavail) * status.f_frsize;
}

}  // namespace parvis
