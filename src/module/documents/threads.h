#pragma once
// Comments and suggestions on passages of a document: who may, how many, who is told. Accepting a suggestion
// is an edit that the client makes through the collaboration doors; here it is only recorded. Loop thread.
#include "module/documents/service.h"
#include "module/documents/thread_store.h"

namespace parvis {

class Threads {
 public:
  Threads(Context& context, DocumentsService& documents) : context_(context), documents_(documents) {}

  struct New {
    std::string anchor_start, anchor_end, quote, text;
    std::optional<std::string> replacement;
  };
  struct Change {
    std::optional<bool> resolved, accepted;
  };
  Task<Result<std::vector<DocumentThread>>> list(Actor actor, std::string document);
  Task<Result<DocumentThread>> create(Actor actor, std::string document, New wanted);
  Task<Result<DocumentThread>> reply(Actor actor, std::string thread, std::string text);
  /// Resolved: its author, or who may write. Accepted: who may write, once.
  Task<Result<DocumentThread>> change(Actor actor, std::string thread, Change change);
  /// One's own, while nobody else has replied.
  Task<Result<void>> remove(Actor actor, std::string thread);

  static constexpr size_t max_text_bytes = 8'000;
  static constexpr size_t max_quote_bytes = 2'000;
  static constexpr size_t max_anchor_bytes = 300;  // base64
  static constexpr size_t max_mentions = 20;
  static constexpr size_t max_threads = 1'000;  // of a document
  static constexpr size_t max_replies = 3'000;  // of a document

 private:
  struct Found {
    DocumentRecord document;
    DocumentThread thread;
  };
  struct Told {
    PersonId person;
    std::string_view kind;
  };
  Task<Result<Found>> find(Actor actor, std::string thread);
  Result<std::string> checked_text(std::string text, std::string_view field) const;
  std::vector<Told> mentioned(Actor actor, const DocumentRecord& document, std::string_view text) const;
  void also(std::vector<Told>& told, Actor actor, const DocumentRecord& document, PersonId person,
            std::string_view kind) const;
  Result<void> record(store::Transaction& transaction, std::string_view kind, Actor actor, const Rule& rule,
                      const DocumentRecord& document, const DocumentThread& thread);
  Result<void> notify(store::Transaction& transaction, const std::vector<Told>& told, Actor actor,
                      const DocumentRecord& document, const DocumentThread& thread,
                      std::string_view text) const;
  void tell(const DocumentRecord& document, const std::vector<Told>& told) const;

  Context& context_;
  DocumentsService& documents_;
};

/// GET and POST /api/v1/documents/{document}/threads, POST /threads/{thread}/replies, PATCH and DELETE
/// /threads/{thread}
void add_thread_routes(Context& context, Threads& threads);

}  // namespace parvis
