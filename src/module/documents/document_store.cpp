#include "module/documents/document_store.h"

#include <algorithm>

#include "module/documents/reasons.h"
#include "module/documents/writing_history.h"
#include "store/compression.h"

namespace parvis::document_store {
namespace {

using store::Statement;

#define DOCUMENT_COLUMNS                                                                               \
  "id, space, parent, title, template, position, author, created_at, updated_at, updated_by, frozen, " \
  "deleted_at"

const Statement insert_document{
    "document.insert",
    "insert into document(id, space, parent, title, template, position, author, created_at, updated_at, "
    "updated_by, frozen, last_update) values ($1, $2, $3, $4, $5, $6, $7, $8, $8, $7, false, 0)"};
const Statement find_document{"document.find", "select " DOCUMENT_COLUMNS " from document where id = $1"};
const Statement list_documents{
    "document.list", "select " DOCUMENT_COLUMNS
                     " from document where space = $1 and deleted_at is null order by position, id"};
const Statement list_trash{
    "document.trash",
    "select " DOCUMENT_COLUMNS
    " from document where space = $1 and deleted_at is not null order by deleted_at desc, id"};
const Statement change_document{
    "document.change",
    "update document set title = $2, parent = $3, position = $4, updated_at = $5, "
    "updated_by = $6 where id = $1"};
const Statement trash_document{"document.to_trash",
                               "update document set deleted_at = $2 where id = $1 and not frozen"};
const Statement untrash_document{"document.from_trash",
                                 "update document set deleted_at = null where id = $1"};
const Statement count_documents{"document.count", "select count(*) from document where space = $1"};
const Statement touch_document{
    "document.touch",
    "update document set last_update = last_update + $4, updated_at = $2, updated_by = $3 "
    "where id = $1 and deleted_at is null"};
const Statement last_update{"document.last_update", "select last_update from document where id = $1"};
const Statement insert_update{"document.append",
                              "insert into document_update(document, position, author, at, size, payload) "
                              "values ($1, $2, $3, $4, $5, $6)"};
const Statement get_state{"document.state",
                          "select state, coding, position from document_state where document = $1"};
const Statement log_sizes{"document.log_sizes",
                          "select position, size from document_update where document = $1 and position > $2 "
                          "and payload is not null order by position"};
const Statement log_page{"document.log_page",
                         "select payload from document_update where document = $1 and position > $2 and "
                         "position <= $3 and payload is not null order by position"};
const Statement put_state{"document.put_state",
                          "insert into document_state(document, position, state, coding) values ($1, $2, $3, "
                          "$4) on conflict (document) do update set position = $2, state = $3, coding = $4 "
                          "where document_state.position < $2"};
const Statement drop_log{"document.drop_log",
                         "delete from document_update where document = $1 and position <= $2"};
const Statement weigh_state{
    "document.weigh_state",
    "select cast(coalesce(sum(length(state)), 0) as bigint) from document_state where document = $1"};
const Statement weigh_updates{"document.weigh_updates",
                              "select cast(coalesce(sum(size), 0) as bigint) from document_update where "
                              "document = $1 and payload is not "
                              "null"};

#undef DOCUMENT_COLUMNS

DocumentRecord record_at(const store::Rows& rows, size_t row) {
  return {.id = rows.id<DocumentId>(row, 0),
          .space = rows.id<SpaceId>(row, 1),
          .parent = rows.id<DocumentId>(row, 2),
          .title = std::string(rows.text(row, 3)),
          .template_id = std::string(rows.text(row, 4)),
          .position = rows.integer(row, 5),
          .author = rows.id<PersonId>(row, 6),
          .created_at = rows.instant(row, 7),
          .updated_at = rows.instant(row, 8),
          .updated_by = rows.id<PersonId>(row, 9),
          .frozen = rows.boolean(row, 10),
          .deleted_at = rows.is_null(row, 11) ? std::nullopt : std::optional(rows.instant(row, 11))};
}

Bytes bytes_of(ByteView view) { return {view.begin(), view.end()}; }

enum class Coding : uint8_t { plain = 0, zstd = 1 };

/// The log after `position`, in pages: rows of any number and size fit, one query's result would not.
Result<void> load_log(store::Reader& reader, DocumentId id, int64_t position, Content& content) {
  auto sizes = TRY(reader.query(log_sizes, id, position));
  content.updates.reserve(sizes.size());
  for (size_t row = 0; row < sizes.size();) {
    size_t bytes = 0;
    int64_t last = position;
    for (; row < sizes.size(); ++row) {
      auto size = static_cast<size_t>(sizes.integer(row, 1));
      if (last != position && bytes + size > max_log_page_bytes) break;
      bytes += size;
      last = sizes.integer(row, 0);
    }
    auto page = TRY(reader.query(log_page, id, position, last));
    for (size_t i = 0; i < page.size(); ++i) content.updates.push_back(bytes_of(page.blob(i, 0)));
    content.update_bytes += bytes;
    position = last;
  }
  return {};
}

}  // namespace

Result<void> insert(store::Transaction& transaction, const DocumentRecord& document) {
  TRY(transaction.execute(insert_document, document.id, document.space, document.parent, document.title,
                          document.template_id, document.position, document.author, document.created_at));
  return {};
}

Result<std::optional<DocumentRecord>> find(store::Reader& reader, DocumentId id) {
  auto rows = TRY(reader.query(find_document, id));
  if (rows.empty()) return std::optional<DocumentRecord>();
  return std::optional(record_at(rows, 0));
}

Result<std::vector<DocumentRecord>> list(store::Reader& reader, SpaceId space, bool trash) {
  auto rows = TRY(reader.query(trash ? list_trash : list_documents, space));
  std::vector<DocumentRecord> out;
  out.reserve(rows.size());
  for (size_t row = 0; row < rows.size(); ++row) out.push_back(record_at(rows, row));
  return out;
}

Result<void> change(store::Transaction& transaction, const DocumentRecord& document) {
  TRY(transaction.execute(change_document, document.id, document.title, document.parent, document.position,
                          document.updated_at, document.updated_by));
  return {};
}

Result<void> set_deleted(store::Transaction& transaction, DocumentId id, std::optional<Instant> at) {
  if (!at) {
    TRY(transaction.execute(untrash_document, id));
  } else if (TRY(transaction.execute(trash_document, id, *at)) != 1) {
    return fail(document_reasons::frozen);
  }
  return {};
}

Result<int64_t> count(store::Reader& reader, SpaceId space) {
  return TRY(reader.query(count_documents, space)).integer(0, 0);
}

Result<Bytes> pack_state(ByteView state) {
  if (state.size() > max_state_bytes) return fail(document_reasons::too_large, "state");
  auto packed = store::compress(state);
  if (packed.size() > max_packed_bytes) return fail(document_reasons::too_large, "packed state");
  return packed;
}

Result<Bytes> unpack_state(ByteView packed) {
  auto state = store::decompress(packed, max_state_bytes);
  if (!state) return fail(reasons::corrupt, "state of a document: " + state.error().detail);
  return state;
}

Result<Content> load(store::Reader& reader, DocumentId id) {
  Content content;
  int64_t position = 0;
  auto state = TRY(reader.query(get_state, id));
  if (!state.empty()) {
    bool packed = state.integer(0, 1) == static_cast<int64_t>(Coding::zstd);
    content.state = packed ? TRY(unpack_state(state.blob(0, 0))) : bytes_of(state.blob(0, 0));
    position = state.integer(0, 2);
  }
  TRY(load_log(reader, id, position, content));
  return content;
}

Result<void> append(store::Transaction& transaction, DocumentId id, const std::vector<Update>& updates) {
  if (updates.empty()) return {};
  auto& last = updates.back();
  if (TRY(transaction.execute(touch_document, id, last.at, last.author, updates.size())) != 1)
    return fail(reasons::not_found, "document to append to");
  auto position = TRY(last_position(transaction, id)) - static_cast<int64_t>(updates.size());
  std::vector<WritingSpell> spells;
  for (auto& update : updates) {
    TRY(transaction.execute(insert_update, id, ++position, update.author, update.at, update.content->size(),
                            *update.content));
    auto known = std::ranges::find(spells, update.author, &WritingSpell::author);
    if (known == spells.end() || known->started_at != update.writing_since)
      known = spells.insert(spells.end(), {update.author, update.writing_since, update.at, 0});
    known->ended_at = update.at;
    ++known->updates;
  }
  for (auto& spell : spells) TRY(writing_history::record(transaction, id, spell));
  return {};
}

Result<int64_t> last_position(store::Reader& reader, DocumentId id) {
  auto rows = TRY(reader.query(last_update, id));
  return rows.empty() ? 0 : rows.integer(0, 0);
}

Result<void> compact(store::Transaction& transaction, DocumentId id, int64_t position, ByteView packed) {
  auto rows = TRY(transaction.query(last_update, id));
  if (rows.empty()) return {};
  TRY(transaction.execute(put_state, id, position, packed, Coding::zstd));
  TRY(transaction.execute(drop_log, id, position));
  return {};
}

Result<int64_t> weight(store::Reader& reader, DocumentId id) {
  auto state = TRY(reader.query(weigh_state, id));
  auto updates = TRY(reader.query(weigh_updates, id));
  return state.integer(0, 0) + updates.integer(0, 0);
}

}  // namespace parvis::document_store
