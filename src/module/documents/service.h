#pragma once
// The tree of documents of a space: making, naming, moving, the trash.
#include <functional>

#include "module/documents/relay.h"
#include "module/documents/rich_text.h"

namespace parvis {

class DocumentsService final : public Documents {
 public:
  DocumentsService(Context& context, Relay& relay) : context_(context), relay_(relay) {}

  Task<Result<DocumentRecord>> create(Actor actor, NewDocument wanted) override;
  /// What a document holds from its first moment.
  struct Start {
    std::vector<Bytes> updates;
    std::string text;
    std::vector<DocumentId> mentioned;
    std::function<Result<void>(store::Transaction&)> also;  // in the transaction that makes it
  };
  Task<Result<DocumentRecord>> create_with(Actor actor, NewDocument wanted, Start start);
  /// Nodes as a start, in the name of a client number that nobody had. Pure, for any thread.
  /// document_reasons::too_large.
  static Result<Start> starting_content(const RichNode& root, uint64_t client, std::string_view house);
  uint64_t new_client() const;
  Task<Result<DocumentRecord>> find(DocumentId id) override;
  Task<Result<void>> append(Actor actor, DocumentId id, Passage passage) override;
  /// The document named in an address, when the actor may read it and it is not in the trash.
  Task<Result<DocumentRecord>> readable(Actor actor, std::string_view id);
  Task<Result<std::vector<DocumentRecord>>> list(Actor actor, SpaceId space, bool trash);

  struct Change {
    std::optional<std::string> title;
    std::optional<DocumentId> parent;
    std::optional<int64_t> position;
  };
  Task<Result<DocumentRecord>> change(Actor actor, DocumentId id, Change change);
  Task<Result<void>> move_to_trash(Actor actor, DocumentId id);
  Task<Result<DocumentRecord>> restore(Actor actor, DocumentId id);

 private:
  static RichNode passage_content(const Passage& passage);
  Result<void> check_title(std::string_view title) const;
  Result<void> put_search(store::Transaction& transaction, const DocumentRecord& document,
                          std::string_view text);
  Task<std::string> text_of(DocumentRecord document);
  Task<Result<void>> check_parent(DocumentRecord document, DocumentId parent);
  Task<Result<void>> set_deleted(Actor actor, DocumentRecord document, std::optional<Instant> at);

  Context& context_;
  Relay& relay_;
};

}  // namespace parvis
