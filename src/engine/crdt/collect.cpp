// What happens at the end of a transaction: deleted content is dropped, neighbours are merged.
#include "engine/crdt/transaction.h"

namespace parvis::crdt {

/// The struct keeps its clocks and nothing else.
void Transaction::turn_into_gc(uint32_t handle) {
  Item& item = store_.items[handle];
  if (item.kind() == Kind::type)
    store_.free_type(item.content);
  else if (item.kind() != Kind::deleted)
    store_.release_content(item);
  item.set_kind(Kind::gc);
  item.deleted = 1;
  item.plain = item.slack = item.parent_by_id = 0;
  item.origin_slot = item.right_slot = item.right = item.list = none;
}

/// Deleted content of one item; everything inside a deleted type becomes GC structs.
void Transaction::collect_item(uint32_t handle) {
  std::vector<uint32_t> waiting;
  auto open = [&](uint32_t number) {
    const Type& type = store_.types[number];
    auto add = [&](uint32_t list) {
      for (uint32_t child = store_.lists[list].head; child != none; child = store_.items[child].right)
        waiting.push_back(child);
    };
    if (type.list != none) add(type.list);
    for (uint32_t keys = type.keys; keys != none; keys = store_.lists[keys].next) add(keys);
  };
  Item& item = store_.items[handle];
  if (item.kind() == Kind::deleted) return;
  if (item.kind() == Kind::type) {
    open(item.content);
    store_.free_type(item.content);
  } else {
    store_.release_content(item);
  }
  item.set_kind(Kind::deleted);
  item.plain = item.slack = 0;
  while (!waiting.empty()) {
    uint32_t child = waiting.back();
    waiting.pop_back();
    if (store_.items[child].kind() == Kind::type) open(store_.items[child].content);
    merge_points_.push_back(store_.id(store_.items[child]));
    turn_into_gc(child);
  }
}

void Transaction::collect_ranges() {
  for (const DeleteSet::Client& entry : deleted_.clients()) {
    uint32_t number = store_.find_client(entry.client);
    for (DeleteSet::Range range : entry.ranges) {
      const ClientIndex& index = store_.clients[number].index;
      Position at = index.find(range.clock);
      do {
        if (index.clock(at) >= range.clock + range.length) break;
        uint32_t handle = index.handle(at);
        if (store_.items[handle].deleted && store_.items[handle].kind() != Kind::gc) collect_item(handle);
      } while (index.next(at));
    }
  }
}

bool Transaction::merge_with_previous(uint32_t number, Position at) {
  ClientIndex& index = store_.clients[number].index;
  Position before = at;
  if (!index.previous(before)) return false;
  uint32_t left = index.handle(before), right = index.handle(at);
  Item& front = store_.items[left];
  Item& back = store_.items[right];
  if (front.kind_bits != back.kind_bits || front.right != (front.kind() == Kind::gc ? none : right))
    return false;
  if (front.deleted != back.deleted) return false;
  Kind kind = front.kind();
  uint64_t front_length = store_.length(front, left), back_length = store_.length(back, right);
  if (kind != Kind::gc) {
    if (back.origin_slot == none || front.right_slot != back.right_slot) return false;
    if (front.right_slot != none && front.right_clock != back.right_clock) return false;
    if (store_.slots[back.origin_slot].client != store_.slots[back.slot].client ||
        store_.clock_of(back.origin_slot, back.origin_clock) != index.clock(at) - 1)
      return false;
    if (kind != Kind::string && kind != Kind::any && kind != Kind::json && kind != Kind::deleted)
      return false;
    if (kind != Kind::deleted && front_length + back_length >= long_length) return false;
    if (kind != Kind::deleted) store_.join_content(front, back);
    front.right = back.right;
    if (List& list = store_.lists[front.list]; list.tail == right) list.tail = left;
  }
  store_.set_length(left, front_length + back_length);
  index.erase(at);
  store_.free_item(right);
  return true;
}

bool Transaction::delete_text_range(uint32_t number, uint64_t clock, uint64_t length) {
  const ClientIndex& index = store_.clients[number].index;
  Position at = index.find(clock);
  uint32_t handle = index.handle(at);
  uint64_t start = index.clock(at);
  if (store_.items[handle].deleted || store_.items[handle].kind() != Kind::string) return false;
  if (start + store_.items[handle].length < clock + length) return false;
  if (store_.lists[store_.items[handle].list].key != none) return false;
  if (start < clock) {
    handle = split(number, at, clock - start);
    at = index.find(clock);
  }
  if (store_.items[handle].length > length) {
    split(number, at, length);
    at = index.find(clock);
  }
  Item& item = store_.items[handle];
  store_.types[store_.lists[item.list].type].length -= length;
  store_.release_content(item);
  item.deleted = 1;
  item.set_kind(Kind::deleted);
  item.plain = 0;
  merge_points_.clear();
  if (Position after = at; index.next(after)) merge_with_previous(number, after);
  merge_with_previous(number, at);
  tidy_heap();
  return true;
}

void Transaction::tidy_heap() {
  constexpr size_t tolerated_garbage = 4096;
  if (store_.heap_garbage > tolerated_garbage && store_.heap_garbage > store_.heap.size() / 2)
    store_.compact_heap();
}

void Transaction::merge_range(uint64_t client, uint64_t clock, uint64_t length) {
  uint32_t number = store_.find_client(client);
  const ClientIndex& index = store_.clients[number].index;
  Position at = index.find(clock + length - 1);
  if (Position after = at; index.next(after)) at = after;
  while (index.clock(at) >= clock) {
    Position before = at;
    if (!index.previous(before)) return;
    merge_with_previous(number, at);
    at = before;
  }
}

void Transaction::finish(bool collect) {
  deleted_.normalize();
  if (collect) collect_ranges();
  for (const DeleteSet::Client& entry : deleted_.clients())
    for (DeleteSet::Range range : entry.ranges) merge_range(entry.client, range.clock, range.length);
  for (NewRange range : new_ranges_)
    merge_range(store_.clients[range.client].id, range.from, range.to - range.from);
  new_ranges_.clear();
  for (Id point : merge_points_) merge_range(point.client, point.clock, 1);
  merge_points_.clear();
  tidy_heap();
}

}  // namespace parvis::crdt
