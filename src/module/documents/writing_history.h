#pragma once
// Who wrote in a document, from when to when: spells of writing, one row each, whatever becomes of the log.
#include <optional>
#include <string>
#include <vector>

#include "module/documents/api.h"

namespace parvis {

struct WritingSpell {
  PersonId author;
  Instant started_at, ended_at;
  int64_t updates = 0;
};

namespace writing_history {

/// A pause this long ends a spell, and no spell is longer than the second.
inline constexpr int64_t pause_ms = int64_t{10} * 60 * 1000;
inline constexpr int64_t longest_ms = int64_t{12} * 60 * 60 * 1000;
inline constexpr int64_t max_page = 200;

/// So many more updates in a spell, which is made if need be.
Result<void> record(store::Transaction& transaction, DocumentId document, const WritingSpell& more);
/// Those that an update at `now` would go on with.
Result<std::vector<WritingSpell>> open_spells(store::Reader& reader, DocumentId document, Instant now);

/// Where a page of the history begins: after this spell, or at the newest. Its text is for addresses.
struct Cursor {
  int64_t started_at_ms = INT64_MAX;
  std::string author;
};
std::string cursor_text(const WritingSpell& last);
std::optional<Cursor> parse_cursor(std::string_view text);
/// Latest beginning first, at most `limit`.
Result<std::vector<WritingSpell>> page(store::Reader& reader, DocumentId document, const Cursor& after,
                                       int64_t limit);

/// The spells under way in an open document.
class Spells {
 public:
  Spells() = default;
  explicit Spells(const std::vector<WritingSpell>& open);
  /// When the spell began that an update of `author` at `now` belongs to.
  Instant since(PersonId author, Instant now);

 private:
  std::vector<WritingSpell> spells_;  // one of each author; few people write in one document
};

}  // namespace writing_history
}  // namespace parvis
