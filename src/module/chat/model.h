#pragma once
// What the chat keeps in memory. People, rooms and who is in which are always there (a few dozen bytes each);
// a room's state and recent timeline (RoomLive) come when somebody looks and go when nobody has for a while.
// Loop thread only. Rooms, users and members are never destroyed while the server runs: pointers to them stay
// valid.
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "engine/matrix/event.h"
#include "engine/matrix/push_evaluation.h"
#include "engine/matrix/push_rules.h"
#include "engine/matrix/relations.h"
#include "engine/matrix/room_state.h"
#include "engine/matrix/sync_token.h"

namespace parvis::chat {

namespace mx = parvis::matrix;
using mx::Membership;

using UserNumber = int64_t;  // 1, 2, 3 …; index into Users
using RoomNumber = int64_t;

enum class RoomKind : uint8_t {
  group,   // made by a person outside any space
  direct,  // two people
  salon,   // of a space, read and written by its members
  forum,   // any agent may read and join
  space,   // the m.space room of a space
};

struct Room;
struct User;
struct Entry;
using EntryPtr = std::shared_ptr<const Entry>;

/// A state event that knows its place. Every StateEventPtr of a RoomLive points to one of these.
struct PlacedState : mx::StateEvent {
  int64_t position = 0;
};
int64_t position_of(const mx::StateEvent& event);

/// What others said about an event: bundled under unsigned["m.relations"].
struct Aggregation {
  EntryPtr edit;  // the newest valid replacement
  EntryPtr thread_latest;
  size_t thread_count = 0;
  std::set<UserNumber> thread_people;
  std::vector<std::string> references;
  bool empty() const { return !edit && !thread_count && references.empty(); }
};

/// One event of a timeline. Immutable; a redaction or a new relation puts another Entry in its place.
struct Entry {
  mx::Event event;
  int64_t position = 0;
  UserNumber sender = 0;
  mx::StateEventPtr replaced;    // state events: what was there before
  std::string redacted_because;  // client JSON of the redaction
  std::string transaction;       // "device|txn" of the send
  mx::Relation relation;
  std::shared_ptr<const Aggregation> aggregation;
};

struct ThreadCounts {
  std::string root;
  int64_t read_position = 0;
  int32_t notify = 0;
  int32_t highlight = 0;
};

/// One person in one room, whatever the membership.
struct Member {
  Room* room = nullptr;
  User* user = nullptr;
  Membership membership = Membership::none;
  bool forgotten = false;
  bool dirty = false;         // counters differ from the database
  int64_t position = 0;       // of the membership event
  int64_t joined = 0;         // of the event that began the present stay
  int64_t joined_ahead = 0;   // the same, with what is in flight
  int64_t read_position = 0;  // everything up to it is read
  int32_t notify = 0;         // of the main timeline and unthreaded
  int32_t highlight = 0;
  int64_t counted = 0;  // the counters hold up to this position
  std::vector<ThreadCounts> threads;
};

struct Receipt {
  UserNumber user = 0;
  std::string type;    // m.read, m.read.private
  std::string thread;  // "" unthreaded
  std::string event_id;
  int64_t event_position = 0;
  int64_t at = 0;
  int64_t position = 0;  // in the stream of receipts
};

/// State and recent timeline. `state`, `tip`, `depth` run ahead of the disk by what is in flight; `ring` does
/// not.
struct RoomLive {
  mx::RoomState state;
  std::string tip;  // the one forward extremity
  int64_t depth = 0;
  std::deque<EntryPtr> ring;   // committed, oldest first, without gap up to Room::last_position
  bool ring_complete = false;  // the ring begins with the room's first event
  std::vector<Receipt> receipts;
  size_t in_flight = 0;
};

struct Typing {
  UserNumber user;
  Monotonic until;
};

struct Room {
  RoomNumber number = 0;
  std::string room_id;
  mx::RoomVersion version = mx::default_room_version;
  RoomKind kind = RoomKind::group;
  SpaceId space;  // empty outside spaces
  UserNumber creator = 0;
  bool published = false;
  Instant created_at;

  std::map<UserNumber, Member> members;
  int64_t last_position = 0;      // newest committed event
  int64_t receipts_position = 0;  // newest receipt
  int64_t typing_position = 0;
  std::vector<Typing> typing;
  std::unique_ptr<RoomLive> live;
  Monotonic used;  // last look, for eviction
};

struct AccountData {
  std::string content;
  int64_t position = 0;
};

class Waiter;

struct User {
  UserNumber number = 0;
  std::string user_id;
  PersonId person;  // empty: the house itself
  std::string avatar_url;
  std::vector<Member*> rooms;
  std::vector<Waiter*> waiting;  // open /sync requests
  mx::CompiledRulesPtr rules;
  std::unique_ptr<mx::PushRuleset> ruleset;  // nullptr: the default
  int64_t account_data_position = 0;
  int64_t to_device_position = 0;
  int64_t device_list_position = 0;
  /// (room number or 0, type) → data; loaded with the first look.
  std::unique_ptr<std::map<std::pair<RoomNumber, std::string>, AccountData>> account_data;
  std::set<std::string> ignored;  // m.ignored_user_list, once account_data is loaded
};

}  // namespace parvis::chat
