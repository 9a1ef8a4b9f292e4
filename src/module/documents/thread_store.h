#pragma once
// The SQL of discussions in documents, and what of them the search knows.
#include <vector>

#include "module/documents/api.h"

namespace parvis {

namespace store {
class SearchIndex;
}
using ThreadId = Id<struct DocumentThreadTag>;
using ReplyId = Id<struct DocumentReplyTag>;

struct ThreadReply {
  ReplyId id;
  PersonId author;
  Instant at;
  std::string text;
};

struct DocumentThread {
  ThreadId id;
  DocumentId document;
  PersonId author;
  Instant at;
  std::string anchor_start, anchor_end;  // Yjs relative positions, base64
  std::string quote, text;
  std::optional<std::string> replacement;  // of the quoted passage, when it is a suggestion
  bool resolved = false;
  std::optional<bool> accepted;      // a suggestion that was decided
  std::vector<ThreadReply> replies;  // oldest first
};

namespace thread_store {

Result<void> insert(store::Transaction& transaction, const DocumentThread& thread);
/// With its replies.
Result<std::optional<DocumentThread>> find(store::Reader& reader, ThreadId id);
/// Those of a document, oldest first, with their replies.
Result<std::vector<DocumentThread>> list(store::Reader& reader, DocumentId document);
Result<int64_t> count(store::Reader& reader, DocumentId document);
Result<int64_t> count_replies(store::Reader& reader, DocumentId document);
Result<void> insert_reply(store::Transaction& transaction, const DocumentThread& thread,
                          const ThreadReply& reply);
Result<void> set_resolved(store::Transaction& transaction, ThreadId id, bool resolved);
/// Also resolves it. False when it was decided before.
Result<bool> decide(store::Transaction& transaction, ThreadId id, bool accepted);
Result<void> remove(store::Transaction& transaction, ThreadId id);

/// The search's kind, and how it names a thread: "<document>/<thread>".
inline constexpr std::string_view search_kind = "document_thread";
Result<void> put_search(store::SearchIndex& search, store::Transaction& transaction,
                        const DocumentRecord& document, const DocumentThread& thread);
Result<void> remove_search(store::SearchIndex& search, store::Transaction& transaction,
                           const DocumentThread& thread);
/// The same for every thread of a document: renamed, in the trash, taken back.
Result<void> put_all_search(store::SearchIndex& search, store::Transaction& transaction,
                            const DocumentRecord& document);
Result<void> remove_all_search(store::SearchIndex& search, store::Transaction& transaction,
                               DocumentId document);

}  // namespace thread_store
}  // namespace parvis
