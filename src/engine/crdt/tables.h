#pragma once
// Small hash tables over numbers kept elsewhere: a cell holds an index, the caller compares and re-hashes.
// Internal.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace parvis::crdt {

inline constexpr uint32_t none = 0xFFFFFFFF;

/// Two rounds of multiply and fold: client numbers and keys are chosen by peers.
inline uint64_t mix(uint64_t a, uint64_t b, uint64_t seed) {
  auto fold = [](uint64_t x, uint64_t y) {
    auto product = static_cast<unsigned __int128>(x) * y;
    return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
  };
  return fold(fold(a ^ 0x9E3779B97F4A7C15u, b ^ seed ^ 0xD6E8FEB86659FD93u), seed ^ 0xA0761D6478BD642Fu ^ a);
}
uint64_t mix_text(std::string_view text, uint64_t seed);

class IndexTable {
 public:
  /// The index whose entry `equal` accepts, or none.
  template <class Equal>
  uint32_t find(uint64_t hash, Equal equal) const {
    if (cells_.empty()) return none;
    size_t mask = cells_.size() - 1;
    for (size_t at = hash & mask;; at = (at + 1) & mask) {
      uint32_t index = cells_[at];
      if (index == none) return none;
      if (index != erased && equal(index)) return index;
    }
  }
  /// `hash_of(index)` gives the hash of an entry already in the table.
  template <class HashOf>
  void insert(uint64_t hash, uint32_t index, HashOf hash_of) {
    if ((used_ + 1) * 4 > cells_.size() * 3) rebuild(hash_of);
    place(hash, index);
    ++used_;
    ++live_;
  }
  void erase(uint64_t hash, uint32_t index) {
    if (cells_.empty()) return;
    size_t mask = cells_.size() - 1;
    for (size_t at = hash & mask; cells_[at] != none; at = (at + 1) & mask)
      if (cells_[at] == index) {
        cells_[at] = erased;
        --live_;
        return;
      }
  }
  size_t memory() const { return cells_.capacity() * sizeof(uint32_t); }

 private:
  static constexpr uint32_t erased = none - 1;
  void place(uint64_t hash, uint32_t index) {
    size_t mask = cells_.size() - 1, at = hash & mask;
    while (cells_[at] != none) at = (at + 1) & mask;
    cells_[at] = index;
  }
  template <class HashOf>
  void rebuild(HashOf hash_of) {
    size_t size = 4;
    while (size < (live_ + 1) * 2) size *= 2;
    std::vector<uint32_t> old(size, none);
    old.swap(cells_);
    used_ = live_;
    for (uint32_t index : old)
      if (index < erased) place(hash_of(index), index);
  }
  std::vector<uint32_t> cells_;
  size_t used_ = 0;
  size_t live_ = 0;
};

/// Strings by number; numbers are dense and never reused, except through truncate().
class StringPool {
 public:
  explicit StringPool(uint64_t seed) : seed_(seed) {}
  uint32_t find(std::string_view text) const;
  uint32_t intern(std::string_view text);
  std::string_view text(uint32_t number) const {
    size_t start = number == 0 ? 0 : ends_[number - 1];
    return std::string_view(blob_).substr(start, ends_[number] - start);
  }
  uint32_t size() const { return static_cast<uint32_t>(ends_.size()); }
  /// Forgets the newest strings.
  void truncate(uint32_t count);
  size_t memory() const { return blob_.capacity() + ends_.capacity() * sizeof(uint32_t) + table_.memory(); }

 private:
  uint64_t hash(std::string_view text) const { return mix_text(text, seed_); }
  std::string blob_;
  std::vector<uint32_t> ends_;
  IndexTable table_;
  uint64_t seed_;
};

}  // namespace parvis::crdt
