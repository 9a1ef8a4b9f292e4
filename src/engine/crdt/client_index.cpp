#include "engine/crdt/client_index.h"

#include <algorithm>
#include <cstring>

namespace parvis::crdt {
namespace {
constexpr uint64_t relative_limit = uint64_t{1} << 32;
constexpr uint32_t guess_steps = 6;
}  // namespace

void ClientIndex::Chunk::grow() {
  uint32_t wider = capacity == 0 ? 1 : std::min(capacity * 2, chunk_capacity);
  auto fresh = std::make_unique_for_overwrite<uint32_t[]>(size_t{wider} * 2);
  if (count > 0) {
    std::memcpy(fresh.get(), clocks(), count * sizeof(uint32_t));
    std::memcpy(fresh.get() + wider, handles(), count * sizeof(uint32_t));
  }
  data = std::move(fresh);
  capacity = wider;
}

ClientIndex::Position ClientIndex::find(uint64_t clock) const {
  uint32_t chunk = recent_;
  uint32_t total = static_cast<uint32_t>(chunks_.size());
  const Chunk* chunks = chunks_.data();
  if (chunk >= total || clock < chunks[chunk].base ||
      (chunk + 1 < total && clock >= chunks[chunk + 1].base)) {
    // Clocks are spread about evenly: a guess, then steps; a search when the guess was bad.
    uint64_t span = chunks[total - 1].base + 1;
    chunk = clock >= span ? total - 1 : static_cast<uint32_t>(clock * (total - 1) / span);
    uint32_t steps = 0;
    while (steps < guess_steps && chunk + 1 < total && chunks[chunk + 1].base <= clock) ++chunk, ++steps;
    while (steps < guess_steps && chunk > 0 && chunks[chunk].base > clock) --chunk, ++steps;
    if (steps == guess_steps) {
      uint32_t low = 0;
      for (uint32_t size = total; size > 1;) {
        uint32_t half = size / 2;
        low += __builtin_unpredictable(chunks[low + half].base <= clock) ? half : 0;
        size -= half;
      }
      chunk = low;
    }
    recent_ = chunk;
  }
  const Chunk& found = chunks[chunk];
  uint64_t relative = clock - found.base;
  if (relative >= relative_limit) return {chunk, found.count - 1};
  const uint32_t* clocks = found.clocks();
  auto wanted = static_cast<uint32_t>(relative);
  // The unit looked for is often in the struct found last, or the one behind it.
  uint32_t slot = recent_slot_;
  if (slot + 2 < found.count && clocks[slot] <= wanted && wanted < clocks[slot + 2])
    return {chunk, recent_slot_ = slot + (clocks[slot + 1] <= wanted ? 1 : 0)};
  const uint32_t* low = clocks;
  for (uint32_t size = found.count; size > 1;) {
    uint32_t half = size / 2;
    const uint32_t* middle = low + half;
    low = __builtin_unpredictable(*middle <= wanted) ? middle : low;
    size -= half;
  }
  recent_slot_ = static_cast<uint32_t>(low - clocks);
  return {chunk, recent_slot_};
}

void ClientIndex::append(uint64_t clock, uint32_t handle) {
  if (chunks_.empty() || chunks_.back().count == chunk_capacity ||
      clock - chunks_.back().base >= relative_limit) {
    if (chunks_.size() == chunks_.capacity()) chunks_.reserve(chunks_.size() + chunks_.size() / 2 + 1);
    chunks_.emplace_back().base = clock;
    // A client that already filled a chunk will fill the next.
    if (chunks_.size() > 1) {
      chunks_.back().data = std::make_unique_for_overwrite<uint32_t[]>(size_t{chunk_capacity} * 2);
      chunks_.back().capacity = chunk_capacity;
    }
  }
  Chunk& chunk = chunks_.back();
  if (chunk.count == chunk.capacity) chunk.grow();
  chunk.clocks()[chunk.count] = static_cast<uint32_t>(clock - chunk.base);
  chunk.handles()[chunk.count++] = handle;
}

/// Moves the entries from `from` on into a new chunk behind, whose base is `base`.
void ClientIndex::split_chunk(uint32_t index, uint32_t from, uint64_t base) {
  Chunk right;
  right.base = base;
  Chunk& left = chunks_[index];
  right.capacity = chunk_capacity;
  right.data = std::make_unique_for_overwrite<uint32_t[]>(size_t{chunk_capacity} * 2);
  right.count = left.count - from;
  for (uint32_t i = 0; i < right.count; ++i) {
    right.clocks()[i] = static_cast<uint32_t>(left.base + left.clocks()[from + i] - base);
    right.handles()[i] = left.handles()[from + i];
  }
  left.count = from;
  chunks_.insert(chunks_.begin() + index + 1, std::move(right));
}

void ClientIndex::insert_after(Position at, uint64_t clock, uint32_t handle) {
  uint64_t relative = clock - chunks_[at.chunk].base;
  if (relative >= relative_limit) {
    split_chunk(at.chunk, at.slot + 1, clock);
    Chunk& fresh = chunks_[at.chunk + 1];
    // The entries moved lie above `clock`, hence the room in front.
    std::memmove(fresh.clocks() + 1, fresh.clocks(), fresh.count * sizeof(uint32_t));
    std::memmove(fresh.handles() + 1, fresh.handles(), fresh.count * sizeof(uint32_t));
    fresh.clocks()[0] = 0;
    fresh.handles()[0] = handle;
    ++fresh.count;
    return;
  }
  if (chunks_[at.chunk].count == chunk_capacity) {
    uint32_t middle = chunk_capacity / 2;
    split_chunk(at.chunk, middle, chunks_[at.chunk].base + chunks_[at.chunk].clocks()[middle]);
    if (at.slot >= middle) {
      at = {at.chunk + 1, at.slot - middle};
      relative = clock - chunks_[at.chunk].base;
    }
  }
  Chunk& chunk = chunks_[at.chunk];
  if (chunk.count == chunk.capacity) chunk.grow();
  uint32_t place = at.slot + 1, moved = chunk.count - place;
  std::memmove(chunk.clocks() + place + 1, chunk.clocks() + place, moved * sizeof(uint32_t));
  std::memmove(chunk.handles() + place + 1, chunk.handles() + place, moved * sizeof(uint32_t));
  chunk.clocks()[place] = static_cast<uint32_t>(relative);
  chunk.handles()[place] = handle;
  ++chunk.count;
}

void ClientIndex::erase(Position at) {
  Chunk& chunk = chunks_[at.chunk];
  uint32_t moved = chunk.count - at.slot - 1;
  std::memmove(chunk.clocks() + at.slot, chunk.clocks() + at.slot + 1, moved * sizeof(uint32_t));
  std::memmove(chunk.handles() + at.slot, chunk.handles() + at.slot + 1, moved * sizeof(uint32_t));
  --chunk.count;
  if (at.slot == 0 && chunk.count > 0) {
    // A chunk starts where its first struct does, or clocks below would be looked for in it.
    uint32_t shift = chunk.clocks()[0];
    chunk.base += shift;
    for (uint32_t i = 0; i < chunk.count; ++i) chunk.clocks()[i] -= shift;
  }
  if (chunk.count == 0) chunks_.erase(chunks_.begin() + at.chunk);
}

size_t ClientIndex::memory() const {
  size_t total = chunks_.capacity() * sizeof(Chunk);
  for (const Chunk& chunk : chunks_) total += size_t{chunk.capacity} * 2 * sizeof(uint32_t);
  return total;
}

}  // namespace parvis::crdt
