#include "module/chat/timeline.h"

#include "engine/matrix/auth_rules.h"
#include "engine/matrix/errors.h"
#include "engine/matrix/identifiers.h"
#include "module/chat/reasons.h"

namespace parvis::chat {

Timeline::Timeline(const Context& context, Log& log, Users& users, Rooms& rooms, Counts& counts)
    : context_(context), log_(log), users_(users), rooms_(rooms), counts_(counts) {}

void Timeline::load(const event_store::Loaded& loaded) {
  visible_ = loaded.events;
  next_position_ = loaded.events + 1;
  for (auto& row : loaded.transactions) {
    auto key = transaction_key(rooms_.at(row.room), row.sender, row.key);
    if (transactions_.emplace(key, row.event_id).second) transaction_order_.push_back(key);
  }
}

std::string Timeline::transaction_key(const Room& room, UserNumber user,
                                      const std::string& transaction) const {
  return std::to_string(room.number) + '|' + std::to_string(user) + '|' + transaction;
}

const std::string* Timeline::sent_before(const Room& room, const User& user,
                                         const std::string& transaction) const {
  auto found = transactions_.find(transaction_key(room, user.number, transaction));
  return found == transactions_.end() ? nullptr : &found->second;
}

void Timeline::remember(const Room& room, const Entry& entry) {
  if (entry.transaction.empty()) return;
  auto key = transaction_key(room, entry.sender, entry.transaction);
  if (!transactions_.emplace(key, entry.event.event_id).second) return;
  transaction_order_.push_back(std::move(key));
  if (transaction_order_.size() > event_store::remembered_transactions) {
    transactions_.erase(transaction_order_.front());
    transaction_order_.pop_front();
  }
}

namespace {

mx::AuthInput auth_input(const Room& room, const NewEvent& event, const json::Value& content, bool first) {
  mx::AuthInput input;
  input.room_id =
      first && mx::has_hashed_room_id(room.version) ? std::string_view() : std::string_view(room.room_id);
  input.type = event.type;
  if (event.state_key) input.state_key = *event.state_key;
  input.sender = event.sender->user_id;
  input.content = &content;
  input.prev_event_count = first ? 0 : 1;
  input.follows_create_only = room.live && room.live->depth == 1;
  return input;
}

json::Value tree_of(const mx::Canonical& content) {
  auto tree = json::parse(content.text(), {.max_bytes = mx::max_event_bytes, .max_depth = 100});
  return tree ? std::move(*tree) : json::Value(json::Object());
}

}  // namespace

Result<void> Timeline::authorize(Room& room, const NewEvent& event) const {
  auto content = tree_of(event.content);
  return mx::authorize(room.version, auth_input(room, event, content, room.live->depth == 0),
                       room.live->state);
}

Result<Room*> Timeline::create(NewRoom request) {
  auto room = std::make_unique<Room>();
  room->number = rooms_.next_number();
  room->version = request.version;
  room->kind = request.kind;
  room->space = request.space;
  room->creator = request.creator->number;
  room->published = request.published;
  // In v12 a room's id is the hash of its create event: two rooms made by one person in one millisecond would
  // be one.
  last_creation_ = std::max(context_.env.clock.now(), last_creation_ + 1);
  room->created_at = last_creation_;
  if (!mx::has_hashed_room_id(room->version)) {
    std::array<uint8_t, 15> random;
    context_.env.random.fill(random);
    room->room_id = "!" + to_base64(random, Base64::url_unpadded) + ":" + context_.configuration.server_name;
  }
  // The create event names no room in v12: its id is the room's.
  mx::EventDraft draft;
  draft.room_id = room->room_id;
  draft.type = "m.room.create";
  draft.state_key = "";
  draft.sender = request.creator->user_id;
  draft.content = &request.create_content;
  draft.origin_server_ts = room->created_at.ms;
  auto built = TRY(mx::build_event(room->version, draft));
  auto content = built.event.content();
  NewEvent event{
      .type = "m.room.create", .state_key = "", .sender = request.creator, .content = request.create_content};
  auto input = auth_input(*room, event, content, true);
  TRY(mx::authorize(room->version, input, mx::RoomState()));
  if (mx::has_hashed_room_id(room->version)) room->room_id = mx::room_id_of_create(built.event.event_id);
  built.event = TRY(mx::read_event(room->version, built.pdu, built.event.event_id));

  Room& added = rooms_.add(std::move(room));
  auto row = std::make_shared<Room>();
  row->number = added.number;
  row->room_id = added.room_id;
  row->version = added.version;
  row->kind = added.kind;
  row->space = added.space;
  row->creator = added.creator;
  row->published = added.published;
  row->created_at = added.created_at;
  log_.add([row](store::Transaction& transaction) { return event_store::insert_room(transaction, *row); });
  auto entry = std::make_shared<Entry>();
  entry->event = std::move(built.event);
  entry->sender = request.creator->number;
  entry->position = next_position_++;
  auto state = std::make_shared<PlacedState>();
  state->event = entry->event;
  state->content = std::move(content);
  state->position = entry->position;
  added.live->state.apply(std::move(state));
  added.live->tip = entry->event.event_id;
  added.live->depth = 1;
  ++added.live->in_flight;
  log_.add(writer(added, *entry, std::move(built.pdu), 0, event, {}),
           [this, &added, entry](const Result<void>& outcome) { committed(added, entry, outcome, {}); });
  return &added;
}

Result<std::string> Timeline::append(Room& room, NewEvent event) {
  CHECK(room.live);
  if (room.live->depth == 0) return fail(reasons::unavailable, "the room is being restored", 1000);
  if (log_.pending() >= Log::max_pending - 8) return fail(reasons::unavailable, "commit log full", 1000);
  room.used = context_.env.loop.now();
  auto content = tree_of(event.content);
  auto input = auth_input(room, event, content, false);
  TRY(mx::authorize(room.version, input, room.live->state));
  auto auth_events = mx::select_auth_events(room.version, input, room.live->state);
  mx::EventDraft draft;
  draft.room_id = room.room_id;
  draft.type = event.type;
  if (event.state_key) draft.state_key = *event.state_key;
  draft.sender = event.sender->user_id;
  draft.content = &event.content;
  draft.origin_server_ts = context_.env.clock.now().ms;
  draft.depth = room.live->depth + 1;
  draft.prev_events = {&room.live->tip, 1};
  draft.auth_events = auth_events;
  draft.redacts = event.redacts;
  auto built = TRY(mx::build_event(room.version, draft));

  auto entry = std::make_shared<Entry>();
  entry->event = std::move(built.event);
  entry->position = next_position_++;
  entry->sender = event.sender->number;
  entry->transaction = event.transaction;
  entry->relation = event.relation;
  room.live->tip = entry->event.event_id;
  room.live->depth = draft.depth;
  ++room.live->in_flight;
  int64_t replaces = 0;
  if (event.state_key) {
    auto state = std::make_shared<PlacedState>();
    state->event = entry->event;
    state->content = std::move(content);
    state->position = entry->position;
    entry->replaced = room.live->state.apply(std::move(state));
    if (entry->replaced) replaces = position_of(*entry->replaced);
  }
  remember(room, *entry);
  std::string event_id = entry->event.event_id;
  auto redacted = event.redacts.empty() ? nullptr : std::make_shared<std::string>();
  log_.add(writer(room, *entry, std::move(built.pdu), replaces, event, redacted),
           [this, &room, entry, redacted](const Result<void>& outcome) {
             committed(room, entry, outcome, redacted);
           });
  return event_id;
}

store::WriteFunction Timeline::writer(Room& room, const Entry& entry, std::string pdu, int64_t replaces,
                                      NewEvent& event, std::shared_ptr<std::string> redacted_pdu) {
  event_store::NewRow row{.room = room.number, .sender = entry.sender, .position = entry.position};
  row.replaces = replaces;
  row.relates_to = event.relates_to;
  row.relation = std::move(event.relation);
  row.transaction = entry.transaction;
  row.event_id = entry.event.event_id;
  row.type = entry.event.type;
  row.pdu = std::move(pdu);
  row.state_key = entry.event.state_key;
  row.at = entry.event.origin_server_ts;
  std::optional<std::pair<UserNumber, Member>> member;
  if (row.state_key && row.type == "m.room.member") {
    if (User* target = users_.find(*row.state_key)) {
      Member& known = rooms_.ensure_member(room, *target);
      Member next;
      next.membership = mx::membership_of(room.live->state, target->user_id);
      bool was_joined = entry.replaced && entry.replaced->content.is_object() &&
                        json::text(entry.replaced->content, "membership") == "join";
      if (next.membership == Membership::join && !was_joined) known.joined_ahead = entry.position;
      next.position = entry.position;
      next.joined = known.joined_ahead;
      next.read_position = was_joined ? known.read_position : entry.position;
      next.counted = entry.position;
      member.emplace(target->number, std::move(next));
    }
  }
  event_store::RoomKey key = rooms_.key(room);
  return [row = std::move(row), member = std::move(member), key, redacts = event.redacts,
          redacted_pdu](store::Transaction& transaction) -> Result<void> {
    TRY(event_store::insert(transaction, row));
    if (member) TRY(event_store::put_member(transaction, member->second, key.number, member->first));
    if (redacted_pdu) *redacted_pdu = TRY(event_store::redact(transaction, key, redacts, row.position));
    return {};
  };
}

void Timeline::committed(Room& room, const std::shared_ptr<Entry>& entry, const Result<void>& outcome,
                         const std::shared_ptr<std::string>& redacted_pdu) {
  --room.live->in_flight;
  if (!outcome) {
    // What followed fails with it. Once the last one is back, the room returns from the disk as it was.
    room.live->depth = 0;
    transactions_.erase(transaction_key(room, entry->sender, entry->transaction));
    if (room.live->in_flight == 0) room.live.reset();
    return;
  }
  visible_ = entry->position;
  room.last_position = entry->position;
  rooms_.push(room, entry);
  if (entry->event.is_state() && entry->event.type == "m.room.member") apply_membership(room, *entry);
  if (entry->relation.present()) apply_relation(room, entry);
  if (redacted_pdu && !redacted_pdu->empty()) apply_redaction(room, *entry, *redacted_pdu);
  counts_.count(room, *entry);
  for (auto& listener : listeners_) listener(room, entry);
}

void Timeline::apply_membership(Room& room, const Entry& entry) {
  User* target = users_.find(*entry.event.state_key);
  if (!target) return;
  Member& member = rooms_.ensure_member(room, *target);
  auto content = entry.event.content();
  auto next = mx::parse_membership(json::text(content, "membership").value_or(""));
  if (next == Membership::join && member.membership != Membership::join) {
    member.joined = member.joined_ahead = entry.position;
    member.read_position = entry.position;
    member.notify = member.highlight = 0;
    member.threads.clear();
    member.forgotten = false;
  }
  if (next != Membership::leave && next != Membership::ban) member.forgotten = false;
  member.membership = next;
  member.position = entry.position;
  member.counted = entry.position;
}

void Timeline::apply_redaction(Room& room, const Entry& redaction, const std::string& redacted_pdu) {
  auto before = rooms_.in_ring(room, redaction.event.redacts);
  auto event = mx::read_event(room.version, redacted_pdu, redaction.event.redacts);
  if (!event) return;
  if (event->is_state()) {
    auto state = std::make_shared<PlacedState>();
    state->event = *event;
    state->content = event->content();
    auto current = room.live->state.get(event->type, *event->state_key);
    if (current && current->event.event_id == event->event_id) {
      state->position = position_of(*current);
      room.live->state.replace_if_current(state);
    }
  }
  if (before) {
    auto after = std::make_shared<Entry>(*before);
    after->event = std::move(*event);
    after->relation = {};
    after->aggregation = nullptr;
    after->redacted_because.clear();
    redaction.event.client.append(after->redacted_because, true);
    rooms_.replace_in_ring(room, after);
    if (before->relation.present()) {
      // The parent no longer counts this child.
      if (auto parent = rooms_.in_ring(room, before->relation.event_id); parent && parent->aggregation) {
        auto without = std::make_shared<Aggregation>(*parent->aggregation);
        if (without->edit && without->edit->event.event_id == before->event.event_id) without->edit = nullptr;
        if (before->relation.kind == mx::RelationKind::thread && without->thread_count) {
          --without->thread_count;
          if (without->thread_latest && without->thread_latest->event.event_id == before->event.event_id)
            without->thread_latest = without->thread_count ? after : nullptr;
        }
        std::erase(without->references, before->event.event_id);
        auto changed = std::make_shared<Entry>(*parent);
        changed->aggregation = without->empty() ? nullptr : without;
        rooms_.replace_in_ring(room, changed);
      }
    }
  }
  if (redacted_) redacted_(room, redaction.event.redacts);
}

void Timeline::apply_relation(Room& room, const EntryPtr& entry) {
  auto parent = rooms_.in_ring(room, entry->relation.event_id);
  if (!parent) return;
  auto aggregation =
      std::make_shared<Aggregation>(parent->aggregation ? *parent->aggregation : Aggregation());
  switch (entry->relation.kind) {
    case mx::RelationKind::replace: {
      if (!parent->redacted_because.empty()) return;
      if (!mx::is_valid_edit(parent->event, parent->event.content(), entry->event, entry->event.content()))
        return;
      aggregation->edit = entry;
      break;
    }
    case mx::RelationKind::thread:
      aggregation->thread_latest = entry;
      ++aggregation->thread_count;
      aggregation->thread_people.insert(entry->sender);
      break;
    case mx::RelationKind::reference:
      if (aggregation->references.size() < 100) aggregation->references.push_back(entry->event.event_id);
      break;
    default:
      return;
  }
  auto changed = std::make_shared<Entry>(*parent);
  changed->aggregation = aggregation;
  rooms_.replace_in_ring(room, changed);
}

}  // namespace parvis::chat
