// What items hold outside themselves: text and encoded values in the heap.
#include <bit>
#include <cstring>

#include "base/check.h"
#include "engine/crdt/store.h"
#include "engine/crdt/text_units.h"

namespace parvis::crdt {
namespace {

bool sliced(const Item& item) {
  switch (item.kind()) {
    case Kind::string:
      return !item.plain;
    case Kind::json:
    case Kind::binary:
    case Kind::embed:
    case Kind::format:
    case Kind::any:
    case Kind::document:
      return true;
    default:
      return false;
  }
}

/// Like find_unit, from whichever end is nearer: a text cut n times costs n log n in all.
UnitPosition find_unit_between(std::string_view text, uint64_t unit, uint64_t total) {
  if (unit <= total / 2) return find_unit(text, unit);
  uint64_t back = total - unit;
  size_t byte = text.size();
  while (back > 0) {
    do --byte;
    while ((static_cast<uint8_t>(text[byte]) & 0xC0) == 0x80);
    bool pair = static_cast<uint8_t>(text[byte]) >= 0xF0;
    if (pair && back == 1) return {byte, true};
    back -= pair ? 2 : 1;
  }
  return {byte, false};
}

}  // namespace

uint32_t Store::append_heap(ByteView bytes) {
  CHECK(heap.size() + bytes.size() < none);
  size_t offset = heap.size();
  if (offset + bytes.size() > heap.capacity())
    heap.reserve(std::max(offset + bytes.size(), heap.capacity() + heap.capacity() / 4));
  heap.insert(heap.end(), bytes.begin(), bytes.end());
  return static_cast<uint32_t>(offset);
}

uint32_t Store::make_slice(uint32_t offset, uint32_t size) {
  if (free_slices_ == none) {
    slices.push_back({offset, size});
    return static_cast<uint32_t>(slices.size() - 1);
  }
  uint32_t number = free_slices_;
  free_slices_ = slices[number].offset;
  slices[number] = {offset, size};
  return number;
}

void Store::free_slice(uint32_t number) {
  slices[number] = {free_slices_, 0};
  free_slices_ = number;
}

void Store::set_text(Item& item, uint32_t offset, size_t size) {
  item.plain = size == item.length;
  item.content = item.plain ? offset : make_slice(offset, static_cast<uint32_t>(size));
}

void Store::release_content(Item& item) {
  if (item.kind() == Kind::string)
    heap_garbage += item.slack ? std::bit_ceil(text(item).size()) : text(item).size();
  if (sliced(item)) {
    if (item.kind() != Kind::string) heap_garbage += slices[item.content].size;
    free_slice(item.content);
  }
  item.slack = 0;
}

void Store::split_content(Item& left, Item& right, uint64_t count) {
  right.content = left.content;
  Kind kind = left.kind();
  if (kind == Kind::json || kind == Kind::any) {
    Slice whole = slices[left.content];
    auto front = static_cast<uint32_t>(body_prefix(kind, slice(left), count));
    slices[left.content].size = front;
    right.content = make_slice(whole.offset + front, whole.size - front);
    return;
  }
  if (kind != Kind::string) return;
  if (left.slack) heap_garbage += std::bit_ceil(text(left).size()) - text(left).size();
  left.slack = right.slack = 0;
  if (left.plain) {
    right.content = left.content + static_cast<uint32_t>(count);
    return;
  }
  Slice whole = slices[left.content];
  free_slice(left.content);
  std::string_view all = as_text(ByteView(heap).subspan(whole.offset, whole.size));
  uint64_t units = uint64_t{left.length} + right.length;
  UnitPosition cut = find_unit_between(all, count, units);
  auto front = static_cast<uint32_t>(cut.byte);
  if (!cut.inside_pair) {
    set_text(left, whole.offset, front);
    set_text(right, whole.offset + front, whole.size - front);
    return;
  }
  // The pair's four bytes have room for one U+FFFD; the shorter part moves to get the other.
  uint32_t back = whole.size - front - 4;
  uint32_t moved = front < back ? front : back;
  std::string copy;
  if (moved == front) {
    copy.assign(all.substr(0, front)).append(replacement_character);
    std::memcpy(heap.data() + whole.offset + front + 1, replacement_character.data(), 3);
    set_text(right, whole.offset + front + 1, whole.size - front - 1);
    set_text(left, append_heap(as_bytes(copy)), copy.size());
  } else {
    copy.assign(replacement_character).append(all.substr(front + 4));
    std::memcpy(heap.data() + whole.offset + front, replacement_character.data(), 3);
    set_text(left, whole.offset, front + 3);
    set_text(right, append_heap(as_bytes(copy)), copy.size());
  }
  heap_garbage += moved + 1;
}

void Store::join_content(Item& left, Item& right) {
  Kind kind = left.kind();
  if (kind == Kind::json || kind == Kind::any) {
    Slice front = slices[left.content], back = slices[right.content];
    if (front.offset + front.size != back.offset) {
      Bytes copy(slice(left).begin(), slice(left).end());
      copy.insert(copy.end(), slice(right).begin(), slice(right).end());
      heap_garbage += front.size + back.size;
      front.offset = append_heap(copy);
    }
    slices[left.content] = {front.offset, front.size + back.size};
    free_slice(right.content);
    return;
  }
  if (kind != Kind::string) return;
  std::string_view front = text(left), back = text(right);
  const char* base = reinterpret_cast<const char*>(heap.data());
  auto offset = static_cast<uint32_t>(front.data() - base);
  size_t size = front.size() + back.size();
  bool joins_pair =
      !left.plain && !right.plain && ends_with_high_surrogate(front) && starts_with_low_surrogate(back);
  auto drop_slices = [&] {
    if (!left.plain) free_slice(left.content);
    if (!right.plain) free_slice(right.content);
  };
  size_t back_capacity = right.slack ? std::bit_ceil(back.size()) : back.size();
  if (joins_pair) {
    std::string copy(front);
    append_units(copy, back);
    heap_garbage += size;
    drop_slices();
    left.slack = 0;
    left.length += right.length;
    set_text(left, append_heap(as_bytes(copy)), copy.size());
    return;
  }
  if (!left.slack && front.data() + front.size() == back.data()) {
    left.slack = 0;
    heap_garbage += back_capacity - back.size();
  } else if (left.slack && std::bit_ceil(front.size()) >= size) {
    std::memcpy(heap.data() + offset + front.size(), back.data(), back.size());
    heap_garbage += back_capacity;
  } else {
    // Moves to the end with room to grow, so that writers taking turns do not copy their text every time.
    size_t room = std::bit_ceil(size);
    std::string copy(front);
    copy.append(back);
    heap_garbage += back_capacity + (left.slack ? std::bit_ceil(front.size()) : front.size());
    copy.resize(room);
    drop_slices();
    left.length += right.length;
    uint32_t fresh = append_heap(as_bytes(copy));
    set_text(left, fresh, size);
    left.slack = 1;
    return;
  }
  drop_slices();
  left.length += right.length;
  set_text(left, offset, size);
}

void Store::compact_heap() {
  Bytes fresh;
  fresh.reserve(heap.size() - heap_garbage);
  auto copy = [&](uint32_t offset, size_t size) {
    auto start = static_cast<uint32_t>(fresh.size());
    fresh.insert(fresh.end(), heap.begin() + offset, heap.begin() + offset + static_cast<ptrdiff_t>(size));
    return start;
  };
  for (Item& item : items) {
    if (item.length == 0) continue;
    if (sliced(item)) {
      Slice& part = slices[item.content];
      part.offset = copy(part.offset, part.size);
    } else if (item.kind() == Kind::string) {
      item.content = copy(item.content, item.length);
    }
    item.slack = 0;
  }
  heap = std::move(fresh);
  heap_garbage = 0;
}

}  // namespace parvis::crdt
