#include "engine/crdt/edit.h"

#include "engine/crdt/encode.h"
#include "engine/crdt/nodes.h"
#include "engine/crdt/text_units.h"
#include "engine/crdt/transaction.h"

namespace parvis::crdt {

Editor::Editor(Doc& doc, uint64_t client)
    : doc_(doc),
      store_(doc.store()),
      client_(client),
      before_(doc.state_vector()),
      transaction_(std::make_unique<Transaction>(doc.store())) {}

Editor::~Editor() {
  if (transaction_) transaction_->finish(doc_.options().collect_garbage);
}

Bytes Editor::commit(Format format) {
  Bytes out;
  if (!transaction_) return out;
  transaction_->finish(doc_.options().collect_garbage);
  auto write = [&](auto encoder) {
    encode_store(store_, encoder, before_);
    transaction_->deleted().write(encoder.rest(), format);
    encoder.finish();
  };
  if (format == Format::v1)
    write(EncoderV1(out));
  else
    write(EncoderV2(out));
  transaction_.reset();
  return out;
}

Node Editor::root(std::string_view name) { return node_of(store_, store_.root(name)); }

Result<uint32_t> Editor::list_of(Node node) {
  uint32_t type = type_of(store_, node);
  if (type == none || !transaction_) return fail(reasons::no_such_type);
  return store_.list_of(type, none);
}

uint32_t Editor::new_item(Kind kind, uint64_t length) {
  uint32_t handle = store_.allocate_item();
  uint64_t clock = store_.state(client_);
  Item item{};
  item.slot = store_.slot_of({client_, clock});
  item.clock = static_cast<uint32_t>(clock);
  item.set_kind(kind);
  item.origin_slot = item.right_slot = item.right = item.list = none;
  item.length = static_cast<uint32_t>(length);
  store_.items[handle] = item;
  return handle;
}

/// Between `left` and whatever follows it, tombstones included: only truly adjacent origins keep peers
/// agreeing.
uint32_t Editor::place(uint32_t handle, uint32_t list, uint32_t left) {
  uint32_t right = left == none ? store_.lists[list].head : store_.items[left].right;
  if (left != none) {
    Id last = store_.id(store_.items[left]);
    last.clock += store_.length(left) - 1;
    store_.items[handle].origin_slot = store_.slot_of(last);
    store_.items[handle].origin_clock = static_cast<uint32_t>(last.clock);
  }
  if (right != none) {
    store_.items[handle].right_slot = store_.items[right].slot;
    store_.items[handle].right_clock = store_.items[right].clock;
  }
  store_.items[handle].list = list;
  transaction_->integrate(handle);
  return handle;
}

uint32_t Editor::place_format(uint32_t list, uint32_t left, std::string_view key, const Any& value) {
  uint32_t handle = new_item(Kind::format, 1);
  Bytes blob;
  Writer writer(blob);
  writer.varstring(key);
  encode_any(value, blob);
  store_.items[handle].plain = 1;
  store_.set_slice(store_.items[handle], blob);
  return place(handle, list, left);
}

uint32_t Editor::place_value(uint32_t list, uint32_t left, const Any& value) {
  auto* bytes = value.as<Bytes>();
  uint32_t handle = new_item(bytes ? Kind::binary : Kind::any, 1);
  Bytes encoded;
  if (!bytes) encode_any(value, encoded);
  store_.set_slice(store_.items[handle], bytes ? *bytes : encoded);
  return place(handle, list, left);
}

uint32_t Editor::place_node(uint32_t list, uint32_t left, NodeKind kind, std::string_view name, Node& out) {
  uint32_t handle = new_item(Kind::type, 1);
  auto type_ref = static_cast<uint8_t>(kind);
  uint32_t number = type_has_name(type_ref) ? store_.strings.intern(name) : none;
  uint32_t type = store_.make_type(handle, type_ref, number);
  store_.items[handle].content = type;
  uint32_t placed = place(handle, list, left);
  out = node_of(store_, type);
  return placed;
}

Result<uint32_t> Editor::left_of(uint32_t list, uint64_t index) {
  uint32_t left = none;
  if (index == 0) return left;
  for (uint32_t at = store_.lists[list].head; at != none; at = store_.items[at].right) {
    const Item& item = store_.items[at];
    if (item.deleted || !countable(item.kind())) continue;
    uint64_t length = store_.length(at);
    if (index > length) {
      index -= length;
      continue;
    }
    if (index < length) transaction_->split_item(at, index);
    return at;
  }
  return fail(reasons::out_of_range);
}

Result<> Editor::insert_values(Node node, uint64_t index, const AnyArray& values) {
  uint32_t list = TRY(list_of(node));
  uint32_t left = TRY(left_of(list, index));
  for (const Any& value : values) left = place_value(list, left, value);
  return {};
}

Result<Node> Editor::insert_node(Node node, uint64_t index, NodeKind kind, std::string_view name) {
  if (kind == NodeKind::root) return fail(reasons::no_such_type);
  uint32_t list = TRY(list_of(node));
  uint32_t left = TRY(left_of(list, index));
  Node out;
  place_node(list, left, kind, name, out);
  return out;
}

Result<Node> Editor::insert_node_after(Node sibling, NodeKind kind, std::string_view name) {
  uint32_t type = type_of(store_, sibling);
  if (kind == NodeKind::root || sibling.is_root || type == none || !transaction_)
    return fail(reasons::no_such_type);
  uint32_t item = store_.types[type].item, list = store_.items[item].list;
  if (store_.lists[list].key != none) return fail(reasons::no_such_type);
  Node out;
  place_node(list, item, kind, name, out);
  return out;
}

Result<> Editor::remove(Node node, uint64_t index, uint64_t length) {
  uint32_t list = TRY(list_of(node));
  uint64_t total = length_of(doc_, node);
  if (index > total || length > total - index) return fail(reasons::out_of_range);
  uint32_t left = TRY(left_of(list, index));
  uint32_t at = left == none ? store_.lists[list].head : store_.items[left].right;
  for (; length > 0; at = store_.items[at].right) {
    const Item& item = store_.items[at];
    if (item.deleted || !countable(item.kind())) continue;
    uint64_t units = store_.length(at);
    if (length < units) {
      transaction_->split_item(at, length);
      units = length;
    }
    length -= units;
    transaction_->delete_item(at);
  }
  return {};
}

Result<> Editor::set(Node node, std::string_view key, const Any& value) {
  TRY(list_of(node));
  uint32_t list = store_.list_of(type_of(store_, node), store_.strings.intern(key));
  place_value(list, store_.lists[list].tail, value);
  return {};
}

Result<Node> Editor::set_node(Node node, std::string_view key, NodeKind kind, std::string_view name) {
  if (kind == NodeKind::root) return fail(reasons::no_such_type);
  TRY(list_of(node));
  uint32_t list = store_.list_of(type_of(store_, node), store_.strings.intern(key));
  Node out;
  place_node(list, store_.lists[list].tail, kind, name, out);
  return out;
}

Result<> Editor::erase(Node node, std::string_view key) {
  TRY(list_of(node));
  uint32_t number = store_.strings.find(key);
  uint32_t list = number == none ? none : store_.find_list(type_of(store_, node), number);
  if (list != none && store_.lists[list].tail != none) transaction_->delete_item(store_.lists[list].tail);
  return {};
}

}  // namespace parvis::crdt
