#include "platform/simulated/disk.h"

#include <algorithm>
#include <cstring>
#include <set>

namespace parvis::simulated {

namespace {

std::string parent_of(const std::string& path) {
  size_t slash = path.find_last_of('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

}  // namespace

uint64_t SimulatedDisk::used() const {
  uint64_t total = 0;
  for (auto& [path, inode] : names_) total += inode->now.size();
  return total;
}

Result<void> SimulatedDisk::count_operation() {
  if (operations_ >= cut_at_) {
    ++operations_;
    return fail(reasons::unavailable, "simulated power cut");
  }
  if (operations_++ == fail_at_) return fail(reasons::corrupt, "simulated I/O error");
  return {};
}

SimulatedDisk::InodePointer SimulatedDisk::find(const std::string& path) const {
  auto found = names_.find(path);
  return found == names_.end() ? nullptr : found->second;
}

void SimulatedDisk::sync_directory(const std::string& directory) {
  std::erase_if(durable_names_, [&](auto& entry) { return parent_of(entry.first) == directory; });
  for (auto& entry : names_) {
    if (parent_of(entry.first) == directory) durable_names_.insert(entry);
  }
}

void SimulatedDisk::survive(Inode& inode) {
  // The length is metadata of its own: the old one or the new one.
  size_t size = dice_.chance(0.5) ? inode.now.size() : inode.durable.size();
  std::string left(size, '\0');
  for (size_t at = 0; at < size; at += sector_bytes) {
    const std::string& source = dice_.chance(0.5) ? inode.now : inode.durable;
    if (at < source.size())
      std::memcpy(left.data() + at, source.data() + at,
                  std::min({sector_bytes, source.size() - at, size - at}));
  }
  inode.now = inode.durable = std::move(left);
}

void SimulatedDisk::crash() {
  std::set<std::string> paths;
  for (auto& entry : names_) paths.insert(entry.first);
  for (auto& entry : durable_names_) paths.insert(entry.first);
  Names left;
  for (auto& path : paths) {
    const Names& source = dice_.chance(0.5) ? names_ : durable_names_;
    if (auto found = source.find(path); found != source.end()) left.insert(*found);
  }
  std::set<const Inode*> seen;
  for (auto& [path, inode] : left) {
    if (seen.insert(inode.get()).second && inode->now != inode->durable) survive(*inode);
  }
  names_ = durable_names_ = std::move(left);
  fail_at_ = cut_at_ = UINT64_MAX;
}

class SimulatedFile final : public File {
 public:
  SimulatedFile(SimulatedDisk& disk, Clock& clock, SimulatedDisk::InodePointer inode)
      : disk_(disk), clock_(clock), inode_(std::move(inode)) {}

  Result<size_t> read_at(uint64_t offset, std::span<uint8_t> into) override {
    TRY(disk_.count_operation());
    if (offset >= inode_->now.size()) return 0;
    size_t count = std::min<size_t>(into.size(), inode_->now.size() - offset);
    std::memcpy(into.data(), inode_->now.data() + offset, count);
    return count;
  }

  Result<void> write_at(uint64_t offset, ByteView bytes) override {
    TRY(disk_.count_operation());
    uint64_t end = offset + bytes.size();
    if (end > inode_->now.size()) {
      if (disk_.used() + (end - inode_->now.size()) > disk_.capacity_) return fail(reasons::storage_full);
      inode_->now.resize(end);
    }
    std::memcpy(inode_->now.data() + offset, bytes.data(), bytes.size());
    inode_->modified = clock_.now();
    return {};
  }

  Result<void> sync() override {
    TRY(disk_.count_operation());
    inode_->durable = inode_->now;
    return {};
  }
  Result<void> truncate(uint64_t size) override {
    TRY(disk_.count_operation());
    inode_->now.resize(size);
    inode_->modified = clock_.now();
    return {};
  }
  Result<uint64_t> size() override { return inode_->now.size(); }
  int descriptor() const override { return -1; }

 private:
  SimulatedDisk& disk_;
  Clock& clock_;
  SimulatedDisk::InodePointer inode_;
};

Result<std::unique_ptr<File>> SimulatedFs::open(const std::string& path) {
  TRY(disk_.count_operation());
  auto inode = disk_.find(path);
  if (!inode || inode->directory) return fail(reasons::not_found, path);
  return std::make_unique<SimulatedFile>(disk_, clock_, std::move(inode));
}

Result<std::unique_ptr<File>> SimulatedFs::create(const std::string& path) {
  TRY(disk_.count_operation());
  std::string parent = parent_of(path);
  if (!parent.empty() && !disk_.find(parent)) return fail(reasons::not_found, parent);
  auto& inode = disk_.names_[path];
  if (inode && inode->directory) return fail(reasons::conflict, path);
  if (!inode) inode = std::make_shared<SimulatedDisk::Inode>();
  inode->now.clear();
  inode->modified = clock_.now();
  return std::make_unique<SimulatedFile>(disk_, clock_, inode);
}

Result<std::unique_ptr<File>> SimulatedFs::update(const std::string& path) {
  if (!disk_.find(path)) return create(path);
  return open(path);
}

Result<void> SimulatedFs::sync_directory(const std::string& path) {
  TRY(disk_.count_operation());
  disk_.sync_directory(path);
  return {};
}

Result<void> SimulatedFs::rename(const std::string& from, const std::string& to) {
  TRY(disk_.count_operation());
  auto inode = disk_.find(from);
  if (!inode) return fail(reasons::not_found, from);
  disk_.names_.erase(from);
  disk_.names_[to] = std::move(inode);
  disk_.sync_directory(parent_of(to));
  disk_.sync_directory(parent_of(from));
  return {};
}

Result<void> SimulatedFs::remove(const std::string& path) {
  TRY(disk_.count_operation());
  if (!disk_.find(path)) return fail(reasons::not_found, path);
  auto next = disk_.names_.upper_bound(path + "/");
  if (next != disk_.names_.end() && next->first.starts_with(path + "/")) return fail(reasons::conflict, path);
  disk_.names_.erase(path);
  return {};
}

Result<void> SimulatedFs::make_directories(const std::string& path) {
  TRY(disk_.count_operation());
  for (size_t slash = path.find('/', 1);; slash = path.find('/', slash + 1)) {
    std::string part = path.substr(0, slash);
    auto& inode = disk_.names_[part];
    if (inode && !inode->directory) return fail(reasons::conflict, part + " is a file");
    if (!inode) {
      inode = std::make_shared<SimulatedDisk::Inode>();
      inode->directory = true;
      disk_.durable_names_[part] = inode;
    }
    if (slash == std::string::npos) return {};
  }
}

Result<std::vector<std::string>> SimulatedFs::list(const std::string& directory) {
  TRY(disk_.count_operation());
  auto inode = disk_.find(directory);
  if (!inode || !inode->directory) return fail(reasons::not_found, directory);
  std::vector<std::string> names;
  for (auto& entry : disk_.names_) {
    if (parent_of(entry.first) == directory) names.push_back(entry.first.substr(directory.size() + 1));
  }
  return names;
}

Result<FileStatus> SimulatedFs::status(const std::string& path) {
  TRY(disk_.count_operation());
  auto inode = disk_.find(path);
  if (!inode) return fail(reasons::not_found, path);
  return FileStatus{.size = inode->now.size(), .modified = inode->modified, .directory = inode->directory};
}

Result<uint64_t> SimulatedFs::free_bytes(const std::string&) {
  return disk_.capacity_ - std::min(disk_.capacity_, disk_.used());
}

}  // namespace parvis::simulated
