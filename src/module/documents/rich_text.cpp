#include "module/documents/rich_text.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "base/utf8.h"
#include "engine/crdt/read.h"

namespace parvis {
namespace {

constexpr size_t batch_bytes = 256 << 10;
constexpr size_t node_bytes = 24;  // what a node without text costs in an update, about

/// "bold--Zm9vYmFy" is a mark that stands more than once: the editor's binding adds eight characters.
std::string_view mark_name(std::string_view key) {
  constexpr size_t suffix = 10;
  if (key.size() > suffix && key.substr(key.size() - suffix).starts_with("--"))
    return key.substr(0, key.size() - suffix);
  return key;
}

class TreeReader {
 public:
  TreeReader(const crdt::Doc& doc, RichText& out) : doc_(doc), out_(out) {}

  void children(crdt::Node node, RichNode& into, int depth) {
    for (auto& child : crdt::read_array(doc_, node)) {
      auto* inner = std::get_if<crdt::Node>(&child);
      if (!inner) continue;
      if (depth >= max_rich_depth || !take()) {
        out_.truncated = true;
        return;
      }
      if (crdt::kind_of(doc_, *inner) == crdt::NodeKind::xml_text) {
        runs(*inner, into);
      } else {
        element(*inner, into, depth);
      }
    }
  }

 private:
  bool take() { return ++count_ <= max_rich_nodes; }

  void element(crdt::Node node, RichNode& parent, int depth) {
    auto& made = parent.children.emplace_back();
    made.type = crdt::name_of(doc_, node);
    for (auto& [name, value] : crdt::read_map(doc_, node))
      if (auto* plain = std::get_if<crdt::Any>(&value)) made.attributes.emplace_back(name, *plain);
    children(node, made, depth + 1);
  }

  void runs(crdt::Node node, RichNode& parent) {
    for (auto& part : crdt::read_delta(doc_, node)) {
      auto* text = std::get_if<std::string>(&part.insert);
      if (!text || text->empty()) continue;
      if (!take()) {
        out_.truncated = true;
        return;
      }
      auto& run = parent.children.emplace_back();
      run.type = "text";
      run.text = std::move(*text);
      for (auto& [name, value] : part.attributes)
        if (!value.is_null() && name != "ychange") run.attributes.emplace_back(mark_name(name), value);
    }
  }

  const crdt::Doc& doc_;
  RichText& out_;
  size_t count_ = 0;
};

uint64_t utf16_length(std::string_view text) {
  uint64_t units = 0;
  for (unsigned char c : text) units += (c & 0xc0) == 0x80 ? 0 : c >= 0xf0 ? 2 : 1;
  return units;
}

size_t weight(const RichNode& node) {
  size_t bytes = node_bytes * (1 + node.attributes.size()) + node.text.size();
  for (auto& child : node.children) bytes += weight(child);
  return bytes;
}

Result<void> write_children(crdt::Editor& editor, crdt::Node into, std::span<const RichNode> children,
                            uint64_t at, int depth);

Result<void> write_element(crdt::Editor& editor, crdt::Node into, uint64_t at, const RichNode& node,
                           int depth) {
  auto made = TRY(editor.insert_node(into, at, crdt::NodeKind::element, node.type));
  for (auto& [name, value] : node.attributes)
    if (!value.is_null()) TRY(editor.set(made, name, value));
  return write_children(editor, made, node.children, 0, depth + 1);
}

/// One text for neighbouring runs, as in the editor's binding.
Result<void> write_text(crdt::Editor& editor, crdt::Node into, uint64_t at, std::span<const RichNode> runs) {
  auto text = TRY(editor.insert_node(into, at, crdt::NodeKind::xml_text));
  uint64_t units = 0;
  for (auto& run : runs) {
    if (!utf8::valid(run.text)) return fail(reasons::malformed, "text to write");
    TRY(editor.insert_text(text, units, run.text, &run.attributes));
    units += utf16_length(run.text);
  }
  return {};
}

/// From the last to the first, each at the same place: finding a place costs as much as what lies before it.
Result<void> write_children(crdt::Editor& editor, crdt::Node into, std::span<const RichNode> children,
                            uint64_t at, int depth) {
  if (depth > max_rich_depth) return {};
  for (size_t end = children.size(); end > 0;) {
    size_t first = end - 1;
    if (children[first].type != "text") {
      TRY(write_element(editor, into, at, children[first], depth));
    } else {
      while (first > 0 && children[first - 1].type == "text") --first;
      TRY(write_text(editor, into, at, children.subspan(first, end - first)));
    }
    end = first;
  }
  return {};
}

bool starts_with_ignoring_case(std::string_view text, std::string_view start) {
  if (text.size() < start.size()) return false;
  return std::ranges::equal(text.substr(0, start.size()), start,
                            [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
}

}  // namespace

const crdt::Any* RichNode::attribute(std::string_view name) const {
  auto found = std::ranges::find(attributes, name, [](auto& one) -> std::string_view { return one.first; });
  return found == attributes.end() ? nullptr : &found->second;
}

std::string_view RichNode::text_attribute(std::string_view name) const {
  auto* value = attribute(name);
  auto* found = value ? value->as<std::string>() : nullptr;
  return found ? std::string_view(*found) : std::string_view();
}

int64_t RichNode::number_attribute(std::string_view name, int64_t otherwise) const {
  constexpr double largest = 1e9;
  auto* value = attribute(name);
  auto* found = value ? value->as<double>() : nullptr;
  return found && std::abs(*found) <= largest ? static_cast<int64_t>(*found) : otherwise;
}

RichText read_rich_text(const crdt::Doc& doc) {
  RichText out;
  if (auto root = crdt::find_root(doc, "default")) TreeReader(doc, out).children(*root, out.root, 0);
  return out;
}

Result<std::vector<Bytes>> write_rich_text(crdt::Doc& doc, uint64_t client, const RichNode& root) {
  std::vector<Bytes> updates;
  auto existing = crdt::find_root(doc, "default");
  uint64_t at = existing ? crdt::length_of(doc, *existing) : 0;
  std::span<const RichNode> left = root.children;
  while (!left.empty()) {
    size_t first = left.size(), bytes = 0;
    while (first > 0 && bytes < batch_bytes) bytes += weight(left[--first]);
    crdt::Editor editor(doc, client);
    TRY(write_children(editor, editor.root("default"), left.subspan(first), at, 0));
    updates.push_back(editor.commit(crdt::Format::v1));
    left = left.first(first);
  }
  return updates;
}

bool has_mark(const RichNode& run, std::string_view mark) { return run.attribute(mark) != nullptr; }

std::string_view link_of(const RichNode& run) {
  auto* link = run.attribute("link");
  auto* href = link ? link->find("href") : nullptr;
  auto* address = href ? href->as<std::string>() : nullptr;
  return address ? std::string_view(*address) : std::string_view();
}

std::string plain_text(const RichNode& node) {
  std::string out = node.text;
  if (node.type == "mention") out += node.text_attribute("label");
  for (auto& child : node.children) out += plain_text(child);
  return out;
}

bool is_safe_link(std::string_view address) {
  // Browsers drop tabs and line ends inside an address and read a backslash as a slash.
  auto odd = [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == '\x7f' || c == '\\'; };
  if (std::ranges::any_of(address, odd)) return false;
  if (address.starts_with('#')) return true;
  if (address.starts_with('/')) return !address.starts_with("//");
  return starts_with_ignoring_case(address, "https://") || starts_with_ignoring_case(address, "http://") ||
         starts_with_ignoring_case(address, "mailto:");
}

}  // namespace parvis
