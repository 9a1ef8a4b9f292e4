#pragma once
// Content kept once, by its BLAKE2b-256 hash: on disk under data_directory/blobs/ab/cdef…, referenced from
// the database. A blob without reference is collected after a grace period longer than any backup. Loop
// thread only; file work hops to env.disk.
#include <memory>
#include <string>

#include "platform/env.h"
#include "store/database.h"

namespace parvis::store {

class Blobs {
 public:
  virtual ~Blobs() = default;

  struct Stored {
    std::string hash;  // 64 hex digits
    uint64_t size = 0;
  };
  /// A blob being received; forgotten (and its temporary file removed) when destroyed before finish().
  class Upload {
   public:
    virtual ~Upload() = default;
    /// reasons::storage_full when the disk refuses.
    virtual Task<Result<void>> write(Bytes chunk) = 0;
    virtual uint64_t size() const = 0;
    /// Durable when it returns: synced, renamed, directory synced. Give it a reference before the grace
    /// period ends.
    virtual Task<Result<Stored>> finish() = 0;
  };
  virtual Task<Result<std::unique_ptr<Upload>>> begin() = 0;
  virtual Task<Result<Stored>> put(Bytes content) = 0;

  virtual Task<Result<std::shared_ptr<File>>> open(std::string hash) = 0;

  /// Reference counts, changed in the transaction that makes or drops the reference.
  virtual Result<void> retain(Transaction& transaction, const Stored& blob) = 0;
  virtual Result<void> release(Transaction& transaction, std::string_view hash) = 0;

  static constexpr int64_t grace_ms = int64_t{14} * 24 * 3'600'000;
  /// Removes unreferenced blobs older than the grace period; returns how many.
  virtual Task<Result<size_t>> collect() = 0;
};

std::unique_ptr<Blobs> make_blobs(Env& env, Database& database, std::string directory);

}  // namespace parvis::store
