#pragma once
// The content under a shared type as a tree of values, where equal content has equal numbers: for comparing
// two documents. Plain values; what is read belongs to the caller.
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/crdt/read.h"

namespace parvis {

/// Gives equal texts equal numbers.
class Numbering {
 public:
  uint32_t number(std::string_view content);

 private:
  std::map<std::string, uint32_t, std::less<>> numbers_;
};

struct ContentTree;

/// An element of a list or the value of an entry.
struct ContentPart {
  uint32_t number = 0;  // of what it holds, everything below included
  uint32_t shape = 0;   // of its kind and name: parts of one shape can be edited into each other
  crdt::Any value;      // unless `tree` is there
  std::shared_ptr<const ContentTree> tree;
  bool opaque = false;  // a document inside the document: it cannot be made again
};

/// Text of one formatting, or an embedded value.
struct ContentRun {
  std::string text;
  const crdt::Any* embed() const { return embedded ? &*embedded : nullptr; }
  std::optional<crdt::Any> embedded;
  crdt::Attributes attributes;  // sorted by name
  uint64_t units() const;       // UTF-16; 1 for an embedded value
};

struct ContentTree {
  crdt::Node node;
  crdt::NodeKind kind = crdt::NodeKind::root;
  std::string name;
  struct Entry {
    std::string key;
    ContentPart part;
  };
  std::vector<Entry> entries;
  std::vector<ContentPart> children;  // unless it is text
  std::vector<ContentRun> runs;       // of text
  uint32_t number = 0;
  bool is_text() const { return kind == crdt::NodeKind::text || kind == crdt::NodeKind::xml_text; }
};

inline constexpr int max_content_depth = 200;
inline constexpr size_t max_content_parts = 300'000;

/// reasons::too_large beyond these.
Result<ContentTree> read_content(const crdt::Doc& doc, crdt::Node node, Numbering& numbering);
/// Runs of a text, joined where they are formatted alike. An embedded type cannot be told: `opaque`.
std::vector<ContentRun> read_runs(const crdt::Doc& doc, crdt::Node node, bool& opaque);
/// Names of formats in order, so that equal sets compare equal.
void sort_attributes(crdt::Attributes& attributes);

}  // namespace parvis
