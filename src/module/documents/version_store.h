#pragma once
// The SQL of named versions, and the form in which they are kept.
#include <optional>
#include <vector>

#include "module/documents/api.h"

namespace parvis {

using VersionId = Id<struct DocumentVersionTag>;

struct VersionRecord {
  VersionId id;
  DocumentId document;
  std::string name;
  PersonId author;
  Instant at;
  bool frozen = false;
  std::string hash;   // BLAKE2b-256 of the state in format v1, hexadecimal
  int64_t bytes = 0;  // of that state
};

namespace version_store {

/// A state as it is kept. Pure functions, for any thread.
struct Sealed {
  Bytes kept;  // format v2, zstd
  std::string hash;
  int64_t bytes = 0;
};
Result<Sealed> seal(ByteView state_v2);
/// The state in format v1; reasons::corrupt unless it is what was sealed.
Result<Bytes> unseal(ByteView kept, std::string_view hash);

/// Newest first.
Result<std::vector<VersionRecord>> list(store::Reader& reader, DocumentId document);
struct Version {
  VersionRecord record;
  Bytes kept;
};
Result<std::optional<Version>> find(store::Reader& reader, DocumentId document, VersionId id);
struct Total {
  int64_t count = 0, kept_bytes = 0;
};
Result<Total> total(store::Reader& reader, DocumentId document);
/// With a frozen version the document is frozen too: it stays. reasons::not_found when it is gone or in the
/// trash.
Result<void> insert(store::Transaction& transaction, const VersionRecord& version, ByteView kept);

}  // namespace version_store
}  // namespace parvis
