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
/// document_reasons::frozen for the trash when a version of it is frozen.
Result<void> set_deleted(store::Transaction& transaction, DocumentId id, std::optional<Instant> at);
Result<int64_t> count(store::Reader& reader, SpaceId space);

/// A state in format v2, and as it is kept: zstd. More than a document may weigh (relay.h), less than a row
/// may.
inline constexpr size_t max_state_bytes = 128 << 20;
inline constexpr size_t max_packed_bytes = 60 << 20;
/// Pure, for any thread. document_reasons::too_large; reasons::corrupt.
Result<Bytes> pack_state(ByteView state);
Result<Bytes> unpack_state(ByteView packed);

/// What is read of a log at a time.
inline constexpr size_t max_log_page_bytes = 16 << 20;

struct Content {
  Bytes state;                 // format v2; empty when never compacted
  std::vector<Bytes> updates;  // format v1, since then, in order of arrival
  size_t update_bytes = 0;
};
Result<Content> load(store::Reader& reader, DocumentId id);
struct Update {
  PersonId author;
  Instant at, writing_since;  // of the author's spell of writing
  std::shared_ptr<const Bytes> content;
};
/// Appends to the log, in order. reasons::not_found when the document is gone or in the trash.
Result<void> append(store::Transaction& transaction, DocumentId id, const std::vector<Update>& updates);
/// The position of the last update in the log.
Result<int64_t> last_position(store::Reader& reader, DocumentId id);
/// A state (format v2, zstd) that holds the log up to `position` takes its place. Nothing happens when a
/// later one is there already, or the document is gone.
Result<void> compact(store::Transaction& transaction, DocumentId id, int64_t position, ByteView compressed);
/// Bytes stored for the content.
Result<int64_t> weight(store::Reader& reader, DocumentId id);

}  // namespace parvis::document_store
