#pragma once
// Writing into rooms. append() authorises an event against the room's state of this moment, builds it, moves
// the state on and hands it to the log, all without suspending: a room is linear by construction. The event
// becomes visible (ring, /sync, counters) when its commit is durable, in the order of append().
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>

#include "module/chat/counts.h"
#include "module/chat/log.h"
#include "module/chat/rooms.h"
#include "module/chat/users.h"

namespace parvis::chat {

struct NewEvent {
  std::string type;
  std::optional<std::string> state_key;
  User* sender = nullptr;
  mx::Canonical content;
  std::string redacts;      // m.room.redaction
  std::string transaction;  // "device|txn", "" for none
  mx::Relation relation = {};
  int64_t relates_to = 0;  // position of the parent, when it is in the room
  std::string media;       // file ids that the content names, to give to the room
};

struct NewRoom {
  mx::RoomVersion version = mx::default_room_version;
  RoomKind kind = RoomKind::group;
  SpaceId space;
  User* creator = nullptr;
  mx::Canonical create_content;
  bool published = false;
};

class Timeline {
 public:
  Timeline(const Context& context, Log& log, Users& users, Rooms& rooms, Counts& counts);

  void load(const event_store::Loaded& loaded);

  /// Precondition: the room is live. The event id; durable once log.commit() said so.
  Result<std::string> append(Room& room, NewEvent event);
  /// Whether append() would be allowed by the room's rules.
  Result<void> authorize(Room& room, const NewEvent& event) const;
  /// Makes the room with its m.room.create; the caller appends the rest.
  Result<Room*> create(NewRoom room);

  /// The event that this device sent with this transaction id, or null.
  const std::string* sent_before(const Room& room, const User& user, const std::string& transaction) const;
  /// Newest position that everybody may see.
  int64_t position() const { return visible_; }

  using Committed = std::function<void(Room&, const EntryPtr&)>;
  void on_committed(Committed listener) { listeners_.push_back(std::move(listener)); }
  /// An entry of a ring was replaced (redaction): the old event id.
  void on_redacted(std::function<void(Room&, const std::string&)> listener) {
    redacted_ = std::move(listener);
  }

 private:
  struct Pending;
  void committed(Room& room, const std::shared_ptr<Entry>& entry, const Result<void>& outcome,
                 const std::shared_ptr<std::string>& redacted_pdu);
  void apply_membership(Room& room, const Entry& entry);
  void apply_redaction(Room& room, const Entry& redaction, const std::string& redacted_pdu);
  void apply_relation(Room& room, const EntryPtr& entry);
  void remember(const Room& room, const Entry& entry);
  store::WriteFunction writer(Room& room, const Entry& entry, std::string pdu, int64_t replaces,
                              NewEvent& event, std::shared_ptr<std::string> redacted_pdu);
  std::string transaction_key(const Room& room, UserNumber user, const std::string& transaction) const;

  const Context& context_;
  Log& log_;
  Users& users_;
  Rooms& rooms_;
  Counts& counts_;
  int64_t next_position_ = 1;
  int64_t visible_ = 0;
  Instant last_creation_;
  std::vector<Committed> listeners_;
  std::function<void(Room&, const std::string&)> redacted_;
  std::unordered_map<std::string, std::string> transactions_;  // room, user, device, txn → event id
  std::deque<std::string> transaction_order_;
};

}  // namespace parvis::chat
