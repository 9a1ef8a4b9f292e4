#pragma once
// SQLite's files through Env's Fs: the same database runs on the simulator's disk, which loses what was not
// synced. One thread only; the shared index of the log lives in this object, as it lives in one process.
#include <sqlite3.h>

#include <map>
#include <memory>
#include <string>

#include "platform/env.h"

namespace parvis::store {

class FsVfs {
 public:
  /// Registers itself under a name of its own; unregisters when destroyed, after every connection that uses
  /// it.
  explicit FsVfs(Env& env);
  ~FsVfs();
  FsVfs(const FsVfs&) = delete;
  const std::string& name() const { return name_; }

  struct Shared;  // what the connections of one database file share
  struct Open;    // an open file, as SQLite sees it

 private:
  friend struct VfsCalls;
  Env& env_;
  std::string name_;
  sqlite3_vfs vfs_{};
  std::map<std::string, std::shared_ptr<Shared>> shared_;
};

}  // namespace parvis::store
