#pragma once
// The data of one document: items in one array (40 bytes each, addressed by 32-bit handles), text in one
// buffer, types and lists in small tables. Internal; README.md explains the layout.
#include <map>
#include <string>
#include <vector>

#include "engine/crdt/client_index.h"
#include "engine/crdt/tables.h"
#include "engine/crdt/wire_struct.h"

namespace parvis::crdt {

inline constexpr uint32_t slot_limit = (1u << 24) - 1;
/// Item::length of a struct too long for it; the length is then in Store::long_lengths.
inline constexpr uint32_t long_length = none;

/// A clock is (slot, low 32 bits); a slot stands for a client and the upper bits of the clock.
struct Item {
  uint32_t slot : 24;
  uint32_t kind_bits : 4;
  uint32_t deleted : 1;
  uint32_t plain : 1;  // text: ASCII, content is an offset; embed and format: the value is "any", not JSON
  uint32_t slack : 1;  // text block may grow to the next power of two
  uint32_t parent_by_id : 1;  // not integrated yet: right origin holds the parent's id, origin_clock the key
  uint32_t clock;
  uint32_t origin_slot;  // none: no left origin
  uint32_t origin_clock;
  uint32_t right_slot;  // none: no right origin
  uint32_t right_clock;
  uint32_t right;   // next item of the list; next free item
  uint32_t length;  // units
  uint32_t list;
  uint32_t content;  // text offset, slice, or type, by kind

  Kind kind() const { return static_cast<Kind>(kind_bits); }
  void set_kind(Kind kind) { kind_bits = static_cast<uint32_t>(kind) & 15; }
  bool has_origin() const { return origin_slot != none; }
  bool has_right_origin() const { return right_slot != none && !parent_by_id; }
};
static_assert(sizeof(Item) == 40);

/// The list of a type (key == none) or of one map key, whose last item is the current value.
struct List {
  uint32_t type;
  uint32_t key;
  uint32_t head = none;
  uint32_t tail = none;
  uint32_t next = none;  // of the same type; free list
};

struct Type {
  uint32_t item = none;  // none: a root
  uint32_t name = none;  // of a root, an element, a hook
  uint32_t list = none;
  uint32_t keys = none;  // lists of map keys, newest first
  uint64_t length = 0;   // countable units not deleted
  uint8_t type_ref = 0;  // unused for a root
  bool live = false;
};

struct Slot {
  uint64_t client;
  uint32_t high;
  uint32_t link;  // high == 0: the client record or none; otherwise the slot of (client, 0)
};

struct Client {
  uint64_t id;
  uint64_t state = 0;
  ClientIndex index;
};

struct Slice {
  uint32_t offset;
  uint32_t size;
};

class Store {
 public:
  explicit Store(uint64_t seed) : strings(seed), seed_(seed) {}

  // Ids.
  uint32_t slot(uint64_t client, uint64_t high) {
    uint32_t found = find_slot(client, high);
    return found != none ? found : add_slot(client, high);
  }
  uint32_t slot_of(Id id) { return slot(id.client, id.clock >> 32); }
  uint32_t find_slot(uint64_t client, uint64_t high) const {
    if (recent_slot_ < slots.size() && slots[recent_slot_].client == client &&
        slots[recent_slot_].high == high)
      return recent_slot_;
    return search_slot(client, high);
  }
  Id id(uint32_t slot_number, uint32_t low) const {
    const Slot& entry = slots[slot_number];
    return {entry.client, uint64_t{entry.high} << 32 | low};
  }
  Id id(const Item& item) const { return id(item.slot, item.clock); }
  uint64_t clock_of(uint32_t slot_number, uint32_t low) const {
    return uint64_t{slots[slot_number].high} << 32 | low;
  }
  /// none: no struct of that client is integrated.
  uint32_t client_of_slot(uint32_t slot_number) const {
    const Slot& entry = slots[slot_number];
    return entry.high == 0 ? entry.link : slots[entry.link].link;
  }
  uint32_t find_client(uint64_t client) const {
    uint32_t found = find_slot(client, 0);
    return found == none ? none : slots[found].link;
  }
  uint32_t make_client(uint64_t client);
  uint64_t state(uint64_t client) const {
    uint32_t found = find_client(client);
    return found == none ? 0 : clients[found].state;
  }

  // Items.
  uint32_t allocate_item();
  void free_item(uint32_t handle);
  uint64_t length(const Item& item, uint32_t handle) const {
    return item.length != long_length ? item.length : long_lengths.at(handle);
  }
  uint64_t length(uint32_t handle) const { return length(items[handle], handle); }
  void set_length(uint32_t handle, uint64_t length) {
    Item& item = items[handle];
    if (item.length == long_length || length >= long_length) return set_long_length(handle, length);
    item.length = static_cast<uint32_t>(length);
  }
  void set_long_length(uint32_t handle, uint64_t length);
  /// The struct holding the unit, with its place in the index.
  uint32_t find_item(uint32_t client, uint64_t clock) const {
    const ClientIndex& index = clients[client].index;
    return index.handle(index.find(clock));
  }

  // Content.
  std::string_view text(const Item& item) const {
    if (item.plain) return {reinterpret_cast<const char*>(heap.data()) + item.content, item.length};
    return as_text(slice(item));
  }
  ByteView slice(const Item& item) const {
    Slice part = slices[item.content];
    return ByteView(heap).subspan(part.offset, part.size);
  }
  uint32_t append_heap(ByteView bytes);
  uint32_t make_slice(uint32_t offset, uint32_t size);
  void free_slice(uint32_t number);
  void set_slice(Item& item, ByteView bytes) {
    item.content = make_slice(append_heap(bytes), static_cast<uint32_t>(bytes.size()));
  }
  /// Points a string item at text already in the heap.
  void set_text(Item& item, uint32_t offset, size_t size);
  /// Gives back what the item's content holds outside the item (not a type).
  void release_content(Item& item);
  /// Cuts content at `count` units: `left` keeps the front, `right` gets the rest. Both lengths are set
  /// already.
  void split_content(Item& left, Item& right, uint64_t count);
  /// Appends right's content to left's (same kind, mergeable); releases right's. Text sets left's length.
  void join_content(Item& left, Item& right);
  void compact_heap();

  // Types and lists.
  uint32_t root(std::string_view name);
  uint32_t find_root(std::string_view name) const;
  uint32_t make_type(uint32_t item, uint8_t type_ref, uint32_t name);
  void free_type(uint32_t type);
  uint32_t list_of(uint32_t type, uint32_t key);
  uint32_t find_list(uint32_t type, uint32_t key) const;
  bool is_root(uint32_t type) const { return types[type].item == none; }

  /// Fills `out` from an item, integrated or only decoded. Views point into the store.
  void describe(uint32_t handle, WireStruct& out) const;
  /// Client records by client number, descending.
  std::vector<uint32_t> clients_descending() const;
  size_t memory() const;

  std::vector<Item> items;
  std::vector<Slot> slots;
  std::vector<Client> clients;
  std::vector<Type> types;
  std::vector<List> lists;
  std::vector<Slice> slices;
  Bytes heap;
  StringPool strings;
  std::map<uint32_t, uint64_t> long_lengths;
  size_t heap_garbage = 0;
  uint32_t free_items = none;
  size_t live_items = 0;

  // What a decode that fails must take back.
  struct Mark {
    size_t slots, heap, garbage;
    uint32_t strings;
  };
  Mark mark() const;
  void roll_back(const Mark& mark);

 private:
  uint32_t search_slot(uint64_t client, uint64_t high) const;
  uint32_t add_slot(uint64_t client, uint64_t high);
  uint64_t list_hash(uint32_t type, uint32_t key) const { return mix(type, key, seed_); }
  uint64_t slot_hash(uint64_t client, uint64_t high) const { return mix(client, high, seed_); }

  uint64_t seed_;
  IndexTable slot_table_;
  IndexTable list_table_;
  IndexTable root_table_;
  uint32_t free_slices_ = none;
  uint32_t free_types_ = none;
  uint32_t free_lists_ = none;
  mutable uint32_t recent_slot_ = none;
};

}  // namespace parvis::crdt
