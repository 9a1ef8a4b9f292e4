#pragma once
// Which documents mention which: collected when a document's text is given to the search, read when the
// mentioned one is shown.
#include <vector>

#include "module/documents/api.h"
#include "module/documents/rich_text.h"

namespace parvis {

inline constexpr size_t max_document_links = 500;  // kept of one document; shown of one document

/// Documents that the text mentions or links to (as a path, or whole, beginning with `house`), each once, in
/// their order.
std::vector<DocumentId> mentioned_documents(const RichNode& root, std::string_view house);

namespace document_links {

/// Replaces what `source` mentions.
Result<void> put(store::Transaction& transaction, DocumentId source, const std::vector<DocumentId>& targets);

struct Source {
  DocumentId id;
  SpaceId space;
  PersonId author;
  std::string title;
};
/// Documents outside the trash that mention this one, by title. The caller decides who may see each.
Result<std::vector<Source>> to(store::Reader& reader, DocumentId target);

}  // namespace document_links
}  // namespace parvis
