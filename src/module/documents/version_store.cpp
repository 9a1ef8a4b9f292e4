#include "module/documents/version_store.h"

#include "core/content_hash.h"
#include "engine/crdt/update.h"
#include "module/documents/document_store.h"

namespace parvis::version_store {
namespace {

using store::Statement;

#define VERSION_COLUMNS "id, document, name, author, at, frozen, hash, size"

const Statement insert_version{"document_version.insert",
                               "insert into document_version(" VERSION_COLUMNS
                               ", state) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)"};
const Statement list_versions{"document_version.list", "select " VERSION_COLUMNS
                                                       " from document_version where document = $1 "
                                                       "order by at desc, id desc"};
const Statement find_version{"document_version.find", "select " VERSION_COLUMNS
                                                      ", state from document_version where document = $1 "
                                                      "and id = $2"};
const Statement total_versions{
    "document_version.total",
    "select count(*), cast(coalesce(sum(length(state)), 0) as bigint) from document_version where document = "
    "$1"};
// Held until the end of the transaction: nobody puts the document in the trash meanwhile.
const Statement hold_document{"document_version.hold",
                              "update document set frozen = (frozen or $2) where id = $1 and deleted_at is "
                              "null"};

#undef VERSION_COLUMNS

VersionRecord record_at(const store::Rows& rows, size_t row) {
  return {.id = rows.id<VersionId>(row, 0),
          .document = rows.id<DocumentId>(row, 1),
          .name = std::string(rows.text(row, 2)),
          .author = rows.id<PersonId>(row, 3),
          .at = rows.instant(row, 4),
          .frozen = rows.boolean(row, 5),
          .hash = std::string(rows.text(row, 6)),
          .bytes = rows.integer(row, 7)};
}

std::string hash_of(ByteView state) {
  ContentHash hash;
  hash.add(state);
  return hash.finish();
}

}  // namespace

Result<Sealed> seal(ByteView state_v2) {
  auto state = TRY(crdt::convert_update(state_v2, crdt::Format::v2, crdt::Format::v1));
  return Sealed{TRY(document_store::pack_state(state_v2)), hash_of(state),
                static_cast<int64_t>(state.size())};
}

Result<Bytes> unseal(ByteView kept, std::string_view hash) {
  auto state_v2 = TRY(document_store::unpack_state(kept));
  auto state = TRY(crdt::convert_update(state_v2, crdt::Format::v2, crdt::Format::v1));
  if (hash_of(state) != hash) return fail(reasons::corrupt, "version of a document");
  return state;
}

Result<std::vector<VersionRecord>> list(store::Reader& reader, DocumentId document) {
  auto rows = TRY(reader.query(list_versions, document));
  std::vector<VersionRecord> out;
  out.reserve(rows.size());
  for (size_t row = 0; row < rows.size(); ++row) out.push_back(record_at(rows, row));
  return out;
}

Result<std::optional<Version>> find(store::Reader& reader, DocumentId document, VersionId id) {
  auto rows = TRY(reader.query(find_version, document, id));
  if (rows.empty()) return std::optional<Version>();
  auto kept = rows.blob(0, 8);
  return std::optional(Version{record_at(rows, 0), {kept.begin(), kept.end()}});
}

Result<Total> total(store::Reader& reader, DocumentId document) {
  auto rows = TRY(reader.query(total_versions, document));
  return Total{rows.integer(0, 0), rows.integer(0, 1)};
}

Result<void> insert(store::Transaction& transaction, const VersionRecord& version, ByteView kept) {
  if (TRY(transaction.execute(hold_document, version.document, version.frozen)) != 1)
    return fail(reasons::not_found, "document of a version");
  TRY(transaction.execute(insert_version, version.id, version.document, version.name, version.author,
                          version.at, version.frozen, version.hash, version.bytes, kept));
  return {};
}

}  // namespace parvis::version_store
