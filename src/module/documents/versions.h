#pragma once
// Named versions of a document: made, listed, read, restored. Each keeps a complete state of its own. A
// frozen one is neither changed nor removed, and its document stays; writing in the document goes on.
#include "module/documents/service.h"
#include "module/documents/version_store.h"

namespace parvis {

class Versions {
 public:
  Versions(Context& context, DocumentsService& service, Relay& relay)
      : context_(context), service_(service), relay_(relay) {}

  static constexpr size_t max_name_bytes = 200;
  static constexpr int64_t max_per_document = 500;
  static constexpr int64_t max_kept_bytes_per_document = 256 << 20;  // compressed
  static constexpr size_t max_restore_bytes = 32 << 20;

  Task<Result<std::vector<VersionRecord>>> list(Actor actor, std::string document);
  /// Of what the document holds now. A frozen one is for those who may freeze.
  Task<Result<VersionRecord>> create(Actor actor, std::string document, std::string name, bool frozen);
  struct Content {
    VersionRecord record;
    Bytes state;  // format v1, whose BLAKE2b-256 is record.hash
  };
  /// reasons::not_found; reasons::corrupt when the state is not the one that was kept.
  Task<Result<Content>> content(Actor actor, std::string document, std::string version);
  /// Edits the document as it is now into what it was then; what others write meanwhile is kept.
  Task<Result<void>> restore(Actor actor, std::string document, std::string version);

 private:
  Task<Result<Bytes>> edits_back_to(std::shared_ptr<LiveDocument> live, Bytes target);
  uint64_t unused_client(const LiveDocument& live);

  Context& context_;
  DocumentsService& service_;
  Relay& relay_;
};

/// /api/v1/documents/{document}/versions…, /api/v1/documents/{document}/history
void add_version_routes(Context& context, DocumentsService& service, Versions& versions);

}  // namespace parvis
