#pragma once
// One notification centre for all tools. Stored; live clients are told through Events::notified.
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "core/events.h"
#include "store/database.h"

namespace parvis {

struct NewNotification {
  PersonId person;           // who should know
  std::string_view kind;     // "join_request", "join_accepted", "invited", "mention", "community_decided" ...
  SpaceId space;             // may be empty
  PersonId actor;            // who caused it; may be empty
  std::string_view subject;  // id of the thing
  std::string_view
      text;  // a name or excerpt to show; the sentence itself is made by the interface from `kind`
  std::string_view link;  // route of the web app: "/c/slug/membres"
};

struct Notification {
  int64_t id = 0;  // counts up, per person
  Instant at;
  bool read = false;
  std::string kind;
  SpaceId space;
  PersonId actor;
  std::string subject, text, link;
};

class Notifications {
 public:
  virtual ~Notifications() = default;
  /// Inside the transaction that causes it. Keeps the newest max_per_person.
  virtual Result<void> add(store::Transaction& transaction, const NewNotification& notification) = 0;
  /// After the commit: wakes the person's live clients.
  virtual void tell(PersonId person) = 0;

  struct Page {
    std::vector<Notification> list;  // newest first
    int64_t unread = 0;
    int64_t next = 0;  // 0: no more; otherwise ask with `before` = next
  };
  virtual Task<Result<Page>> page(PersonId person, int64_t before, size_t limit) = 0;
  virtual Task<Result<void>> mark_read(PersonId person, int64_t up_to) = 0;
  virtual Task<Result<int64_t>> unread(PersonId person) = 0;

  static constexpr int64_t max_per_person = 500;
  static constexpr size_t max_text_bytes = 500;
};

std::unique_ptr<Notifications> make_notifications(Env& env, store::Database& database, Events& events);

}  // namespace parvis
