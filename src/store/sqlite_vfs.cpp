#include "store/sqlite_vfs.h"

#include <array>
#include <cstring>
#include <vector>

#include "base/check.h"

namespace parvis::store {

struct FsVfs::Shared {
  // The database file's lock (rollback mode and the switch to WAL): readers, and at most one above them.
  int readers = 0;
  const void* reserved = nullptr;
  const void* pending = nullptr;
  const void* exclusive = nullptr;
  // The log's index.
  static constexpr size_t region_bytes = 32 << 10;
  std::vector<std::unique_ptr<std::array<uint8_t, region_bytes>>> regions;
  std::array<int, SQLITE_SHM_NLOCK> shm_shared{};
  std::array<const void*, SQLITE_SHM_NLOCK> shm_exclusive{};
};

struct FsVfs::Open {
  sqlite3_file base;  // first: SQLite knows the struct by it
  FsVfs* vfs;
  std::unique_ptr<File> file;
  std::string path;
  std::shared_ptr<Shared> shared;
  int lock = SQLITE_LOCK_NONE;
  std::array<bool, SQLITE_SHM_NLOCK> shm_held{};
  bool name_is_new = false;  // the first sync makes the name durable too
  bool delete_on_close = false;
};

namespace {

FsVfs::Open& as_open(sqlite3_file* file) { return *reinterpret_cast<FsVfs::Open*>(file); }

std::string parent_of(const std::string& path) {
  size_t slash = path.find_last_of('/');
  return slash == std::string::npos ? "." : path.substr(0, slash);
}

int code_of(const Result<void>& outcome, int otherwise) {
  if (outcome) return SQLITE_OK;
  return outcome.error().code() == Code::storage_full ? SQLITE_FULL : otherwise;
}

// Connections of a machine that has lost power are closed, which must not write any more.
bool no_power() { return SpawnGroup::tearing_down(); }

int file_read(sqlite3_file* file, void* into, int size, sqlite3_int64 offset) {
  std::span<uint8_t> left(static_cast<uint8_t*>(into), static_cast<size_t>(size));
  while (!left.empty()) {
    auto count = as_open(file).file->read_at(static_cast<uint64_t>(offset), left);
    if (!count) return SQLITE_IOERR_READ;
    if (*count == 0) {
      std::memset(left.data(), 0, left.size());
      return SQLITE_IOERR_SHORT_READ;
    }
    left = left.subspan(*count);
    offset += static_cast<sqlite3_int64>(*count);
  }
  return SQLITE_OK;
}

int file_write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
  if (no_power()) return SQLITE_IOERR_WRITE;
  ByteView view(static_cast<const uint8_t*>(bytes), static_cast<size_t>(size));
  return code_of(as_open(file).file->write_at(static_cast<uint64_t>(offset), view), SQLITE_IOERR_WRITE);
}

int file_truncate(sqlite3_file* file, sqlite3_int64 size) {
  if (no_power()) return SQLITE_IOERR_TRUNCATE;
  return code_of(as_open(file).file->truncate(static_cast<uint64_t>(size)), SQLITE_IOERR_TRUNCATE);
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  auto found = as_open(file).file->size();
  if (!found) return SQLITE_IOERR_FSTAT;
  *size = static_cast<sqlite3_int64>(*found);
  return SQLITE_OK;
}

int file_lock(sqlite3_file* file, int level) {
  FsVfs::Open& open = as_open(file);
  FsVfs::Shared& shared = *open.shared;
  auto held_by_other = [&](const void* holder) { return holder && holder != &open; };
  if (level <= open.lock) return SQLITE_OK;
  if (level == SQLITE_LOCK_SHARED) {
    if (held_by_other(shared.pending) || held_by_other(shared.exclusive)) return SQLITE_BUSY;
    ++shared.readers;
  } else if (level == SQLITE_LOCK_RESERVED) {
    if (held_by_other(shared.reserved) || held_by_other(shared.pending)) return SQLITE_BUSY;
    shared.reserved = &open;
  } else {
    if (held_by_other(shared.pending) || held_by_other(shared.exclusive)) return SQLITE_BUSY;
    shared.pending = &open;
    if (shared.readers > 1) return SQLITE_BUSY;
    shared.exclusive = &open;
  }
  open.lock = level;
  return SQLITE_OK;
}

int file_unlock(sqlite3_file* file, int level) {
  FsVfs::Open& open = as_open(file);
  FsVfs::Shared& shared = *open.shared;
  for (const void** holder : {&shared.reserved, &shared.pending, &shared.exclusive}) {
    if (*holder == &open) *holder = nullptr;
  }
  if (level == SQLITE_LOCK_NONE && open.lock >= SQLITE_LOCK_SHARED) --shared.readers;
  open.lock = std::min(open.lock, level);
  return SQLITE_OK;
}

int file_check_reserved(sqlite3_file* file, int* out) {
  FsVfs::Shared& shared = *as_open(file).shared;
  *out = shared.reserved || shared.pending || shared.exclusive;
  return SQLITE_OK;
}

int file_control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int sector_size(sqlite3_file*) { return 512; }
// As the system's VFS promises on every disk of today: a torn write harms no byte outside of it.
int device_characteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

int shm_map(sqlite3_file* file, int region, int size, int extend, void volatile** out) {
  auto& regions = as_open(file).shared->regions;
  CHECK(size == static_cast<int>(FsVfs::Shared::region_bytes));
  auto index = static_cast<size_t>(region);
  *out = nullptr;
  if (index >= regions.size() && !extend) return SQLITE_OK;
  while (index >= regions.size()) {
    regions.push_back(std::make_unique<std::array<uint8_t, FsVfs::Shared::region_bytes>>());
  }
  *out = regions[index]->data();
  return SQLITE_OK;
}

void shm_release(FsVfs::Open& open, size_t slot) {
  FsVfs::Shared& shared = *open.shared;
  if (shared.shm_exclusive[slot] == &open) {
    shared.shm_exclusive[slot] = nullptr;
  } else if (open.shm_held[slot]) {
    --shared.shm_shared[slot];
  }
  open.shm_held[slot] = false;
}

int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
  FsVfs::Open& open = as_open(file);
  FsVfs::Shared& shared = *open.shared;
  auto first = static_cast<size_t>(offset), end = first + static_cast<size_t>(count);
  for (size_t slot = first; slot < end && (flags & SQLITE_SHM_LOCK); ++slot) {
    bool other_writes = shared.shm_exclusive[slot] && shared.shm_exclusive[slot] != &open;
    bool others_read = shared.shm_shared[slot] > (open.shm_held[slot] ? 1 : 0);
    if (other_writes || ((flags & SQLITE_SHM_EXCLUSIVE) && others_read)) return SQLITE_BUSY;
  }
  for (size_t slot = first; slot < end; ++slot) {
    if (flags & SQLITE_SHM_UNLOCK) {
      shm_release(open, slot);
    } else if (!open.shm_held[slot]) {
      open.shm_held[slot] = true;
      if (flags & SQLITE_SHM_EXCLUSIVE) {
        shared.shm_exclusive[slot] = &open;
      } else {
        ++shared.shm_shared[slot];
      }
    }
  }
  return SQLITE_OK;
}

void shm_barrier(sqlite3_file*) {}

int shm_unmap(sqlite3_file* file, int remove) {
  FsVfs::Open& open = as_open(file);
  for (size_t slot = 0; slot < SQLITE_SHM_NLOCK; ++slot) shm_release(open, slot);
  if (remove) open.shared->regions.clear();
  return SQLITE_OK;
}

}  // namespace

// The calls that reach into FsVfs itself.
struct VfsCalls {
  static FsVfs& of(sqlite3_vfs* vfs) { return *static_cast<FsVfs*>(vfs->pAppData); }

  static int file_sync(sqlite3_file* file, int) {
    FsVfs::Open& open = as_open(file);
    if (no_power()) return SQLITE_IOERR_FSYNC;
    auto synced = open.file->sync();
    if (synced && open.name_is_new) {
      synced = open.vfs->env_.fs.sync_directory(parent_of(open.path));
      if (synced) open.name_is_new = false;
    }
    return code_of(synced, SQLITE_IOERR_FSYNC);
  }

  static int file_close(sqlite3_file* file) {
    FsVfs::Open& open = as_open(file);
    file_unlock(file, SQLITE_LOCK_NONE);
    if (open.delete_on_close && !no_power()) static_cast<void>(open.vfs->env_.fs.remove(open.path));
    open.~Open();
    return SQLITE_OK;
  }

  static int open(sqlite3_vfs* vfs, sqlite3_filename name, sqlite3_file* out, int flags, int* out_flags) {
    static const sqlite3_io_methods methods = {2,
                                               file_close,
                                               file_read,
                                               file_write,
                                               file_truncate,
                                               file_sync,
                                               file_size,
                                               file_lock,
                                               file_unlock,
                                               file_check_reserved,
                                               file_control,
                                               sector_size,
                                               device_characteristics,
                                               shm_map,
                                               shm_lock,
                                               shm_barrier,
                                               shm_unmap,
                                               nullptr,
                                               nullptr};
    out->pMethods = nullptr;
    if (!name || no_power()) return SQLITE_CANTOPEN;
    FsVfs& self = of(vfs);
    std::string path(name);
    bool existed = self.env_.fs.status(path).has_value();
    if (!existed && !(flags & SQLITE_OPEN_CREATE)) return SQLITE_CANTOPEN;
    auto file = self.env_.fs.update(path);
    if (!file) return file.error().code() == Code::storage_full ? SQLITE_FULL : SQLITE_CANTOPEN;
    auto& shared = self.shared_[path];
    if (!shared) shared = std::make_shared<FsVfs::Shared>();
    bool log = flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL);
    new (out) FsVfs::Open{.base = {&methods},
                          .vfs = &self,
                          .file = std::move(*file),
                          .path = path,
                          .shared = shared,
                          .name_is_new = !existed && log,
                          .delete_on_close = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0};
    if (out_flags) *out_flags = flags;
    return SQLITE_OK;
  }

  static int remove(sqlite3_vfs* vfs, const char* name, int sync_names) {
    Fs& fs = of(vfs).env_.fs;
    if (no_power()) return SQLITE_IOERR_DELETE;
    auto removed = fs.remove(name);
    if (!removed)
      return removed.error().code() == Code::not_found ? SQLITE_IOERR_DELETE_NOENT : SQLITE_IOERR_DELETE;
    if (sync_names) return code_of(fs.sync_directory(parent_of(name)), SQLITE_IOERR_DIR_FSYNC);
    return SQLITE_OK;
  }

  static int access(sqlite3_vfs* vfs, const char* name, int, int* out) {
    auto status = of(vfs).env_.fs.status(name);
    if (!status && status.error().code() != Code::not_found) return SQLITE_IOERR_ACCESS;
    *out = status.has_value();
    return SQLITE_OK;
  }

  static int full_path(sqlite3_vfs*, const char* name, int size, char* out) {
    sqlite3_snprintf(size, out, "%s", name);
    return SQLITE_OK;
  }

  static int randomness(sqlite3_vfs* vfs, int size, char* out) {
    of(vfs).env_.random.fill({reinterpret_cast<uint8_t*>(out), static_cast<size_t>(size)});
    return size;
  }

  static int sleep(sqlite3_vfs*, int microseconds) { return microseconds; }

  static int current_time(sqlite3_vfs* vfs, sqlite3_int64* julian_ms) {
    constexpr sqlite3_int64 unix_epoch_julian_ms = 210'866'760'000'000;
    *julian_ms = unix_epoch_julian_ms + of(vfs).env_.clock.now().ms;
    return SQLITE_OK;
  }
};

FsVfs::FsVfs(Env& env) : env_(env) {
  static int count = 0;
  name_ = "parvis-fs-" + std::to_string(++count);
  vfs_.iVersion = 2;
  vfs_.szOsFile = sizeof(Open);
  vfs_.mxPathname = 512;
  vfs_.zName = name_.c_str();
  vfs_.pAppData = this;
  vfs_.xOpen = VfsCalls::open;
  vfs_.xDelete = VfsCalls::remove;
  vfs_.xAccess = VfsCalls::access;
  vfs_.xFullPathname = VfsCalls::full_path;
  vfs_.xRandomness = VfsCalls::randomness;
  vfs_.xSleep = VfsCalls::sleep;
  vfs_.xCurrentTimeInt64 = VfsCalls::current_time;
  CHECK(sqlite3_vfs_register(&vfs_, 0) == SQLITE_OK);
  // The log's salts come from SQLite's own generator: a seed replays to the byte.
  sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SEED, static_cast<int>(env.random.number() & 0x7fffffff) | 1,
                       nullptr);
}

FsVfs::~FsVfs() { sqlite3_vfs_unregister(&vfs_); }

}  // namespace parvis::store
