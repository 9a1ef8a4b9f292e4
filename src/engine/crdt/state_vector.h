#pragma once
// State vectors, delete sets and snapshots: which units of a document somebody has, and which of them are
// deleted. Plain values. Bytes are those of Yjs 13.6: clients descending, ranges ascending and joined.
#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "engine/crdt/wire_struct.h"

namespace parvis::crdt {

/// Per client the next clock expected. Sorted by client, descending, without duplicates.
class StateVector {
 public:
  struct Entry {
    uint64_t client;
    uint64_t clock;
    bool operator==(const Entry&) const = default;
  };

  StateVector() = default;
  /// Any order; of two entries of one client the later in the list counts.
  explicit StateVector(std::vector<Entry> entries);

  static Result<StateVector> decode(ByteView bytes);
  Bytes encode() const;

  /// 0 for a client never seen.
  uint64_t clock(uint64_t client) const;
  const std::vector<Entry>& entries() const { return entries_; }
  bool operator==(const StateVector&) const = default;

  // Internal to the engine.
  static StateVector read(Reader& reader);
  void write(Writer& writer) const;

 private:
  std::vector<Entry> entries_;
};

/// Ranges of deleted units. Sorted (clients descending, clocks ascending), touching ranges joined.
class DeleteSet {
 public:
  struct Range {
    uint64_t clock;
    uint64_t length;
    bool operator==(const Range&) const = default;
  };
  struct Client {
    uint64_t client;
    std::vector<Range> ranges;
    bool operator==(const Client&) const = default;
  };

  bool empty() const { return clients_.empty(); }
  bool contains(Id id) const;
  const std::vector<Client>& clients() const { return clients_; }
  bool operator==(const DeleteSet&) const = default;

  /// Unordered additions; normalize() before reading anything.
  void add(uint64_t client, uint64_t clock, uint64_t length);
  void add(const DeleteSet& other);
  void normalize();

  // Internal to the engine. Reading gives a normalized set, or a failed reader.
  static DeleteSet read(Reader& reader, Format format);
  void write(Writer& writer, Format format) const;

 private:
  std::vector<Client> clients_;
};

/// A version of a document: the units that existed, less those deleted by then. Meaningful for a document
/// kept without garbage collection.
struct Snapshot {
  DeleteSet deleted;
  StateVector state;

  static Result<Snapshot> decode(ByteView bytes, Format format);
  Bytes encode(Format format) const;
  bool visible(Id id) const { return id.clock < state.clock(id.client) && !deleted.contains(id); }
  bool operator==(const Snapshot&) const = default;
};

}  // namespace parvis::crdt
