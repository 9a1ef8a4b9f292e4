#include <algorithm>
#include <cmath>

#include "engine/crdt/text_units.h"
#include "engine/crdt/update.h"
#include "engine/crdt/vectors_test_support.h"
#include "engine/crdt/wire_struct.h"

namespace parvis::crdt::test {
namespace {

Any object(std::initializer_list<std::pair<const char*, Any>> members) {
  Any out(AnyObject{});
  for (auto& [key, value] : members) out.set(key, value);
  return out;
}

Any sorted_object(std::vector<std::pair<std::string, Any>> members) {
  std::ranges::sort(members, {}, &std::pair<std::string, Any>::first);
  Any out(AnyObject{});
  for (auto& [key, value] : members) out.set(key, std::move(value));
  return out;
}

Any entries(const Doc& doc, Node node) {
  std::vector<std::pair<std::string, Any>> out;
  for (auto& [key, value] : read_map(doc, node)) out.emplace_back(key, tagged(doc, value));
  return sorted_object(std::move(out));
}

Any children(const Doc& doc, Node node) {
  AnyArray out;
  for (auto& child : read_array(doc, node)) out.push_back(tagged(doc, child));
  return out;
}

Any text_tree(const Doc& doc, Node node, const char* tag) {
  Any out = object({{"T", Any(tag)}, {"delta", tagged_delta(doc, read_delta(doc, node))}});
  Any attributes = entries(doc, node);
  if (!attributes.as<AnyObject>()->empty()) out.set("a", attributes);
  return out;
}

}  // namespace

Any tagged_value(const Any& value) {
  if (auto* bytes = value.as<Bytes>())
    return object({{"T", "bin"}, {"b64", Any(to_base64(*bytes, Base64::standard_padded))}});
  if (value.is_undefined()) return object({{"T", "undef"}});
  if (auto* big = value.as<BigInt>()) return object({{"T", "big"}, {"v", Any(std::to_string(big->value))}});
  if (auto* number = value.as<double>())
    if (!std::isfinite(*number) || (*number == 0 && std::signbit(*number)))
      return object({{"T", "num"}, {"v", Any(*number == 0 ? std::string("-0") : number_to_string(*number))}});
  if (auto* array = value.as<AnyArray>()) {
    AnyArray out;
    for (auto& element : *array) out.push_back(tagged_value(element));
    return out;
  }
  if (auto* members = value.as<AnyObject>()) {
    std::vector<std::pair<std::string, Any>> out;
    for (auto& [key, member] : *members) out.emplace_back(key, tagged_value(member));
    return sorted_object(std::move(out));
  }
  return value;
}

Any tagged(const Doc& doc, const Content& content) {
  if (auto* value = std::get_if<Any>(&content)) return tagged_value(*value);
  if (auto* sub = std::get_if<Subdocument>(&content)) return object({{"T", "doc"}, {"guid", Any(sub->guid)}});
  Node node = std::get<Node>(content);
  switch (kind_of(doc, node)) {
    case NodeKind::text:
      return text_tree(doc, node, "text");
    case NodeKind::xml_text:
      return text_tree(doc, node, "xmltext");
    case NodeKind::array:
      return object({{"T", "array"}, {"c", children(doc, node)}});
    case NodeKind::map:
      return object({{"T", "map"}, {"e", entries(doc, node)}});
    case NodeKind::hook:
      return object({{"T", "hook"}, {"n", Any(name_of(doc, node))}, {"e", entries(doc, node)}});
    case NodeKind::element:
      return object({{"T", "el"},
                     {"n", Any(name_of(doc, node))},
                     {"a", entries(doc, node)},
                     {"c", children(doc, node)}});
    default:
      return object({{"T", "frag"}, {"c", children(doc, node)}});
  }
}

Any tagged_delta(const Doc& doc, const std::vector<DeltaOp>& ops) {
  AnyArray out;
  for (auto& op : ops) {
    Any insert;
    if (auto* text = std::get_if<std::string>(&op.insert)) insert = Any(*text);
    if (auto* value = std::get_if<Any>(&op.insert)) insert = tagged_value(*value);
    if (auto* node = std::get_if<Node>(&op.insert)) insert = tagged(doc, *node);
    Any entry = object({{"insert", insert}});
    std::vector<std::pair<std::string, Any>> attributes;
    for (auto& [key, value] : op.attributes) attributes.emplace_back(key, tagged_value(value));
    if (!attributes.empty()) entry.set("attributes", sorted_object(std::move(attributes)));
    out.push_back(entry);
  }
  return out;
}

Any tree(const Doc& doc, std::string_view root, std::string_view kind) {
  auto found = find_root(doc, root);
  Node node = found.value_or(Node{~0u, {}, true});
  if (kind == "text") return text_tree(doc, node, "text");
  if (kind == "map") return object({{"T", "map"}, {"e", entries(doc, node)}});
  return object({{"T", Any(kind)}, {"c", children(doc, node)}});
}

namespace {

std::string id_text(bool present, Id id) {
  return present ? std::to_string(id.client) + ":" + std::to_string(id.clock) : "-";
}

void canonical_struct(const WireStruct& item, std::vector<std::tuple<uint64_t, uint64_t, std::string>>& out) {
  auto deleted_run = [&](const char* what) {
    if (!out.empty()) {
      auto& [clock, length, kind] = out.back();
      if (kind == what && clock + length == item.id.clock) {
        length += item.length;
        return;
      }
    }
    out.emplace_back(item.id.clock, item.length, what);
  };
  if (item.kind == Kind::gc || item.kind == Kind::deleted) return deleted_run("D");
  if (item.kind == Kind::skip) return deleted_run("S");
  std::string parent;
  if (item.parent == WireStruct::Parent::root) parent = "k" + std::string(item.root);
  if (item.parent == WireStruct::Parent::id) parent = "i" + id_text(true, item.parent_id);
  if (item.has_key && !parent.empty()) parent += "#" + std::string(item.key);
  Reader reader(item.body);
  std::string_view text = item.text;
  for (uint64_t unit = 0; unit < item.length; ++unit) {
    std::string value;
    switch (item.kind) {
      case Kind::string: {
        UnitPosition at = find_unit(text, unit);
        value = std::string(text.substr(at.byte, 4)) + (at.inside_pair ? "low" : "");
        break;
      }
      case Kind::any:
        value = to_json(tagged_value(read_any(reader)));
        break;
      case Kind::embed:
      case Kind::format:
        value = std::string(item.name) + "=" + std::string(as_text(item.body));
        break;
      default:
        value = std::string(item.name) + std::string(as_text(item.body)) + std::to_string(item.type_ref);
    }
    Id before{item.id.client, item.id.clock + unit - 1};
    out.emplace_back(item.id.clock + unit, 1,
                     std::to_string(static_cast<int>(item.kind)) + "|" +
                         (unit == 0 ? id_text(item.has_origin, item.origin) : id_text(true, before)) + "|" +
                         id_text(item.has_right_origin, item.right_origin) + "|" + (unit == 0 ? parent : "") +
                         "|" + value);
  }
}

}  // namespace

std::string canonical(ByteView update) {
  DecoderV1 decoder(update);
  std::string out;
  for (uint64_t blocks = decoder.rest().varuint(); blocks > 0; --blocks) {
    uint64_t count = decoder.rest().varuint();
    Id id{decoder.client(), 0};
    id.clock = decoder.rest().varuint();
    std::vector<std::tuple<uint64_t, uint64_t, std::string>> lines;
    for (; count > 0; --count) {
      WireStruct item;
      if (!read_struct(decoder, id, item)) return "malformed";
      canonical_struct(item, lines);
      id.clock += item.length;
    }
    out += std::to_string(id.client) + "\n";
    for (auto& [clock, length, what] : lines)
      out += std::to_string(clock) + " " + std::to_string(length) + " " + what + "\n";
  }
  for (auto& client : DeleteSet::read(decoder.rest(), Format::v1).clients()) {
    out += "ds " + std::to_string(client.client) + "\n";
    for (auto range : client.ranges)
      out += std::to_string(range.clock) + " " + std::to_string(range.length) + "\n";
  }
  return out;
}

}  // namespace parvis::crdt::test
