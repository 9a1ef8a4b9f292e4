#pragma once
// Documents that people write together. A document belongs to a space, whose rights are its rights.
#include <optional>
#include <string>
#include <vector>

#include "core/context.h"

namespace parvis {

using DocumentId = Id<struct DocumentTag>;

struct DocumentRecord {
  DocumentId id;
  SpaceId space;
  DocumentId parent;               // empty: at the top of the tree
  std::string title, template_id;  // "", "note", "minutes" or "letter"
  int64_t position = 0;            // among its siblings
  PersonId author;
  Instant created_at, updated_at;
  PersonId updated_by;
  bool frozen = false;
  std::optional<Instant> deleted_at;  // in the trash
};

struct NewDocument {
  SpaceId space;
  DocumentId parent;
  std::string title, template_id;
};

/// A few plain lines for the end of a document.
struct Passage {
  std::string heading;
  std::string line;                // "" : none
  std::vector<std::string> items;  // of a list
};

class Documents {
 public:
  virtual ~Documents() = default;
  static constexpr size_t max_title_bytes = 300;
  static constexpr size_t max_per_space = 10'000;
  /// An empty document at the end of its parent's children, when the actor may write in the space. Its
  /// content then comes through the collaboration doors.
  virtual Task<Result<DocumentRecord>> create(Actor actor, NewDocument wanted) = 0;
  /// The document whatever the actor's rights; not_found when there is none.
  virtual Task<Result<DocumentRecord>> find(DocumentId id) = 0;
  static constexpr size_t max_passage_items = 100;
  static constexpr size_t max_passage_bytes = 64 << 10;
  /// Adds a passage at the end, beside what others write meanwhile; durable when it is done.
  virtual Task<Result<void>> append(Actor actor, DocumentId id, Passage passage) = 0;
};

}  // namespace parvis
