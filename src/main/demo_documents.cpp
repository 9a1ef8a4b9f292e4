#include "main/demo_documents.h"

#include <algorithm>

#include "engine/crdt/doc.h"
#include "module/documents/rich_text.h"

namespace parvis::demo {
namespace {

struct Kind {
  std::string_view mark;  // at the beginning of the line
  std::string list, item;
};
const Kind kinds[] = {{"- ", "bulletList", "listItem"},
                      {"1. ", "orderedList", "listItem"},
                      {"[ ] ", "taskList", "taskItem"},
                      {"[x] ", "taskList", "taskItem"}};

RichNode node(std::string type, std::vector<RichNode> children) {
  return {.type = std::move(type), .text = {}, .attributes = {}, .children = std::move(children)};
}

RichNode block(std::string type, std::string_view words) {
  return node(std::move(type),
              {{.type = "text", .text = std::string(words), .attributes = {}, .children = {}}});
}

void add_line(RichNode& root, std::string_view line) {
  if (line.starts_with("# ")) {
    auto heading = block("heading", line.substr(2));
    heading.attributes.emplace_back("level", 2);
    root.children.push_back(std::move(heading));
    return;
  }
  for (auto& kind : kinds) {
    if (!line.starts_with(kind.mark)) continue;
    auto item = node(kind.item, {block("paragraph", line.substr(kind.mark.size()))});
    if (kind.item == "taskItem") item.attributes.emplace_back("checked", kind.mark == "[x] ");
    if (root.children.empty() || root.children.back().type != kind.list)
      root.children.push_back(node(kind.list, {}));
    root.children.back().children.push_back(std::move(item));
    return;
  }
  root.children.push_back(block("paragraph", line));
}

}  // namespace

Result<std::vector<Bytes>> document_updates(std::string_view content, uint64_t client) {
  RichNode root = node("doc", {});
  while (!content.empty()) {
    size_t end = std::min(content.find('\n'), content.size());
    if (end > 0) add_line(root, content.substr(0, end));
    content.remove_prefix(std::min(end + 1, content.size()));
  }
  crdt::Doc doc;
  return write_rich_text(doc, client, root);
}

}  // namespace parvis::demo
