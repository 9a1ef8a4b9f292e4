#include "engine/crdt/read.h"

#include <algorithm>

#include "engine/crdt/nodes.h"
#include "engine/crdt/text_units.h"

namespace parvis::crdt {

uint32_t type_of(const Store& store, Node node) {
  if (node.number >= store.types.size() || !store.types[node.number].live) return none;
  const Type& type = store.types[node.number];
  if (node.is_root) return type.item == none ? node.number : none;
  return type.item != none && store.id(store.items[type.item]) == node.item ? node.number : none;
}

Node node_of(const Store& store, uint32_t type) {
  const Type& entry = store.types[type];
  if (entry.item == none) return {type, {}, true};
  return {type, store.id(store.items[entry.item]), false};
}

namespace {

std::string utf8_text(std::string_view text) {
  std::string out(text);
  if (has_surrogates(out)) replace_surrogates(reinterpret_cast<uint8_t*>(out.data()), out.size());
  return out;
}

/// The element `index` of an item's content, as a reader sees it. Legacy JSON may say "undefined".
void append_contents(const Store& store, uint32_t handle, std::vector<Content>& out) {
  WireStruct item;
  store.describe(handle, item);
  switch (item.kind) {
    case Kind::json:
    case Kind::any: {
      Reader reader(item.body);
      for (uint64_t left = item.length; left > 0; --left)
        out.emplace_back(item.kind == Kind::any ? read_any(reader) : parse_legacy(reader.varstring()));
      break;
    }
    case Kind::binary:
      out.emplace_back(Any(Bytes(item.body.begin(), item.body.end())));
      break;
    case Kind::embed:
      out.emplace_back(value_of(item));
      break;
    case Kind::string:
      out.emplace_back(Any(utf8_text(item.text)));
      break;
    case Kind::type:
      out.emplace_back(node_of(store, store.items[handle].content));
      break;
    case Kind::document: {
      Reader reader(item.body);
      out.emplace_back(Subdocument{std::string(item.name), read_any(reader)});
      break;
    }
    default:
      break;
  }
}

std::optional<Content> last_content(const Store& store, uint32_t list) {
  uint32_t tail = store.lists[list].tail;
  if (tail == none || store.items[tail].deleted) return std::nullopt;
  std::vector<Content> contents;
  append_contents(store, tail, contents);
  if (contents.empty()) return std::nullopt;
  return std::move(contents.back());
}

uint32_t first_item(const Store& store, uint32_t type) {
  if (type == none || store.types[type].list == none) return none;
  return store.lists[store.types[type].list].head;
}

constexpr int max_xml_depth = 200;

std::string shown(const Content& content) {
  if (auto* value = std::get_if<Any>(&content)) {
    if (auto* text = value->as<std::string>()) return *text;
    if (auto* number = value->as<double>()) return number_to_string(*number);
    if (value->as<AnyObject>()) return "[object Object]";
    if (value->is_undefined()) return "undefined";
    if (auto* array = value->as<AnyArray>()) {
      std::string out;
      for (const Any& element : *array) {
        if (&element != array->data()) out.push_back(',');
        if (!element.is_null() && !element.is_undefined()) out.append(shown(element));
      }
      return out;
    }
    return to_json(*value);
  }
  return "[object Object]";
}

void append_xml(const Doc& doc, Node node, int depth, std::string& out);

void append_xml_text(const Doc& doc, Node node, std::string& out) {
  for (const DeltaOp& op : read_delta(doc, node)) {
    struct Tag {
      std::string name;
      Attributes attributes;
    };
    std::vector<Tag> tags;
    for (const auto& [name, value] : op.attributes) {
      Tag tag{name, {}};
      if (auto* object = value.as<AnyObject>()) tag.attributes = *object;
      std::ranges::sort(tag.attributes, {}, &std::pair<std::string, Any>::first);
      tags.push_back(std::move(tag));
    }
    std::ranges::sort(tags, {}, &Tag::name);
    for (const Tag& tag : tags) {
      out.append("<").append(tag.name);
      for (const auto& [key, value] : tag.attributes) out.append(" " + key + "=\"" + shown(value) + "\"");
      out.append(">");
    }
    if (auto* text = std::get_if<std::string>(&op.insert)) out.append(*text);
    if (auto* value = std::get_if<Any>(&op.insert)) out.append(shown(*value));
    if (std::get_if<Node>(&op.insert)) out.append("[object Object]");
    for (size_t i = tags.size(); i > 0; --i) out.append("</" + tags[i - 1].name + ">");
  }
}

void append_element(const Doc& doc, Node node, int depth, std::string& out) {
  std::string name = name_of(doc, node);
  for (char& c : name)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  out.append("<").append(name);
  for (const auto& [key, value] : read_map(doc, node)) out.append(" " + key + "=\"" + shown(value) + "\"");
  out.append(">");
  for (const Content& child : read_array(doc, node))
    if (auto* inner = std::get_if<Node>(&child)) append_xml(doc, *inner, depth + 1, out);
  out.append("</" + name + ">");
}

void append_xml(const Doc& doc, Node node, int depth, std::string& out) {
  if (depth > max_xml_depth) return;
  switch (kind_of(doc, node)) {
    case NodeKind::element:
      return append_element(doc, node, depth, out);
    case NodeKind::xml_text:
      return append_xml_text(doc, node, out);
    case NodeKind::text:
      out.append(read_text(doc, node));
      return;
    case NodeKind::hook:
    case NodeKind::map:
    case NodeKind::array:
      out.append("[object Object]");
      return;
    case NodeKind::fragment:
    case NodeKind::root:
      for (const Content& child : read_array(doc, node))
        if (auto* inner = std::get_if<Node>(&child)) append_xml(doc, *inner, depth + 1, out);
  }
}

}  // namespace

Any parse_legacy(std::string_view text) {
  if (text == "undefined") return {};
  auto value = parse_json(text);
  return value ? std::move(*value) : Any{};
}

Any value_of(const WireStruct& item) {
  if (item.form == ValueForm::json) return parse_legacy(as_text(item.body));
  Reader reader(item.body);
  return read_any(reader);
}

std::optional<Node> find_root(const Doc& doc, std::string_view name) {
  uint32_t type = doc.store().find_root(name);
  if (type == none) return std::nullopt;
  return Node{type, {}, true};
}

NodeKind kind_of(const Doc& doc, Node node) {
  uint32_t type = type_of(doc.store(), node);
  if (type == none || node.is_root) return NodeKind::root;
  return static_cast<NodeKind>(doc.store().types[type].type_ref);
}

std::string name_of(const Doc& doc, Node node) {
  uint32_t type = type_of(doc.store(), node);
  if (type == none || node.is_root || !type_has_name(doc.store().types[type].type_ref)) return {};
  return std::string(doc.store().strings.text(doc.store().types[type].name));
}

uint64_t length_of(const Doc& doc, Node node) {
  uint32_t type = type_of(doc.store(), node);
  return type == none ? 0 : doc.store().types[type].length;
}

std::string read_text(const Doc& doc, Node node) {
  const Store& store = doc.store();
  std::string out;
  for (uint32_t at = first_item(store, type_of(store, node)); at != none; at = store.items[at].right) {
    const Item& item = store.items[at];
    if (!item.deleted && item.kind() == Kind::string) append_units(out, store.text(item));
  }
  return utf8_text(out);
}

std::vector<Content> read_array(const Doc& doc, Node node) {
  const Store& store = doc.store();
  std::vector<Content> out;
  for (uint32_t at = first_item(store, type_of(store, node)); at != none; at = store.items[at].right)
    if (!store.items[at].deleted) append_contents(store, at, out);
  return out;
}

std::vector<std::pair<std::string, Content>> read_map(const Doc& doc, Node node) {
  const Store& store = doc.store();
  std::vector<std::pair<std::string, Content>> out;
  uint32_t type = type_of(store, node);
  if (type == none) return out;
  for (uint32_t list = store.types[type].keys; list != none; list = store.lists[list].next)
    if (auto content = last_content(store, list))
      out.emplace_back(store.strings.text(store.lists[list].key), std::move(*content));
  std::ranges::sort(out, {}, &std::pair<std::string, Content>::first);
  return out;
}

std::optional<Content> read_entry(const Doc& doc, Node node, std::string_view key) {
  const Store& store = doc.store();
  uint32_t type = type_of(store, node), number = store.strings.find(key);
  if (type == none || number == none) return std::nullopt;
  uint32_t list = store.find_list(type, number);
  return list == none ? std::nullopt : last_content(store, list);
}

std::string read_xml(const Doc& doc, Node node) {
  std::string out;
  append_xml(doc, node, 0, out);
  return out;
}

}  // namespace parvis::crdt
