#pragma once
// The audit trail: who did what, where, by which rule. A projection of the outbox (messages and the like
// excluded), each row chained to the one before by SHA-256, so that a change or a removal shows. Loop thread
// only.
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/i18n.h"
#include "store/database.h"
#include "store/outbox.h"

namespace parvis {

class People;
class Spaces;

struct AuditEntry {
  int64_t position = 0;
  Instant at;
  std::string kind, actor, space, subject, rule, payload;
};

class Audit {
 public:
  virtual ~Audit() = default;
  struct Filter {
    int64_t before = 0;              // position; 0: from the newest
    std::string space, actor, kind;  // "" : any
    size_t limit = 100;
  };
  /// Newest first.
  virtual Task<Result<std::vector<AuditEntry>>> page(Filter filter) = 0;
  /// The first position whose chain does not hold, or nullopt when the whole trail does.
  virtual Task<Result<std::optional<int64_t>>> first_broken() = 0;
};

/// Subscribes: before outbox.start(). The arguments must outlive the result.
std::unique_ptr<Audit> make_audit(store::Database& database, store::Outbox& outbox);

/// One sentence for people: « Claire Vasseur a retiré Paul Martin de l’espace Simplification. »
std::string audit_sentence(const AuditEntry& entry, const People& people, const Spaces& spaces,
                           Language language);

}  // namespace parvis
