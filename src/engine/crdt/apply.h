#pragma once
// Applies one update to a store: decodes all of it into items first (a malformed update changes nothing),
// then integrates client by client, dependencies first. Internal.
#include <map>
#include <vector>

#include "engine/crdt/doc.h"
#include "engine/crdt/transaction.h"

namespace parvis::crdt {

/// What an update could not place: an update (v1, no delete set) and, per client, the clock that must be
/// known before trying again makes sense.
struct Leftover {
  Bytes structs;
  std::map<uint64_t, uint64_t> missing;
  DeleteSet deleted;
};

class Applier {
 public:
  Applier(Store& store, Transaction& transaction, const Limits& limits)
      : store_(store), transaction_(transaction), limits_(limits) {}

  Result<> apply(ByteView update, Format format, Leftover& left);

 private:
  struct Block {
    uint64_t client;
    uint64_t first_clock;
    uint32_t begin, end;  // in handles_
    uint32_t at;
    bool waiting = false;
    bool blocked = false;
  };

  template <class Decoder>
  Result<DeleteSet> decode(Decoder& decoder, Format format, size_t size);
  template <class Decoder>
  Result<> decode_block(Decoder& decoder, uint64_t memory_limit);
  bool continues(uint32_t previous, const WireStruct& item) const;
  uint32_t make_item(const WireStruct& item);
  void join_decoded(uint32_t previous, const WireStruct& item);
  void fill_content(uint32_t handle, const WireStruct& item);
  void drop(uint32_t handle);
  uint64_t rough_memory() const;

  void integrate(Leftover& left);
  void integrate_stack(Block& first, Leftover& left);
  Block* block_of(uint64_t client);
  void keep_rest(Leftover& left);

  Store& store_;
  Transaction& transaction_;
  const Limits& limits_;
  std::vector<uint32_t> handles_;
  std::vector<Block> blocks_;
  std::vector<Block*> stack_;
  size_t size_ = 0;  // of the update
  // Logs of keystrokes are mostly structs that continue the one before; whole documents have few that stay
  // joined.
  bool joining_ = false;
  uint32_t seen_ = 0, continuing_ = 0;
  bool bulk_ = false;  // it fills an empty document
};

}  // namespace parvis::crdt
