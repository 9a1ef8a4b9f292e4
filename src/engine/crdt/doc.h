#pragma once
// A Yjs 13.6 document: applies updates in any order, any number of times, and encodes what it has, byte for
// byte as Yjs would. Owns everything it holds. Not thread-safe; documents share nothing, so each may live on
// any thread.
//   Doc doc;
//   TRY(doc.apply_update(bytes, Format::v1));
//   Bytes reply = doc.encode_state(Format::v1, their_state_vector);
// Reading: read.h. Writing: edit.h. Work on updates without a document: update.h.
#include <memory>

#include "base/bytes.h"
#include "base/result.h"
#include "engine/crdt/errors.h"
#include "engine/crdt/state_vector.h"

namespace parvis::crdt {

class Store;

/// What one update may cost. An update that would exceed a limit is refused and changes nothing.
struct Limits {
  uint64_t structs = 4'000'000;        // in one update
  uint64_t memory_floor = 32u << 20;   // bytes an update may always take in memory ...
  uint64_t memory_factor = 4;          // ... or this many times its own size
  uint64_t pending_bytes = 32u << 20;  // kept waiting for what they depend on
  uint64_t scan_steps = 50'000'000;    // places looked at among concurrent insertions, per update
};

class Doc {
 public:
  struct Options {
    /// Drops the content of what is deleted. Versions can only be read back from a document that keeps it.
    bool collect_garbage = true;
    /// Any number peers cannot know, where they are hostile: it seeds the hash tables.
    uint64_t hash_seed = 0;
    Limits limits;
  };

  explicit Doc(Options options);
  Doc() : Doc(Options{}) {}
  ~Doc();
  Doc(Doc&&) noexcept;
  Doc& operator=(Doc&&) noexcept;

  /// reasons::malformed, reasons::too_large: the document is untouched. reasons::deferred: the update was
  /// taken, but part of it waits as pending, because placing it costs more than limits.scan_steps; each later
  /// update resumes it.
  Result<> apply_update(ByteView update, Format format);

  /// Everything beyond `known`, the whole delete set, and whatever is pending.
  Bytes encode_state(Format format, const StateVector& known = {}) const;
  StateVector state_vector() const;
  /// That of one client: what state_vector().clock(client) says, at once.
  uint64_t clock(uint64_t client) const;
  DeleteSet delete_set() const;
  Snapshot snapshot() const;

  /// Structs or deletions wait for others that have not arrived.
  bool has_pending() const;
  /// True when `update` holds nothing this document lacks: a read-only peer may send it.
  Result<bool> contains_update(ByteView update, Format format) const;

  /// Bytes in use, excluding pending updates.
  size_t memory() const;
  /// Structs held, merged: what loading and encoding cost.
  size_t struct_count() const;

  // Internal to the engine.
  Store& store() { return *store_; }
  const Store& store() const { return *store_; }
  const Options& options() const;

 private:
  struct Waiting;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Waiting> waiting_;
};

}  // namespace parvis::crdt
