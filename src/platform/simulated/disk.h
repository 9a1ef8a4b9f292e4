#pragma once
// The simulator's disk: what was not synced may be lost at a crash, in any mixture of 512-byte sectors; it
// can be full and can fail. SimulatedDisk outlives the machine's crashes; SimulatedFs is the Fs that product
// code sees.
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "platform/env.h"
#include "platform/simulated/dice.h"

namespace parvis::simulated {

class SimulatedDisk {
 public:
  static constexpr size_t sector_bytes = 512;

  explicit SimulatedDisk(Dice dice) : dice_(dice) {}

  /// Bytes that all files may hold together.
  void set_capacity(uint64_t bytes) { capacity_ = bytes; }
  uint64_t used() const;
  /// The operation after the next `count` ones fails with reasons::corrupt (an I/O error), once.
  void fail_after(uint64_t count) { fail_at_ = operations_ + count; }
  /// After the next `count` operations every one fails with reasons::unavailable, as on a machine that has
  /// lost power: call crash() then.
  void cut_power_after(uint64_t count) { cut_at_ = operations_ + count; }
  bool power_cut() const { return operations_ > cut_at_; }
  uint64_t operations() const { return operations_; }
  /// Power is cut: unsynced writes survive sector by sector as chance has it, unsynced names too.
  void crash();

 private:
  friend class SimulatedFs;
  friend class SimulatedFile;

  struct Inode {
    std::string now;
    std::string durable;
    Instant modified;
    bool directory = false;
  };
  using InodePointer = std::shared_ptr<Inode>;  // by names, durable names and open files
  using Names = std::map<std::string, InodePointer>;

  Result<void> count_operation();
  void survive(Inode& inode);
  void sync_directory(const std::string& directory);
  InodePointer find(const std::string& path) const;

  Dice dice_;
  Names names_;
  Names durable_names_;
  uint64_t capacity_ = UINT64_MAX;
  uint64_t operations_ = 0;
  uint64_t fail_at_ = UINT64_MAX;
  uint64_t cut_at_ = UINT64_MAX;
};

class SimulatedFs final : public Fs {
 public:
  SimulatedFs(SimulatedDisk& disk, Clock& clock) : disk_(disk), clock_(clock) {}

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

 private:
  SimulatedDisk& disk_;
  Clock& clock_;
};

}  // namespace parvis::simulated
