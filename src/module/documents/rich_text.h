#pragma once
// The content of a document as the editor's nodes (Tiptap's names: "paragraph", "heading", "taskItem" ...),
// read from the shared document or written into one. What the reading page, the exports, the imports and the
// templates work with. Plain values; no threading rules.
#include <string>
#include <string_view>
#include <vector>

#include "engine/crdt/edit.h"

namespace parvis {

struct RichNode {
  std::string type;  // "text" for a run of text
  std::string text;
  crdt::Attributes attributes;  // of a node; of a run of text, its marks ("bold", "link" ...) with theirs
  std::vector<RichNode> children;

  const crdt::Any* attribute(std::string_view name) const;
  /// The attribute as text, "" when it is none; as a number, `otherwise` when it is none.
  std::string_view text_attribute(std::string_view name) const;
  int64_t number_attribute(std::string_view name, int64_t otherwise) const;
};

inline constexpr size_t max_rich_nodes = 300'000;
inline constexpr int max_rich_depth = 60;

/// The fragment "default" under a node "doc". What lies deeper or comes later than the limits is left out,
/// and `truncated` says so.
struct RichText {
  RichNode root{.type = "doc", .text = {}, .attributes = {}, .children = {}};
  bool truncated = false;
};
RichText read_rich_text(const crdt::Doc& doc);

/// Adds the children of `root` at the end of the fragment "default", as the editor would have made them, in
/// the name of `client`. The updates to keep, in order, format v1, each of moderate size.
/// reasons::malformed for text that is not UTF-8.
Result<std::vector<Bytes>> write_rich_text(crdt::Doc& doc, uint64_t client, const RichNode& root);

/// True when the mark is on this run of text.
bool has_mark(const RichNode& run, std::string_view mark);
/// Where its link leads, "" when it has none.
std::string_view link_of(const RichNode& run);
/// The words under a node, without formatting.
std::string plain_text(const RichNode& node);

/// The few addresses a link may have: the web's, mail, a path of this house, a place in the same page.
bool is_safe_link(std::string_view address);

}  // namespace parvis
