#include "engine/crdt/transaction.h"

#include <algorithm>
#include <unordered_map>

namespace parvis::crdt {

bool Transaction::missing(uint32_t handle, uint64_t& client) const {
  const Item& item = store_.items[handle];
  uint64_t own = store_.slots[item.slot].client;
  auto lacks = [&](uint32_t slot, uint32_t low) {
    if (slot == none || store_.slots[slot].client == own) return false;
    uint32_t known = store_.client_of_slot(slot);
    if (known != none && store_.clients[known].state > store_.clock_of(slot, low)) return false;
    client = store_.slots[slot].client;
    return true;
  };
  return lacks(item.origin_slot, item.origin_clock) || lacks(item.right_slot, item.right_clock);
}

void Transaction::trim(uint32_t handle, uint64_t count) {
  Item* item = &store_.items[handle];
  Id id = store_.id(*item);
  uint64_t length = store_.length(handle);
  Id start{id.client, id.clock + count}, origin{id.client, id.clock + count - 1};
  if (item->kind() != Kind::gc) {
    if (item->kind() == Kind::string || item->kind() == Kind::any || item->kind() == Kind::json) {
      Item tail = *item;
      tail.length = static_cast<uint32_t>(length - count);
      item->length = static_cast<uint32_t>(count);
      store_.split_content(*item, tail, count);
      store_.release_content(*item);
      item->content = tail.content;
      item->plain = tail.plain;
    }
    if (item->parent_by_id) {
      item->parent_by_id = 0;
      item->right_slot = none;
    }
    item->list = none;
    item->origin_slot = store_.slot_of(origin);
    item->origin_clock = static_cast<uint32_t>(origin.clock);
  }
  item->slot = store_.slot_of(start);
  item->clock = static_cast<uint32_t>(start.clock);
  store_.set_length(handle, length - count);
}

uint32_t Transaction::containing(uint32_t slot, uint32_t low) const {
  return store_.find_item(store_.client_of_slot(slot), store_.clock_of(slot, low));
}

uint32_t Transaction::split(uint32_t client, Position at, uint64_t count) {
  uint32_t left = store_.clients[client].index.handle(at);
  uint32_t right = store_.allocate_item();
  Item& front = store_.items[left];
  Item& back = store_.items[right];
  Id start = store_.id(front);
  uint64_t length = store_.length(front, left);
  start.clock += count;
  back = front;
  back.length = 0;
  store_.set_length(right, length - count);
  store_.set_length(left, count);
  ++done_.splits;
  if (front.kind() != Kind::deleted) {
    if (!front.plain)
      done_.scan_steps += front.kind() == Kind::string ? std::min(count, length - count) : count;
    store_.split_content(front, back, count);
  }
  back.slot = store_.slot_of(start);
  back.clock = static_cast<uint32_t>(start.clock);
  back.origin_slot = store_.slot_of({start.client, start.clock - 1});
  back.origin_clock = static_cast<uint32_t>(start.clock - 1);
  front.right = right;
  if (List& list = store_.lists[front.list]; list.tail == left) list.tail = right;
  store_.clients[client].index.insert_after(at, start.clock, right);
  merge_points_.push_back(start);
  return right;
}

uint32_t Transaction::split_item(uint32_t handle, uint64_t count) {
  const Item& item = store_.items[handle];
  uint32_t client = store_.client_of_slot(item.slot);
  return split(client, store_.clients[client].index.find(store_.id(item).clock), count);
}

uint32_t Transaction::item_ending(uint32_t slot, uint32_t low) {
  uint32_t client = store_.client_of_slot(slot);
  uint64_t clock = store_.clock_of(slot, low);
  const ClientIndex& index = store_.clients[client].index;
  Position at = index.find(clock);
  uint32_t handle = index.handle(at);
  const Item& item = store_.items[handle];
  uint64_t count = clock - index.clock(at) + 1;
  if (item.length != count && item.kind() != Kind::gc && count != store_.length(handle))
    split(client, at, count);
  return handle;
}

uint32_t Transaction::item_starting(uint32_t slot, uint32_t low) {
  uint32_t client = store_.client_of_slot(slot);
  uint64_t clock = store_.clock_of(slot, low);
  const ClientIndex& index = store_.clients[client].index;
  Position at = index.find(clock);
  uint32_t handle = index.handle(at);
  uint64_t start = index.clock(at);
  if (start == clock || store_.items[handle].kind() == Kind::gc) return handle;
  return split(client, at, clock - start);
}

/// Leaves item.list none when the item has no place any more.
void Transaction::resolve_parent(Item& item, uint32_t left, uint32_t right) {
  auto collected = [&](uint32_t handle) { return handle != none && store_.items[handle].kind() == Kind::gc; };
  if (item.parent_by_id) {
    const Item& holder = store_.items[containing(item.right_slot, item.right_clock)];
    uint32_t key = item.origin_clock;
    item.parent_by_id = 0;
    item.right_slot = none;
    item.list = holder.kind() == Kind::type ? store_.list_of(holder.content, key) : none;
    return;
  }
  if (collected(left) || collected(right)) {
    item.list = none;
    return;
  }
  if (item.list != none) return;
  if (left != none)
    item.list = store_.items[left].list;
  else if (right != none)
    item.list = store_.items[right].list;
}

/// Among concurrent insertions between left and right: the item this one goes after.
uint32_t Transaction::place_after(uint32_t handle, uint32_t left, uint32_t right) {
  const Item& item = store_.items[handle];
  uint32_t other = left != none ? store_.items[left].right : store_.lists[item.list].head;
  // The scanned items in order; those from `conflicting` on are the conflicting ones.
  scan_.clear();
  size_t conflicting = 0;
  constexpr size_t short_scan = 24;
  std::unordered_map<uint32_t, size_t> places;
  auto place_of = [&](uint32_t wanted) -> size_t {
    if (scan_.size() <= short_scan) {
      auto found = std::ranges::find(scan_, wanted);
      return found == scan_.end() ? scan_.size() : static_cast<size_t>(found - scan_.begin());
    }
    for (size_t i = places.size(); i < scan_.size(); ++i) places.emplace(scan_[i], i);
    auto found = places.find(wanted);
    return found == places.end() ? scan_.size() : found->second;
  };
  while (other != none && other != right) {
    const Item& sibling = store_.items[other];
    scan_.push_back(other);
    bool same_origin = sibling.origin_slot == item.origin_slot &&
                       (item.origin_slot == none || sibling.origin_clock == item.origin_clock);
    if (same_origin) {
      if (less_client(sibling.slot, item.slot)) {
        left = other;
        conflicting = scan_.size();
      } else if (sibling.right_slot == item.right_slot &&
                 (item.right_slot == none || sibling.right_clock == item.right_clock)) {
        break;
      }
    } else if (sibling.origin_slot != none) {
      size_t place = place_of(containing(sibling.origin_slot, sibling.origin_clock));
      if (place == scan_.size()) break;
      if (place < conflicting) {
        left = other;
        conflicting = scan_.size();
      }
    } else {
      break;
    }
    other = sibling.right;
  }
  done_.scan_steps += scan_.size();
  return left;
}

void Transaction::link(uint32_t handle, uint32_t left) {
  Item& item = store_.items[handle];
  List& list = store_.lists[item.list];
  if (left != none) {
    item.right = store_.items[left].right;
    store_.items[left].right = handle;
  } else {
    item.right = list.head;
    list.head = handle;
  }
  bool last = item.right == none;
  if (last) list.tail = handle;
  if (item.kind() == Kind::type) {
    // The type was made when the struct was read.
    store_.types[item.content].item = handle;
  }
  uint32_t key = list.key;
  Type& parent = store_.types[list.type];
  uint64_t length = store_.length(item, handle);
  if (key == none && countable(item.kind())) parent.length += length;
  if (key != none && last && left != none) delete_item(left);
  // Content that arrives deleted needs no collecting; merging looks at all new structs.
  bool parent_deleted = parent.item != none && store_.items[parent.item].deleted;
  if (parent_deleted || (key != none && !last)) delete_item(handle);
}

void Transaction::append(uint32_t number, uint32_t handle) {
  Client& client = store_.clients[number];
  client.index.append(client.state, handle);
  uint64_t from = client.state;
  client.state += store_.length(handle);
  if (new_ranges_.empty() || new_ranges_.back().client != number)
    new_ranges_.push_back({number, from, client.state});
  else
    new_ranges_.back().to = client.state;
}

void Transaction::integrate(uint32_t handle) {
  Item* item = &store_.items[handle];
  uint32_t number = store_.client_of_slot(item->slot);
  if (number == none) number = store_.make_client(store_.slots[item->slot].client);
  if (item->kind() == Kind::gc) return append(number, handle);

  uint32_t left = none, right = none;
  if (item->origin_slot != none) left = item_ending(item->origin_slot, item->origin_clock);
  item = &store_.items[handle];
  if (item->has_right_origin()) right = item_starting(item->right_slot, item->right_clock);
  item = &store_.items[handle];
  resolve_parent(*item, left, right);
  if (item->list == none) {
    turn_into_gc(handle);
    return append(number, handle);
  }
  bool contested = left != none ? store_.items[left].right != right : store_.lists[item->list].head != right;
  if (contested) left = place_after(handle, left, right);
  link(handle, left);
  return append(number, handle);
}

void Transaction::delete_item(uint32_t handle) {
  std::vector<uint32_t> waiting{handle};
  while (!waiting.empty()) {
    handle = waiting.back();
    waiting.pop_back();
    Item& item = store_.items[handle];
    if (item.deleted) continue;
    const List& list = store_.lists[item.list];
    uint64_t length = store_.length(item, handle);
    if (list.key == none && countable(item.kind())) store_.types[list.type].length -= length;
    item.deleted = 1;
    Id id = store_.id(item);
    deleted_.add(id.client, id.clock, length);
    if (item.kind() != Kind::type) continue;
    const Type& type = store_.types[item.content];
    if (type.list != none)
      for (uint32_t child = store_.lists[type.list].head; child != none; child = store_.items[child].right)
        if (!store_.items[child].deleted) waiting.push_back(child);
    for (uint32_t keys = type.keys; keys != none; keys = store_.lists[keys].next)
      if (uint32_t value = store_.lists[keys].tail; value != none) waiting.push_back(value);
  }
}

void Transaction::delete_ranges(const DeleteSet& set, DeleteSet& unknown) {
  for (const DeleteSet::Client& entry : set.clients()) {
    uint32_t number = store_.find_client(entry.client);
    uint64_t state = number == none ? 0 : store_.clients[number].state;
    Position at{0, 0};
    for (DeleteSet::Range range : entry.ranges) {
      uint64_t end = range.clock + range.length;
      if (exhausted()) {
        unknown.add(entry.client, range.clock, range.length);
        continue;
      }
      if (end > state) {
        uint64_t from = std::max(range.clock, state);
        unknown.add(entry.client, from, end - from);
        if (range.clock >= state) continue;
        end = state;
      }
      const ClientIndex& index = store_.clients[number].index;
      // Ranges ascend: the next one is usually a step or two away.
      if (index.clock(at) > range.clock) at = index.find(range.clock);
      for (int steps = 0;; ++steps) {
        Position after = at;
        if (!index.next(after) || index.clock(after) > range.clock) break;
        at = after;
        if (steps == 4) {
          at = index.find(range.clock);
          break;
        }
      }
      uint64_t start = index.clock(at);
      if (start < range.clock && !store_.items[index.handle(at)].deleted) {
        split(number, at, range.clock - start);
        at = index.find(range.clock);
      }
      bool more = true;
      for (; more; more = index.next(at)) {
        uint32_t handle = index.handle(at);
        start = index.clock(at);
        if (start >= end) break;
        if (store_.items[handle].deleted) continue;
        if (start + store_.length(handle) > end) {
          split(number, at, end - start);
          at = index.find(start);
        }
        delete_item(handle);
      }
      if (!more) at = index.last();
    }
  }
}

}  // namespace parvis::crdt
