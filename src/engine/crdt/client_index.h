#pragma once
// The structs of one client in clock order: chunks of at most 128 (clock, handle) pairs, clocks relative to
// the chunk so that they take four bytes. Looking up touches only this; inserting moves at most one chunk.
// Internal.
#include <cstdint>
#include <memory>
#include <vector>

namespace parvis::crdt {

class ClientIndex {
 public:
  struct Position {
    uint32_t chunk;
    uint32_t slot;
    bool operator==(const Position&) const = default;
  };
  static constexpr uint32_t chunk_capacity = 128;

  bool empty() const { return chunks_.empty(); }
  Position first() const { return {0, 0}; }
  Position last() const { return {static_cast<uint32_t>(chunks_.size() - 1), chunks_.back().count - 1}; }
  uint32_t handle(Position at) const { return chunks_[at.chunk].handles()[at.slot]; }
  uint64_t clock(Position at) const { return chunks_[at.chunk].base + chunks_[at.chunk].clocks()[at.slot]; }
  bool next(Position& at) const {
    if (++at.slot < chunks_[at.chunk].count) return true;
    if (at.chunk + 1 == chunks_.size()) return false;
    at = {at.chunk + 1, 0};
    return true;
  }
  bool previous(Position& at) const {
    if (at.slot > 0) {
      --at.slot;
      return true;
    }
    if (at.chunk == 0) return false;
    at = {at.chunk - 1, chunks_[at.chunk - 1].count - 1};
    return true;
  }

  /// The struct with the largest start <= clock. There must be one.
  Position find(uint64_t clock) const;
  /// `clock` is above every other.
  void append(uint64_t clock, uint32_t handle);
  void insert_after(Position at, uint64_t clock, uint32_t handle);
  void erase(Position at);
  size_t memory() const;

 private:
  struct Chunk {
    uint64_t base = 0;
    uint32_t count = 0;
    uint32_t capacity = 0;
    std::unique_ptr<uint32_t[]> data;
    uint32_t* clocks() const { return data.get(); }
    uint32_t* handles() const { return data.get() + capacity; }
    void grow();
  };
  void split_chunk(uint32_t chunk, uint32_t from, uint64_t base);

  std::vector<Chunk> chunks_;
  mutable uint32_t recent_ = 0;  // chunk and slot of the last find(), checked before use
  mutable uint32_t recent_slot_ = 0;
};

}  // namespace parvis::crdt
