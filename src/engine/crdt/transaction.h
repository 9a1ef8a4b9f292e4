#pragma once
// One change of a document: structs are linked in, units deleted, and at the end deleted content is dropped
// and neighbours are merged, as Yjs does. Internal; one transaction at a time per store.
#include <utility>
#include <vector>

#include "engine/crdt/state_vector.h"
#include "engine/crdt/store.h"

namespace parvis::crdt {

class Transaction {
 public:
  struct Work {
    uint64_t scan_steps = ~uint64_t{0};  // list items passed over, elements and characters counted
    uint64_t splits = ~uint64_t{0};      // each makes an item
  };
  explicit Transaction(Store& store) : store_(store) {}
  Transaction(Store& store, Work limit) : store_(store), limit_(limit) {}

  /// The client whose earlier struct this decoded item needs and the store lacks; false when nothing is
  /// missing.
  bool missing(uint32_t handle, uint64_t& client) const;
  /// Drops the first `count` units of a decoded item, which the store already has.
  void trim(uint32_t handle, uint64_t count);
  /// Links a decoded item whose clock is its client's state and which misses nothing.
  void integrate(uint32_t handle);
  void delete_item(uint32_t handle);
  /// Deletes the known part of every range; adds the rest to `unknown`, also when the work goes beyond the
  /// limits.
  void delete_ranges(const DeleteSet& set, DeleteSet& unknown);
  /// The item that ends, or starts, exactly at the unit; splits if needed. The unit must be known.
  uint32_t item_ending(uint32_t slot, uint32_t low);
  uint32_t item_starting(uint32_t slot, uint32_t low);
  /// Deletes and collects a known range at once, if it lies in one text item that is there; false: nothing
  /// done.
  bool delete_text_range(uint32_t client, uint64_t clock, uint64_t length);
  /// Cuts an item of the sequence after `count` units; gives the right part.
  uint32_t split_item(uint32_t handle, uint64_t count);
  /// Drops deleted content (with `collect`), merges neighbours.
  void finish(bool collect);

  /// Units deleted so far; normalized by finish().
  const DeleteSet& deleted() const { return deleted_; }
  /// The costs that the size of an update does not bound went beyond the limit; what is left must wait.
  bool exhausted() const { return done_.scan_steps > limit_.scan_steps || done_.splits > limit_.splits; }

 private:
  using Position = ClientIndex::Position;

  void resolve_parent(Item& item, uint32_t left, uint32_t right);
  uint32_t place_after(uint32_t handle, uint32_t left, uint32_t right);
  void link(uint32_t handle, uint32_t left);
  void append(uint32_t client, uint32_t handle);
  uint32_t split(uint32_t client, Position at, uint64_t count);
  bool merge_with_previous(uint32_t client, Position at);
  void merge_range(uint64_t client, uint64_t clock, uint64_t length);
  void turn_into_gc(uint32_t handle);
  void collect_item(uint32_t handle);
  void collect_ranges();
  void tidy_heap();
  bool less_client(uint32_t slot_a, uint32_t slot_b) const {
    return store_.slots[slot_a].client < store_.slots[slot_b].client;
  }
  uint32_t containing(uint32_t slot, uint32_t low) const;

  Store& store_;
  DeleteSet deleted_;
  struct NewRange {
    uint32_t client;
    uint64_t from, to;
  };
  std::vector<NewRange> new_ranges_;
  std::vector<Id> merge_points_;
  std::vector<uint32_t> scan_;
  Work limit_;
  Work done_{0, 0};
};

}  // namespace parvis::crdt
