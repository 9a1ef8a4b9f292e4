#include "engine/crdt/relative_position.h"

#include "engine/crdt/nodes.h"
#include "engine/crdt/text_units.h"

namespace parvis::crdt {
namespace {

Any id_json(Id id) {
  return AnyObject{{"client", Any(static_cast<double>(id.client))},
                   {"clock", Any(static_cast<double>(id.clock))}};
}

std::optional<uint64_t> whole_number(const Any* value) {
  const double* number = value ? value->as<double>() : nullptr;
  if (!number || !(*number >= 0) || *number > static_cast<double>(max_safe_integer)) return std::nullopt;
  auto whole = static_cast<uint64_t>(*number);
  return static_cast<double>(whole) == *number ? std::optional(whole) : std::nullopt;
}

std::optional<Id> id_of(const Any* value) {
  if (!value) return std::nullopt;
  auto client = whole_number(value->find("client")), clock = whole_number(value->find("clock"));
  if (!client || !clock) return std::nullopt;
  return Id{*client, *clock};
}

/// The struct holding a unit; none when unknown.
uint32_t struct_at(const Store& store, Id id) {
  uint32_t client = store.find_client(id.client);
  if (client == none || id.clock >= store.clients[client].state) return none;
  return store.find_item(client, id.clock);
}

}  // namespace

Result<RelativePosition> RelativePosition::decode(ByteView bytes) {
  Reader reader(bytes);
  RelativePosition out;
  uint64_t kind = reader.varuint();
  if (kind == 1) {
    std::string_view name = reader.varstring();
    uint64_t units;
    if (!measure_utf8(name, units)) reader.fail();
    out.root = name;
  } else if (kind == 0 || kind == 2) {
    uint64_t client = reader.varuint();
    (kind == 0 ? out.item : out.type) = Id{client, reader.varuint()};
  } else {
    reader.fail();
  }
  if (!reader.at_end()) {
    SignedInt assoc = reader.varint();
    out.assoc =
        assoc.negative ? -static_cast<int64_t>(assoc.magnitude) : static_cast<int64_t>(assoc.magnitude);
  }
  if (reader.failed()) return fail(reasons::malformed, "relative position");
  return out;
}

Bytes RelativePosition::encode() const {
  Bytes out;
  Writer writer(out);
  if (item) {
    writer.varuint(0);
    writer.varuint(item->client);
    writer.varuint(item->clock);
  } else if (root) {
    writer.byte(1);
    writer.varstring(*root);
  } else {
    writer.byte(2);
    writer.varuint(type ? type->client : 0);
    writer.varuint(type ? type->clock : 0);
  }
  writer.varint({static_cast<uint64_t>(assoc < 0 ? -assoc : assoc), assoc < 0});
  return out;
}

Any RelativePosition::to_json() const {
  Any out(AnyObject{});
  if (type) out.set("type", id_json(*type));
  if (root) out.set("tname", Any(*root));
  if (item) out.set("item", id_json(*item));
  out.set("assoc", Any(static_cast<double>(assoc)));
  return out;
}

Result<RelativePosition> RelativePosition::from_json(const Any& value) {
  RelativePosition out;
  out.item = id_of(value.find("item"));
  out.type = id_of(value.find("type"));
  if (auto* name = value.find("tname"))
    if (auto* text = name->as<std::string>()) out.root = *text;
  if (auto* assoc = value.find("assoc"))
    if (auto* number = assoc->as<double>()) out.assoc = *number < 0 ? -1 : 0;
  if (!out.item && !out.type && !out.root) return fail(reasons::malformed, "relative position");
  return out;
}

Result<RelativePosition> relative_position(const Doc& doc, Node node, uint64_t index, int64_t assoc) {
  const Store& store = doc.store();
  uint32_t type = type_of(store, node);
  if (type == none) return fail(reasons::no_such_type);
  if (index > store.types[type].length) return fail(reasons::out_of_range);
  RelativePosition out;
  out.assoc = assoc;
  if (store.is_root(type))
    out.root = store.strings.text(store.types[type].name);
  else
    out.type = node.item;
  if (assoc < 0) {
    if (index == 0) return out;
    --index;
  }
  uint32_t list = store.types[type].list;
  for (uint32_t at = list == none ? none : store.lists[list].head; at != none; at = store.items[at].right) {
    const Item& item = store.items[at];
    Id id = store.id(item);
    uint64_t length = store.length(item, at);
    if (!item.deleted && countable(item.kind())) {
      if (length > index) {
        out.item = Id{id.client, id.clock + index};
        return out;
      }
      index -= length;
    }
    if (item.right == none && assoc < 0) out.item = Id{id.client, id.clock + length - 1};
  }
  return out;
}

std::optional<AbsolutePosition> resolve(const Doc& doc, const RelativePosition& position) {
  const Store& store = doc.store();
  if (!position.item) {
    uint32_t type = none;
    if (position.root) {
      type = store.find_root(*position.root);
    } else if (position.type) {
      uint32_t holder = struct_at(store, *position.type);
      if (holder != none && store.items[holder].kind() == Kind::type) type = store.items[holder].content;
    }
    if (type == none) return std::nullopt;
    return AbsolutePosition{node_of(store, type), position.assoc >= 0 ? store.types[type].length : 0};
  }
  uint32_t target = struct_at(store, *position.item);
  if (target == none || store.items[target].kind() == Kind::gc) return std::nullopt;
  const Item& unit = store.items[target];
  const List& list = store.lists[unit.list];
  const Type& type = store.types[list.type];
  Node node = node_of(store, list.type);
  if (type.item != none && store.items[type.item].deleted) return AbsolutePosition{node, 0};
  uint64_t index = 0;
  for (uint32_t at = list.head; at != target; at = store.items[at].right)
    if (!store.items[at].deleted && countable(store.items[at].kind())) index += store.length(at);
  if (!unit.deleted && countable(unit.kind()))
    index += position.item->clock - store.id(unit).clock + (position.assoc >= 0 ? 0 : 1);
  return AbsolutePosition{node, index};
}

}  // namespace parvis::crdt
