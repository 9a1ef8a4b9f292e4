#include "module/documents/thread_store.h"

#include <unordered_map>

#include "module/documents/mentions.h"
#include "store/search_index.h"

namespace parvis::thread_store {
namespace {

using store::Statement;

#define THREAD_COLUMNS \
  "id, document, author, at, anchor_start, anchor_end, quote, text, replacement, resolved, accepted"

const Statement insert_thread{"document_thread.insert",
                              "insert into document_thread(" THREAD_COLUMNS
                              ") values ($1, $2, $3, $4, $5, $6, $7, $8, $9, false, null)"};
const Statement find_thread{"document_thread.find",
                            "select " THREAD_COLUMNS " from document_thread where id = $1"};
const Statement list_threads{
    "document_thread.list", "select " THREAD_COLUMNS " from document_thread where document = $1 order by id"};
const Statement count_threads{"document_thread.count",
                              "select count(*) from document_thread where document = $1"};
const Statement resolve_thread{"document_thread.resolve",
                               "update document_thread set resolved = $2 where id = $1"};
const Statement decide_thread{"document_thread.decide",
                              "update document_thread set accepted = $2, resolved = true "
                              "where id = $1 and accepted is null"};
const Statement delete_thread{"document_thread.delete", "delete from document_thread where id = $1"};
const Statement insert_reply_row{
    "document_reply.insert",
    "insert into document_reply(id, thread, document, author, at, text) values ($1, $2, $3, $4, $5, $6)"};
const Statement replies_of_thread{
    "document_reply.of_thread",
    "select thread, id, author, at, text from document_reply where thread = $1 order by id"};
const Statement replies_of_document{
    "document_reply.of_document",
    "select thread, id, author, at, text from document_reply where document = $1 order by id"};
const Statement count_reply_rows{"document_reply.count",
                                 "select count(*) from document_reply where document = $1"};
const Statement delete_replies{"document_reply.delete", "delete from document_reply where thread = $1"};

#undef THREAD_COLUMNS

DocumentThread thread_at(const store::Rows& rows, size_t row) {
  auto text = [&](size_t column) { return std::string(rows.text(row, column)); };
  return {.id = rows.id<ThreadId>(row, 0),
          .document = rows.id<DocumentId>(row, 1),
          .author = rows.id<PersonId>(row, 2),
          .at = rows.instant(row, 3),
          .anchor_start = text(4),
          .anchor_end = text(5),
          .quote = text(6),
          .text = text(7),
          .replacement = rows.is_null(row, 8) ? std::nullopt : std::optional(text(8)),
          .resolved = rows.boolean(row, 9),
          .accepted = rows.is_null(row, 10) ? std::nullopt : std::optional(rows.boolean(row, 10)),
          .replies = {}};
}

ThreadReply reply_at(const store::Rows& rows, size_t row) {
  return {rows.id<ReplyId>(row, 1), rows.id<PersonId>(row, 2), rows.instant(row, 3),
          std::string(rows.text(row, 4))};
}

std::string search_name(const DocumentThread& thread) {
  return thread.document.text() + "/" + thread.id.text();
}

}  // namespace

Result<void> insert(store::Transaction& transaction, const DocumentThread& thread) {
  TRY(transaction.execute(insert_thread, thread.id, thread.document, thread.author, thread.at,
                          thread.anchor_start, thread.anchor_end, thread.quote, thread.text,
                          thread.replacement));
  return {};
}

Result<std::optional<DocumentThread>> find(store::Reader& reader, ThreadId id) {
  auto rows = TRY(reader.query(find_thread, id));
  if (rows.empty()) return std::optional<DocumentThread>();
  auto thread = thread_at(rows, 0);
  auto replies = TRY(reader.query(replies_of_thread, id));
  for (size_t row = 0; row < replies.size(); ++row) thread.replies.push_back(reply_at(replies, row));
  return std::optional(std::move(thread));
}

Result<std::vector<DocumentThread>> list(store::Reader& reader, DocumentId document) {
  auto rows = TRY(reader.query(list_threads, document));
  std::vector<DocumentThread> out;
  std::unordered_map<ThreadId, size_t> places;
  out.reserve(rows.size());
  for (size_t row = 0; row < rows.size(); ++row) {
    out.push_back(thread_at(rows, row));
    places.emplace(out.back().id, row);
  }
  auto replies = TRY(reader.query(replies_of_document, document));
  for (size_t row = 0; row < replies.size(); ++row) {
    auto place = places.find(replies.id<ThreadId>(row, 0));
    if (place != places.end()) out[place->second].replies.push_back(reply_at(replies, row));
  }
  return out;
}

Result<int64_t> count(store::Reader& reader, DocumentId document) {
  return TRY(reader.query(count_threads, document)).integer(0, 0);
}

Result<int64_t> count_replies(store::Reader& reader, DocumentId document) {
  return TRY(reader.query(count_reply_rows, document)).integer(0, 0);
}

Result<void> insert_reply(store::Transaction& transaction, const DocumentThread& thread,
                          const ThreadReply& reply) {
  TRY(transaction.execute(insert_reply_row, reply.id, thread.id, thread.document, reply.author, reply.at,
                          reply.text));
  return {};
}

Result<void> set_resolved(store::Transaction& transaction, ThreadId id, bool resolved) {
  TRY(transaction.execute(resolve_thread, id, resolved));
  return {};
}

Result<bool> decide(store::Transaction& transaction, ThreadId id, bool accepted) {
  return TRY(transaction.execute(decide_thread, id, accepted)) > 0;
}

Result<void> remove(store::Transaction& transaction, ThreadId id) {
  TRY(transaction.execute(delete_replies, id));
  TRY(transaction.execute(delete_thread, id));
  return {};
}

Result<void> put_search(store::SearchIndex& search, store::Transaction& transaction,
                        const DocumentRecord& document, const DocumentThread& thread) {
  std::string text = thread.quote + "\n" + plain_comment(thread.text);
  if (thread.replacement) text += "\n" + *thread.replacement;
  for (auto& reply : thread.replies) text += "\n" + plain_comment(reply.text);
  auto object = search_name(thread), scope = document.space.text();
  auto at = thread.replies.empty() ? thread.at : thread.replies.back().at;
  return search.put(transaction, {.kind = search_kind,
                                  .object = object,
                                  .scope = scope,
                                  .title = document.title,
                                  .text = text,
                                  .at_ms = at.ms});
}

Result<void> remove_search(store::SearchIndex& search, store::Transaction& transaction,
                           const DocumentThread& thread) {
  return search.remove(transaction, search_kind, search_name(thread));
}

Result<void> put_all_search(store::SearchIndex& search, store::Transaction& transaction,
                            const DocumentRecord& document) {
  auto threads = TRY(list(transaction, document.id));
  for (auto& thread : threads) TRY(put_search(search, transaction, document, thread));
  return {};
}

Result<void> remove_all_search(store::SearchIndex& search, store::Transaction& transaction,
                               DocumentId document) {
  auto threads = TRY(list(transaction, document));
  for (auto& thread : threads) TRY(remove_search(search, transaction, thread));
  return {};
}

}  // namespace parvis::thread_store
