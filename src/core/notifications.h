#pragma once
// One notification centre for all tools. Stored; live clients are told through Events::notified.
#include <string>
#include <string_view>

#include "base/id.h"
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

class Notifications {
 public:
  virtual ~Notifications() = default;
  /// Inside the transaction that causes it.
  virtual Result<void> add(store::Transaction& transaction, const NewNotification& notification) = 0;
  /// After the commit: wakes the person's live clients.
  virtual void tell(PersonId person) = 0;
};

}  // namespace parvis
