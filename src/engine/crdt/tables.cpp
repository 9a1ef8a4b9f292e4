#include "engine/crdt/tables.h"

#include <cstring>

namespace parvis::crdt {

uint64_t mix_text(std::string_view text, uint64_t seed) {
  uint64_t hash = seed ^ text.size();
  while (text.size() > 8) {
    uint64_t word;
    std::memcpy(&word, text.data(), 8);
    hash = mix(word, hash, seed);
    text.remove_prefix(8);
  }
  uint64_t word = 0;
  std::memcpy(&word, text.data(), text.size());
  return mix(word, hash, seed);
}

uint32_t StringPool::find(std::string_view wanted) const {
  return table_.find(hash(wanted), [&](uint32_t number) { return text(number) == wanted; });
}

uint32_t StringPool::intern(std::string_view wanted) {
  if (uint32_t found = find(wanted); found != none) return found;
  uint32_t number = size();
  blob_.append(wanted);
  ends_.push_back(static_cast<uint32_t>(blob_.size()));
  table_.insert(hash(wanted), number, [&](uint32_t other) { return hash(text(other)); });
  return number;
}

void StringPool::truncate(uint32_t count) {
  while (size() > count) {
    uint32_t number = size() - 1;
    std::string_view last = text(number);
    table_.erase(hash(last), number);
    blob_.resize(blob_.size() - last.size());
    ends_.pop_back();
  }
}

}  // namespace parvis::crdt
