#pragma once
// The SQL of documents, named.
#include <vector>

#include "module/documents/api.h"

namespace parvis::document_store {

Result<void> insert(store::Transaction& transaction, const DocumentRecord& document);
Result<std::optional<DocumentRecord>> find(store::Reader& reader, DocumentId id);
/// Those of a space, by position; the trash or the others.
Result<std::vector<DocumentRecord>> list(store::Reader& reader, SpaceId space, bool trash);
Result<void> change(store::Transaction& transaction, const DocumentRecord& document);
Result<void> set_deleted(store::Transaction& transaction, DocumentId id, std::optional<Instant> at);
Result<int64_t> count(store::Reader& reader, SpaceId space);

struct Content {
  Bytes state;                 // format v2; empty when never compacted
  std::vector<Bytes> updates;  // format v1, since then, in order of arrival
};
Result<Content> load(store::Reader& reader, DocumentId id);
/// Appends to the log. reasons::not_found when the document is gone or in the trash.
Result<void> append(store::Transaction& transaction, DocumentId id, PersonId author, Instant at,
                    ByteView update);
/// Replaces the log so far by a state that holds all of it; the authors stay.
Result<void> compact(store::Transaction& transaction, DocumentId id, ByteView state);
/// Bytes stored for the content.
Result<int64_t> weight(store::Reader& reader, DocumentId id);

}  // namespace parvis::document_store
