#include "module/documents/document_text.h"

#include "base/utf8.h"
#include "engine/crdt/read.h"

namespace parvis {
namespace {

constexpr int max_depth = 60;

void add_children(const crdt::Doc& doc, crdt::Node node, int depth, std::string& out) {
  if (depth > max_depth) return;
  for (auto& child : crdt::read_array(doc, node)) {
    if (out.size() >= max_document_text_bytes) return;
    auto* inner = std::get_if<crdt::Node>(&child);
    if (!inner) continue;
    if (crdt::kind_of(doc, *inner) == crdt::NodeKind::xml_text) {
      out += crdt::read_text(doc, *inner);
      out += '\n';
    } else {
      add_children(doc, *inner, depth + 1, out);
    }
  }
}

}  // namespace

std::string document_text(const crdt::Doc& doc) {
  std::string out;
  if (auto root = crdt::find_root(doc, "default")) add_children(doc, *root, 0, out);
  if (out.size() > max_document_text_bytes) out.resize(max_document_text_bytes);
  while (!out.empty() && !utf8::valid(out)) out.pop_back();
  // The database refuses NUL in text.
  std::erase(out, '\0');
  return out;
}

}  // namespace parvis
