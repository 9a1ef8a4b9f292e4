#pragma once
// Who is here and where their cursor is: short-lived JSON states, one per client number, the newest clock
// winning. Awareness holds the states of one document; no clock and no timers inside: the owner removes
// silent clients.
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace parvis::crdt {

struct AwarenessEntry {
  uint64_t client = 0;
  uint64_t clock = 0;
  std::string_view state;  // JSON text; "null" removes
};

/// Views point into `update`. reasons::malformed also for a state that is not JSON.
Result<std::vector<AwarenessEntry>> decode_awareness(ByteView update);
Bytes encode_awareness(std::span<const AwarenessEntry> entries);

class Awareness {
 public:
  struct Limits {
    size_t clients = 4096;           // known at once, gone ones included (the oldest knowledge is dropped)
    size_t state_bytes = 64u << 10;  // of one client
  };
  struct Changes {
    std::vector<uint64_t> added, updated, removed;
    bool empty() const { return added.empty() && updated.empty() && removed.empty(); }
  };

  explicit Awareness(Limits limits) : limits_(limits) {}
  Awareness() : Awareness(Limits{}) {}

  /// Entries that lose against what is known are passed over. reasons::malformed, reasons::too_large: nothing
  /// changed.
  Result<Changes> apply(ByteView update);
  /// Drops the states of clients that left, keeping their clocks; gives the update that tells others, empty
  /// if none was present.
  Bytes remove(std::span<const uint64_t> clients);
  /// The states of all present clients, as an update.
  Bytes encode() const;
  /// nullptr: not present.
  const std::string* state(uint64_t client) const;
  /// 0: never heard of.
  uint64_t clock(uint64_t client) const;
  std::vector<uint64_t> present() const;

 private:
  struct Known {
    uint64_t clock = 0;
    bool present = false;
    std::string state;
  };
  Limits limits_;
  std::map<uint64_t, Known> known_;
  size_t present_ = 0;
};

}  // namespace parvis::crdt
