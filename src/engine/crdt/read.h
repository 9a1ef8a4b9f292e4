#pragma once
// Reading a document. An update does not say what a root is: the application that asks knows (text, array,
// map, fragment), and one root may be several at once. Everything returned is a copy; a Node stays valid
// until the part it names is deleted and collected, after which it reads as empty.
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/crdt/any.h"
#include "engine/crdt/doc.h"

namespace parvis::crdt {

/// A shared type: a root or one nested somewhere. For nested ones the kind is known.
struct Node {
  uint32_t number = 0;
  Id item;  // of a nested type; guards against a number used again
  bool is_root = true;
  bool operator==(const Node&) const = default;
};

enum class NodeKind : uint8_t { array, map, text, element, fragment, hook, xml_text, root };

struct Subdocument {
  std::string guid;
  Any options;
  bool operator==(const Subdocument&) const = default;
};

using Content = std::variant<Any, Node, Subdocument>;
using Attributes = std::vector<std::pair<std::string, Any>>;

struct DeltaOp {
  std::variant<std::string, Any, Node> insert;  // text, an embedded value, an embedded type
  Attributes attributes;                        // in the order their marks stand
  bool operator==(const DeltaOp&) const = default;
};

/// nullopt when nothing was ever put under that name.
std::optional<Node> find_root(const Doc& doc, std::string_view name);
NodeKind kind_of(const Doc& doc, Node node);
/// Node name of an element, hook name of a hook; otherwise empty.
std::string name_of(const Doc& doc, Node node);
/// Units, elements or children that are not deleted.
uint64_t length_of(const Doc& doc, Node node);

/// Text without formatting and embeds.
std::string read_text(const Doc& doc, Node node);
/// Text with formatting. With `version` as it was then (for a document that keeps deleted content); with
/// `before` too, everything of either, marked with the attribute "ychange" {"type": "added" | "removed"}.
std::vector<DeltaOp> read_delta(const Doc& doc, Node node, const Snapshot* version = nullptr,
                                const Snapshot* before = nullptr);
/// Elements of an array, children of an element or a fragment.
std::vector<Content> read_array(const Doc& doc, Node node);
/// Entries of a map, attributes of an element or a text, sorted by key.
std::vector<std::pair<std::string, Content>> read_map(const Doc& doc, Node node);
std::optional<Content> read_entry(const Doc& doc, Node node, std::string_view key);
/// As toString of the XML types: names in lower case, attributes sorted, nothing escaped. Nesting beyond 200
/// levels is left out.
std::string read_xml(const Doc& doc, Node node);

/// An update holding the document as it was at `version` (the document must keep deleted content).
Bytes encode_version(const Doc& doc, const Snapshot& version, Format format);
/// True when the version already has everything `update` brings.
Result<bool> version_contains(const Snapshot& version, ByteView update, Format format);

}  // namespace parvis::crdt
