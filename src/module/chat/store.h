#pragma once
// The SQL of rooms and events. Functions run on reader or writer threads: values in, values out.
#include <optional>
#include <string>
#include <vector>

#include "module/chat/model.h"
#include "store/database.h"

namespace parvis::chat::event_store {

/// What reading a room's events needs to know of it.
struct RoomKey {
  RoomNumber number;
  mx::RoomVersion version;
};

/// Events of a room with everything shown beside them, oldest first.
struct Range {
  int64_t after = 0;           // exclusive
  int64_t before = INT64_MAX;  // exclusive
  size_t limit = 20;
  bool newest_first = true;  // which end the limit keeps
};
Result<std::vector<EntryPtr>> read_range(store::Reader& reader, RoomKey room, Range range);
Result<EntryPtr> read_position(store::Reader& reader, RoomKey room, int64_t position);
/// nullptr when absent. Any room when `room` is 0: then the entry's room is in `found_in`.
struct Located {
  RoomNumber room = 0;
  int64_t position = 0;
};
Result<std::optional<Located>> locate(store::Reader& reader, std::string_view event_id);

/// A room as it comes back to memory.
struct Snapshot {
  std::vector<std::shared_ptr<const PlacedState>> state;
  std::vector<EntryPtr> ring;
  bool ring_complete = false;
  std::string tip;
  int64_t depth = 0;
  std::vector<Receipt> receipts;
};
/// The ring holds what came after `counted_until` as well, up to `max_uncounted` events.
inline constexpr size_t max_uncounted = 2'000;
Result<Snapshot> read_snapshot(store::Reader& reader, RoomKey room, size_t ring_size, int64_t counted_until);

/// The state just before `position` (exclusive), or of one type and key.
Result<std::vector<std::shared_ptr<const PlacedState>>> read_state_at(store::Reader& reader, RoomKey room,
                                                                      int64_t position);
/// Every state event of a type (and key), oldest first: how membership and visibility changed.
Result<std::vector<std::shared_ptr<const PlacedState>>> read_state_history(store::Reader& reader,
                                                                           RoomKey room,
                                                                           std::string_view type,
                                                                           std::string_view state_key);

/// Children of an event, newest first (or oldest first), between positions.
struct ChildQuery {
  int64_t parent = 0;
  std::optional<mx::RelationKind> kind;
  std::string rel_type;  // "" any
  std::string type;      // "" any
  int64_t after = 0;
  int64_t before = INT64_MAX;
  size_t limit = 20;
  bool newest_first = true;
};
Result<std::vector<EntryPtr>> read_children(store::Reader& reader, RoomKey room, const ChildQuery& query);
Result<bool> has_annotation(store::Reader& reader, RoomNumber room, int64_t parent, UserNumber sender,
                            std::string_view key);
/// Thread roots by newest reply. `participant` 0: everybody's.
struct ThreadRoot {
  EntryPtr root;
  int64_t latest;
};
Result<std::vector<ThreadRoot>> read_threads(store::Reader& reader, RoomKey room, UserNumber participant,
                                             int64_t before_latest, size_t limit);
/// The event nearest to `at` (ms), forwards or backwards; nullptr when there is none.
Result<EntryPtr> read_nearest(store::Reader& reader, RoomKey room, int64_t at, bool forwards);

// Writing.
struct NewRow {
  RoomNumber room;
  UserNumber sender;
  int64_t position;
  int64_t replaces = 0;
  int64_t relates_to = 0;  // position of the parent
  mx::Relation relation;
  std::string transaction;
  std::string event_id, type, pdu;
  std::optional<std::string> state_key;
  int64_t at;
};
Result<void> insert(store::Transaction& transaction, const NewRow& row);
/// Redacts in place; the redacted PDU, or "" when the event is not there (or already redacted).
Result<std::string> redact(store::Transaction& transaction, RoomKey room, std::string_view event_id,
                           int64_t by);
Result<void> put_member(store::Transaction& transaction, const Member& member, RoomNumber room,
                        UserNumber user);
Result<void> insert_room(store::Transaction& transaction, const Room& room);
Result<void> publish_room(store::Transaction& transaction, RoomNumber room, bool published);
Result<void> put_receipt(store::Transaction& transaction, RoomNumber room, const Receipt& receipt);
Result<void> insert_user(store::Transaction& transaction, UserNumber number, std::string_view user_id,
                         std::string_view person);

/// Everything that is always in memory.
struct Loaded {
  struct UserRow {
    UserNumber number;
    std::string user_id;
    PersonId person;
    std::string avatar_url;
  };
  struct MemberRow {
    RoomNumber room;
    UserNumber user;
    Member member;
  };
  struct TransactionRow {
    std::string key;
    std::string event_id;
    RoomNumber room;
    UserNumber sender;
  };
  std::vector<UserRow> users;
  std::vector<std::unique_ptr<Room>> rooms;
  std::vector<MemberRow> members;
  std::vector<TransactionRow> transactions;
  std::vector<std::pair<UserNumber, std::string>> push_rules;
  std::vector<std::pair<UserNumber, int64_t>> account_data, to_device, device_lists;
  int64_t events = 0, receipts = 0, account_position = 0, to_device_position = 0, device_list_position = 0;
  int64_t next_room = 1;
};
inline constexpr size_t remembered_transactions = 20'000;
Result<Loaded> load_all(store::Reader& reader);
std::string threads_text(const std::vector<ThreadCounts>& threads);

}  // namespace parvis::chat::event_store
