#include "engine/crdt/fast_path.h"

#include "engine/crdt/text_units.h"

namespace parvis::crdt {
namespace {

constexpr uint8_t string_after_origin = 0x84, has_right_origin = 0x40;

/// Text that continues the client's last item, at a place nobody else wrote to.
bool apply_typing(Store& store, Reader& reader) {
  if (reader.varuint() != 1) return false;
  uint64_t client_id = reader.varuint(), clock = reader.varuint();
  uint32_t number = store.find_client(client_id);
  if (number == none || store.clients[number].state != clock) return false;
  uint8_t info = reader.byte();
  if ((info & ~has_right_origin) != string_after_origin) return false;
  if (reader.varuint() != client_id || reader.varuint() != clock - 1) return false;
  Client& client = store.clients[number];
  uint32_t handle = client.index.handle(client.index.last());
  Item& item = store.items[handle];
  if (item.kind() != Kind::string || item.deleted || !item.plain) return false;
  Id right{};
  bool right_given = (info & has_right_origin) != 0;
  if (right_given) {
    right.client = reader.varuint();
    right.clock = reader.varuint();
  }
  if (right_given != item.has_right_origin() || right_given != (item.right != none)) return false;
  // Merges with the item only if both were typed before the same neighbour, which is still the next one.
  if (right_given &&
      (store.id(store.items[item.right]) != right || store.id(item.right_slot, item.right_clock) != right))
    return false;
  std::string_view text = reader.varstring();
  if (text.empty() || !is_ascii(text) || reader.varuint() != 0 || reader.failed()) return false;
  const List& list = store.lists[item.list];
  Type& type = store.types[list.type];
  if (list.key != none || (type.item != none && store.items[type.item].deleted)) return false;
  if (item.slack || item.content + item.length != store.heap.size() ||
      item.length + text.size() >= long_length)
    return false;
  store.append_heap(as_bytes(text));
  item.length += static_cast<uint32_t>(text.size());
  type.length += text.size();
  client.state += text.size();
  return true;
}

bool apply_deletion(Store& store, Transaction& transaction, Reader& reader) {
  if (reader.varuint() != 1) return false;
  uint32_t number = store.find_client(reader.varuint());
  if (number == none || reader.varuint() != 1) return false;
  uint64_t clock = reader.varuint(), length = reader.varuint();
  if (reader.failed() || length == 0 || length > max_safe_integer - clock) return false;
  if (clock + length > store.clients[number].state) return false;
  return transaction.delete_text_range(number, clock, length);
}

}  // namespace

bool apply_fast(Store& store, Transaction& transaction, ByteView update, bool collect) {
  Reader reader(update);
  switch (reader.varuint()) {
    case 0:
      return collect && apply_deletion(store, transaction, reader);
    case 1:
      return apply_typing(store, reader);
    default:
      return false;
  }
}

}  // namespace parvis::crdt
