#include "engine/crdt/store.h"

#include <algorithm>

#include "base/check.h"

namespace parvis::crdt {
namespace {

/// Growth by a quarter: the arrays are most of a document's memory.
template <class Vector>
void make_room(Vector& vector, size_t extra) {
  if (vector.size() + extra <= vector.capacity()) return;
  vector.reserve(std::max(vector.size() + extra, vector.capacity() + vector.capacity() / 4));
}

}  // namespace

uint32_t Store::search_slot(uint64_t client, uint64_t high) const {
  uint32_t found = slot_table_.find(slot_hash(client, high), [&](uint32_t number) {
    return slots[number].client == client && slots[number].high == high;
  });
  if (found != none) recent_slot_ = found;
  return found;
}

uint32_t Store::add_slot(uint64_t client, uint64_t high) {
  uint32_t link = high == 0 ? none : slot(client, 0);
  auto number = static_cast<uint32_t>(slots.size());
  CHECK(number < slot_limit);
  make_room(slots, 1);
  slots.push_back({client, static_cast<uint32_t>(high), link});
  slot_table_.insert(slot_hash(client, high), number,
                     [&](uint32_t other) { return slot_hash(slots[other].client, slots[other].high); });
  recent_slot_ = number;
  return number;
}

uint32_t Store::make_client(uint64_t client) {
  uint32_t base = slot(client, 0);
  if (slots[base].link == none) {
    slots[base].link = static_cast<uint32_t>(clients.size());
    make_room(clients, 1);
    clients.emplace_back().id = client;
  }
  return slots[base].link;
}

uint32_t Store::allocate_item() {
  ++live_items;
  if (free_items != none) {
    uint32_t handle = free_items;
    free_items = items[handle].right;
    return handle;
  }
  make_room(items, 1);
  items.emplace_back();
  return static_cast<uint32_t>(items.size() - 1);
}

void Store::free_item(uint32_t handle) {
  --live_items;
  if (items[handle].length == long_length) long_lengths.erase(handle);
  if (handle + 1 == items.size()) {
    items.pop_back();
    return;
  }
  items[handle].length = 0;
  items[handle].right = free_items;
  free_items = handle;
}

void Store::set_long_length(uint32_t handle, uint64_t length) {
  Item& item = items[handle];
  if (item.length == long_length) long_lengths.erase(handle);
  if (length < long_length) {
    item.length = static_cast<uint32_t>(length);
  } else {
    item.length = long_length;
    long_lengths[handle] = length;
  }
}

uint32_t Store::find_root(std::string_view name) const {
  uint32_t number = strings.find(name);
  if (number == none) return none;
  return root_table_.find(mix(number, 0, seed_), [&](uint32_t type) { return types[type].name == number; });
}

uint32_t Store::root(std::string_view name) {
  if (uint32_t found = find_root(name); found != none) return found;
  uint32_t number = strings.intern(name);
  uint32_t type = make_type(none, 0, number);
  root_table_.insert(mix(number, 0, seed_), type,
                     [&](uint32_t other) { return mix(types[other].name, 0, seed_); });
  return type;
}

uint32_t Store::make_type(uint32_t item, uint8_t type_ref, uint32_t name) {
  uint32_t type = free_types_;
  if (type != none) {
    free_types_ = types[type].list;
  } else {
    type = static_cast<uint32_t>(types.size());
    make_room(types, 1);
    types.emplace_back();
  }
  types[type] = Type{.item = item, .name = name, .type_ref = type_ref, .live = true};
  return type;
}

void Store::free_type(uint32_t type) {
  auto release = [&](uint32_t list) {
    list_table_.erase(list_hash(type, lists[list].key), list);
    lists[list].type = none;
    lists[list].next = free_lists_;
    free_lists_ = list;
  };
  if (types[type].list != none) release(types[type].list);
  for (uint32_t list = types[type].keys; list != none;) {
    uint32_t next = lists[list].next;
    release(list);
    list = next;
  }
  types[type] = Type{.list = free_types_};
  free_types_ = type;
}

uint32_t Store::find_list(uint32_t type, uint32_t key) const {
  if (key == none) return types[type].list;
  return list_table_.find(list_hash(type, key),
                          [&](uint32_t list) { return lists[list].type == type && lists[list].key == key; });
}

uint32_t Store::list_of(uint32_t type, uint32_t key) {
  if (uint32_t found = find_list(type, key); found != none) return found;
  uint32_t list = free_lists_;
  if (list != none) {
    free_lists_ = lists[list].next;
  } else {
    list = static_cast<uint32_t>(lists.size());
    make_room(lists, 1);
    lists.emplace_back();
  }
  lists[list] = List{.type = type, .key = key};
  if (key == none) {
    types[type].list = list;
    return list;
  }
  lists[list].next = types[type].keys;
  types[type].keys = list;
  list_table_.insert(list_hash(type, key), list,
                     [&](uint32_t other) { return list_hash(lists[other].type, lists[other].key); });
  return list;
}

void Store::describe(uint32_t handle, WireStruct& out) const {
  const Item& item = items[handle];
  out.kind = item.kind();
  out.id = id(item);
  out.length = length(item, handle);
  out.has_origin = item.has_origin();
  out.has_right_origin = item.has_right_origin();
  out.has_key = false;
  out.parent = WireStruct::Parent::none;
  if (out.kind == Kind::gc) {
    out.has_origin = out.has_right_origin = false;
    return;
  }
  if (out.has_origin) out.origin = id(item.origin_slot, item.origin_clock);
  if (out.has_right_origin) out.right_origin = id(item.right_slot, item.right_clock);
  uint32_t key = none;
  if (item.parent_by_id) {
    out.parent = WireStruct::Parent::id;
    out.parent_id = id(item.right_slot, item.right_clock);
    key = item.origin_clock;
  } else if (item.list != none) {
    const List& list = lists[item.list];
    const Type& type = types[list.type];
    key = list.key;
    if (type.item == none) {
      out.parent = WireStruct::Parent::root;
      out.root = strings.text(type.name);
    } else {
      out.parent = WireStruct::Parent::id;
      out.parent_id = id(items[type.item]);
    }
  }
  out.has_key = key != none;
  if (out.has_key) out.key = strings.text(key);
  out.form = item.plain ? ValueForm::any : ValueForm::json;
  switch (out.kind) {
    case Kind::string:
      out.ascii = item.plain;
      out.text = text(item);
      break;
    case Kind::type:
      out.type_ref = types[item.content].type_ref;
      if (type_has_name(out.type_ref)) out.name = strings.text(types[item.content].name);
      break;
    case Kind::format:
    case Kind::document: {
      Reader reader(slice(item));
      out.name = reader.varstring();
      out.body = reader.rest();
      break;
    }
    case Kind::json:
    case Kind::any:
    case Kind::binary:
    case Kind::embed:
      out.body = slice(item);
      break;
    default:
      break;
  }
}

std::vector<uint32_t> Store::clients_descending() const {
  std::vector<uint32_t> order(clients.size());
  for (uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::sort(order, [&](uint32_t a, uint32_t b) { return clients[a].id > clients[b].id; });
  return order;
}

size_t Store::memory() const {
  size_t total = items.capacity() * sizeof(Item) + slots.capacity() * sizeof(Slot) +
                 clients.capacity() * sizeof(Client) + types.capacity() * sizeof(Type) +
                 lists.capacity() * sizeof(List) + slices.capacity() * sizeof(Slice) + heap.capacity() +
                 strings.memory() + slot_table_.memory() + list_table_.memory() + root_table_.memory() +
                 long_lengths.size() * 64;
  for (const Client& client : clients) total += client.index.memory();
  return total;
}

Store::Mark Store::mark() const { return {slots.size(), heap.size(), heap_garbage, strings.size()}; }

void Store::roll_back(const Mark& mark) {
  while (slots.size() > mark.slots) {
    auto last = static_cast<uint32_t>(slots.size() - 1);
    slot_table_.erase(slot_hash(slots[last].client, slots[last].high), last);
    slots.pop_back();
  }
  recent_slot_ = none;
  if (strings.size() > mark.strings) {
    // Lists under a forgotten key stay behind empty; a key that takes the number later finds its list ready.
    for (uint32_t type = 0; type < types.size(); ++type) {
      if (!types[type].live || types[type].item != none || types[type].name < mark.strings) continue;
      root_table_.erase(mix(types[type].name, 0, seed_), type);
      free_type(type);
    }
    strings.truncate(mark.strings);
  }
  heap.resize(mark.heap);
  heap_garbage = mark.garbage;
}

}  // namespace parvis::crdt
