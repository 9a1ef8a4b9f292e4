#pragma once
// What just happened, told in process, on the loop, after the commit and after memory was changed. Listeners
// must be quick and must not fail; slow or durable work reads the outbox instead.
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/id.h"
#include "core/spaces/role.h"

namespace parvis {

struct MembershipChanged {
  SpaceId space;
  PersonId person;
  std::optional<Role> before;  // nullopt: was not a member
  std::optional<Role> after;   // nullopt: is no longer one
  PersonId actor;
};
struct SpaceChanged {
  enum class What : uint8_t { created, updated, opened_to_externals, archived, restored, deleted };
  SpaceId space;
  What what;
  PersonId actor;
};
struct PersonChanged {
  PersonId person;
};
struct SessionEnded {
  SessionId session;
  PersonId person;
  std::string device_id;  // Matrix device; free for a new session from now on
};
/// Pages that show a space's documents should look again.
struct DocumentsChanged {
  SpaceId space;
  std::string threads_of;  // a document whose discussions changed; empty: the tree did
};
/// Somebody should look at their notifications again.
struct Notified {
  PersonId person;
};

template <class Event>
class Topic {
 public:
  using Listener = std::function<void(const Event&)>;
  void listen(Listener listener) { listeners_.push_back(std::move(listener)); }
  void tell(const Event& event) const {
    for (auto& listener : listeners_) listener(event);
  }

 private:
  std::vector<Listener> listeners_;
};

struct Events {
  Topic<MembershipChanged> membership;
  Topic<SpaceChanged> space;
  Topic<PersonChanged> person;
  Topic<SessionEnded> session_ended;
  Topic<DocumentsChanged> documents;
  Topic<Notified> notified;
};

}  // namespace parvis
