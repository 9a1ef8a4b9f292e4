#include "module/chat/store.h"

#include "engine/matrix/redaction.h"

namespace parvis::chat {

int64_t position_of(const mx::StateEvent& event) { return static_cast<const PlacedState&>(event).position; }

namespace event_store {
namespace {

using store::Rows;
using store::Statement;

const Statement range_newest{
    "chat.range_newest",
    "select position, event_id, sender, pdu, transaction_id, replaces, redacted_by from chat_event "
    "where room = $1 and position > $2 and position < $3 order by position desc limit $4"};
const Statement range_oldest{
    "chat.range_oldest",
    "select position, event_id, sender, pdu, transaction_id, replaces, redacted_by from chat_event "
    "where room = $1 and position > $2 and position < $3 order by position limit $4"};
const Statement one_event{
    "chat.event",
    "select position, event_id, sender, pdu, transaction_id, replaces, redacted_by from chat_event "
    "where position = $1"};
const Statement locate_event{"chat.locate", "select room, position from chat_event where event_id = $1"};
const Statement relations_between{
    "chat.relations_between",
    "select parent, child, kind, sender, type from chat_relation where room = $1 and kind = $2 "
    "and parent >= $3 and parent <= $4 order by child"};
const Statement current_state{
    "chat.state",
    "select e.position, e.event_id, e.pdu from chat_state s join chat_event e on e.position = "
    "s.position where s.room = $1"};
const Statement state_before{
    "chat.state_before",
    "select position, event_id, pdu from chat_event where position in (select max(position) from "
    "chat_event where room = $1 and state_key is not null and position < $2 group by type, "
    "state_key)"};
const Statement state_history{
    "chat.state_history",
    "select position, event_id, pdu from chat_event where room = $1 and type = $2 and state_key = "
    "$3 and state_key is not null order by position"};
const Statement room_receipts{
    "chat.receipts",
    "select user_number, type, thread, event_id, event_position, at, position from chat_receipt "
    "where room = $1"};
const Statement children_newest{
    "chat.children_newest",
    "select child, rel_type, type from chat_relation where room = $1 and kind = $2 and parent = "
    "$3 and child > $4 and child < $5 order by child desc limit $6"};
const Statement children_oldest{
    "chat.children_oldest",
    "select child, rel_type, type from chat_relation where room = $1 and kind = $2 and parent = "
    "$3 and child > $4 and child < $5 order by child limit $6"};
const Statement annotation_of{
    "chat.annotation",
    "select child from chat_relation where room = $1 and kind = $2 and parent = $3 and sender = $4 "
    "and relation_key = $5 limit 1"};
const Statement thread_roots{
    "chat.threads",
    "select parent, max(child) as latest from chat_relation where room = $1 and kind = $2 group by "
    "parent having max(child) < $3 order by latest desc limit $4"};
const Statement nearest_after{
    "chat.nearest_after",
    "select position from chat_event where room = $1 and at >= $2 order by position limit 1"};
const Statement nearest_before{
    "chat.nearest_before",
    "select position from chat_event where room = $1 and at <= $2 order by position desc limit 1"};

Result<mx::Event> event_of(RoomKey room, const Rows& rows, size_t row, size_t id, size_t pdu) {
  return mx::read_event(room.version, rows.text(row, pdu), rows.text(row, id));
}

Result<std::shared_ptr<const PlacedState>> placed(RoomKey room, const Rows& rows, size_t row) {
  auto event = TRY(event_of(room, rows, row, 1, 2));
  auto state = std::make_shared<PlacedState>();
  state->position = rows.integer(row, 0);
  state->content = event.content();
  state->event = std::move(event);
  return state;
}

Result<std::shared_ptr<Entry>> bare_entry(store::Reader& reader, RoomKey room, const Rows& rows, size_t row) {
  auto entry = std::make_shared<Entry>();
  entry->event = TRY(event_of(room, rows, row, 1, 3));
  entry->position = rows.integer(row, 0);
  entry->sender = rows.integer(row, 2);
  entry->transaction = rows.text(row, 4);
  entry->relation = mx::parse_relation(entry->event.content());
  if (int64_t replaces = rows.integer(row, 5)) {
    auto before = TRY(reader.query(one_event, replaces));
    if (!before.empty()) {
      auto state = std::make_shared<PlacedState>();
      state->event = TRY(event_of(room, before, 0, 1, 3));
      state->position = replaces;
      state->content = state->event.content();
      entry->replaced = state;
    }
  }
  if (int64_t by = rows.integer(row, 6)) {
    auto redaction = TRY(reader.query(one_event, by));
    if (!redaction.empty()) {
      auto event = TRY(event_of(room, redaction, 0, 1, 3));
      event.client.append(entry->redacted_because, true);
    }
  }
  return entry;
}

using Bare = std::vector<std::shared_ptr<Entry>>;

Result<EntryPtr> child_entry(store::Reader& reader, RoomKey room, int64_t position) {
  auto rows = TRY(reader.query(one_event, position));
  if (rows.empty()) return EntryPtr();
  return TRY(bare_entry(reader, room, rows, 0));
}

struct Gathered {
  Aggregation aggregation;
  int64_t edit = 0, thread_latest = 0;
};

// Relations that point at events between two positions, in three index scans.
Result<void> aggregate(store::Reader& reader, RoomKey room, Bare& entries) {
  if (entries.empty()) return {};
  int64_t first = entries.front()->position, last = entries.back()->position;
  std::map<int64_t, Entry*> by_position;
  for (auto& entry : entries) by_position[entry->position] = entry.get();
  std::map<int64_t, Gathered> gathered;
  for (auto kind : {mx::RelationKind::replace, mx::RelationKind::thread, mx::RelationKind::reference}) {
    auto rows = TRY(reader.query(relations_between, room.number, static_cast<int64_t>(kind), first, last));
    for (size_t i = 0; i < rows.size(); ++i) {
      auto parent = by_position.find(rows.integer(i, 0));
      if (parent == by_position.end()) continue;
      auto& into = gathered[parent->first];
      int64_t child = rows.integer(i, 1);
      if (kind == mx::RelationKind::replace) {
        if (rows.integer(i, 3) == parent->second->sender && rows.text(i, 4) == parent->second->event.type)
          into.edit = child;
      } else if (kind == mx::RelationKind::thread) {
        into.thread_latest = child;
        ++into.aggregation.thread_count;
        into.aggregation.thread_people.insert(rows.integer(i, 3));
      } else if (into.aggregation.references.size() < 100) {
        auto event = TRY(child_entry(reader, room, child));
        if (event) into.aggregation.references.push_back(event->event.event_id);
      }
    }
  }
  for (auto& [position, found] : gathered) {
    Entry& entry = *by_position[position];
    if (found.edit && entry.redacted_because.empty())
      found.aggregation.edit = TRY(child_entry(reader, room, found.edit));
    if (found.thread_latest) {
      auto latest = TRY(child_entry(reader, room, found.thread_latest));
      Bare one{std::const_pointer_cast<Entry>(latest)};
      // The newest reply is shown with its own edit.
      auto edits =
          TRY(reader.query(relations_between, room.number, static_cast<int64_t>(mx::RelationKind::replace),
                           found.thread_latest, found.thread_latest));
      if (!edits.empty()) {
        auto inner = std::make_shared<Aggregation>();
        inner->edit = TRY(child_entry(reader, room, edits.integer(edits.size() - 1, 1)));
        one[0]->aggregation = inner;
      }
      found.aggregation.thread_latest = latest;
    }
    if (!found.aggregation.empty())
      entry.aggregation = std::make_shared<const Aggregation>(std::move(found.aggregation));
  }
  return {};
}

Result<std::vector<EntryPtr>> finish(store::Reader& reader, RoomKey room, Bare entries) {
  TRY(aggregate(reader, room, entries));
  return std::vector<EntryPtr>(entries.begin(), entries.end());
}

}  // namespace

Result<std::vector<EntryPtr>> read_range(store::Reader& reader, RoomKey room, Range range) {
  auto rows = TRY(reader.query(range.newest_first ? range_newest : range_oldest, room.number, range.after,
                               range.before, range.limit));
  Bare entries;
  for (size_t i = 0; i < rows.size(); ++i) entries.push_back(TRY(bare_entry(reader, room, rows, i)));
  if (range.newest_first) std::reverse(entries.begin(), entries.end());
  return finish(reader, room, std::move(entries));
}

Result<EntryPtr> read_position(store::Reader& reader, RoomKey room, int64_t position) {
  auto rows = TRY(reader.query(one_event, position));
  if (rows.empty()) return EntryPtr();
  Bare entries{TRY(bare_entry(reader, room, rows, 0))};
  return TRY(finish(reader, room, std::move(entries))).front();
}

Result<std::optional<Located>> locate(store::Reader& reader, std::string_view event_id) {
  auto rows = TRY(reader.query(locate_event, event_id));
  if (rows.empty()) return std::optional<Located>();
  return Located{rows.integer(0, 0), rows.integer(0, 1)};
}

Result<Snapshot> read_snapshot(store::Reader& reader, RoomKey room, size_t ring_size, int64_t counted_until) {
  Snapshot out;
  auto rows = TRY(reader.query(current_state, room.number));
  for (size_t i = 0; i < rows.size(); ++i) out.state.push_back(TRY(placed(room, rows, i)));
  out.ring = TRY(read_range(reader, room, {.limit = ring_size}));
  out.ring_complete = out.ring.size() < ring_size;
  if (!out.ring_complete && out.ring.front()->position > counted_until + 1) {
    auto uncounted = TRY(read_range(reader, room, {.after = counted_until, .limit = max_uncounted}));
    if (uncounted.size() > out.ring.size()) out.ring = std::move(uncounted);
  }
  if (!out.ring.empty()) {
    out.tip = out.ring.back()->event.event_id;
    out.depth = out.ring.back()->event.depth;
  }
  auto receipts = TRY(reader.query(room_receipts, room.number));
  for (size_t i = 0; i < receipts.size(); ++i) {
    out.receipts.push_back({receipts.integer(i, 0), std::string(receipts.text(i, 1)),
                            std::string(receipts.text(i, 2)), std::string(receipts.text(i, 3)),
                            receipts.integer(i, 4), receipts.integer(i, 5), receipts.integer(i, 6)});
  }
  return out;
}

Result<std::vector<std::shared_ptr<const PlacedState>>> read_state_at(store::Reader& reader, RoomKey room,
                                                                      int64_t position) {
  auto rows = TRY(reader.query(state_before, room.number, position));
  std::vector<std::shared_ptr<const PlacedState>> out;
  for (size_t i = 0; i < rows.size(); ++i) out.push_back(TRY(placed(room, rows, i)));
  return out;
}

Result<std::vector<std::shared_ptr<const PlacedState>>> read_state_history(store::Reader& reader,
                                                                           RoomKey room,
                                                                           std::string_view type,
                                                                           std::string_view state_key) {
  auto rows = TRY(reader.query(state_history, room.number, type, state_key));
  std::vector<std::shared_ptr<const PlacedState>> out;
  for (size_t i = 0; i < rows.size(); ++i) out.push_back(TRY(placed(room, rows, i)));
  return out;
}

Result<std::vector<EntryPtr>> read_children(store::Reader& reader, RoomKey room, const ChildQuery& query) {
  std::vector<int64_t> positions;
  for (int64_t kind = 1; kind <= static_cast<int64_t>(mx::RelationKind::other); ++kind) {
    if (query.kind && static_cast<int64_t>(*query.kind) != kind) continue;
    auto rows = TRY(reader.query(query.newest_first ? children_newest : children_oldest, room.number, kind,
                                 query.parent, query.after, query.before,
                                 query.type.empty() ? query.limit : size_t{1000}));
    for (size_t i = 0; i < rows.size(); ++i) {
      if (!query.rel_type.empty() && rows.text(i, 1) != query.rel_type) continue;
      if (!query.type.empty() && rows.text(i, 2) != query.type) continue;
      positions.push_back(rows.integer(i, 0));
    }
  }
  if (query.newest_first)
    std::sort(positions.rbegin(), positions.rend());
  else
    std::sort(positions.begin(), positions.end());
  if (positions.size() > query.limit) positions.resize(query.limit);
  std::vector<EntryPtr> out;
  for (int64_t position : positions)
    if (auto entry = TRY(read_position(reader, room, position))) out.push_back(entry);
  return out;
}

Result<bool> has_annotation(store::Reader& reader, RoomNumber room, int64_t parent, UserNumber sender,
                            std::string_view key) {
  auto rows = TRY(reader.query(annotation_of, room, static_cast<int64_t>(mx::RelationKind::annotation),
                               parent, sender, key));
  return !rows.empty();
}

Result<std::vector<ThreadRoot>> read_threads(store::Reader& reader, RoomKey room, UserNumber participant,
                                             int64_t before_latest, size_t limit) {
  auto rows = TRY(reader.query(thread_roots, room.number, static_cast<int64_t>(mx::RelationKind::thread),
                               before_latest, participant ? limit * 10 : limit));
  std::vector<ThreadRoot> out;
  for (size_t i = 0; i < rows.size() && out.size() < limit; ++i) {
    auto root = TRY(read_position(reader, room, rows.integer(i, 0)));
    if (!root) continue;
    if (participant && root->sender != participant &&
        !(root->aggregation && root->aggregation->thread_people.contains(participant)))
      continue;
    out.push_back({root, rows.integer(i, 1)});
  }
  return out;
}

Result<EntryPtr> read_nearest(store::Reader& reader, RoomKey room, int64_t at, bool forwards) {
  auto rows = TRY(reader.query(forwards ? nearest_after : nearest_before, room.number, at));
  if (rows.empty()) return EntryPtr();
  return read_position(reader, room, rows.integer(0, 0));
}

}  // namespace event_store
}  // namespace parvis::chat
