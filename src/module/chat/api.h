#pragma once
// What other tools may ask of the conversations.
#include <functional>
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

/// A message as somebody without account is shown it: words and names of files, no address to fetch.
struct SalonMessage {
  std::string event_id, author, text, file;  // `file`: its name, when it is one
  bool guest = false;                        // the author has no account: the house wrote it for them
  int64_t file_bytes = 0;
  Instant at;
};

class Conversations {
 public:
  virtual ~Conversations() = default;
  /// Messages that the person may see, best first. Rights are those of Matrix's own search.
  virtual Task<Result<std::vector<FoundMessage>>> search(Actor actor, std::string text, size_t limit) = 0;
  /// Conversations outside spaces that the person takes part in, as scopes of the search index.
  virtual std::vector<std::string> direct_scopes(PersonId person) = 0;

  /// The first salon of a space; "" when it has none.
  virtual std::string first_salon(SpaceId space) = 0;
  /// A salon of this space that people without account may be let into: not encrypted.
  virtual bool is_salon_of(SpaceId space, const std::string& room_id) = 0;
  /// Written by the house for somebody without account, whose `name` is shown as not authenticated.
  /// Precondition: is_salon_of(). Durable on return.
  virtual Task<Result<void>> write_for_guest(std::string room_id, std::string name, std::string text) = 0;
  /// A line of the house itself, for everybody in the salon.
  virtual Task<Result<void>> write_notice(std::string room_id, std::string text) = 0;
  /// The newest messages of a salon since an instant, oldest first, at most `limit`.
  virtual Task<Result<std::vector<SalonMessage>>> messages_since(std::string room_id, Instant since,
                                                                 size_t limit) = 0;
  /// Called with the room's id after each message that became durable.
  virtual void on_message(std::function<void(const std::string& room_id)> listener) = 0;
};

struct ConversationsModule : Module {
  virtual Conversations& conversations() = 0;
};

}  // namespace parvis
