#pragma once
// What other tools may ask of the conversations.
#include <string>
#include <vector>

#include "core/context.h"

namespace parvis {

struct FoundMessage {
  std::string room_id, event_id;
  std::string room;     // its name; "" between two people
  std::string excerpt;  // plain text around the first hit
  PersonId sender;
  SpaceId space;  // empty outside spaces
  Instant at;
};

class Conversations {
 public:
  virtual ~Conversations() = default;
  /// Messages that the person may see, best first. Rights are those of Matrix's own search.
  virtual Task<Result<std::vector<FoundMessage>>> search(Actor actor, std::string text, size_t limit) = 0;
  /// Conversations outside spaces that the person takes part in, as scopes of the search index.
  virtual std::vector<std::string> direct_scopes(PersonId person) = 0;
};

struct ConversationsModule : Module {
  virtual Conversations& conversations() = 0;
};

}  // namespace parvis
