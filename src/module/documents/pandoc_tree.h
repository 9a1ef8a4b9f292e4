#pragma once
// Pandoc's tree (its JSON, versions 1.22 and 1.23) as the editor's nodes. What the editor has no node for
// keeps its words: footnotes move to the end, definitions become paragraphs. Pure; no threading rules.
#include <string>

#include "module/documents/rich_text.h"

namespace parvis {

struct ImportedText {
  std::string title;  // as the file says it; else its first title
  /// Nodes that the editor's schema accepts. A picture has its address in the attribute "source" alone.
  RichNode root{.type = "doc", .text = {}, .attributes = {}, .children = {}};
};

/// `house`: links to its documents become mentions. reasons::malformed, reasons::too_large.
Result<ImportedText> read_pandoc_tree(std::string_view json, std::string_view house);

}  // namespace parvis
