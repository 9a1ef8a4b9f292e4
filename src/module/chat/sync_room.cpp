#include "module/chat/sync_room.h"

#include <algorithm>

#include "engine/matrix/stripped_state.h"
#include "engine/matrix/visibility.h"
#include "module/chat/account_data.h"

namespace parvis::chat {
namespace {

using StateKey = std::pair<std::string, std::string>;

bool has_url(const Entry& entry) {
  return entry.event.content_text().find("\"url\":\"") != std::string_view::npos;
}

bool passes(const mx::EventFilter& filter, const mx::Event& event, bool url) {
  if (filter.accepts_everything()) return true;
  return filter.matches(
      {.type = event.type, .sender = event.sender, .room_id = event.room_id, .has_url = url});
}

// With event_fields the event is cut down; otherwise it is bytes as they are.
void finish_event(std::string& out, size_t start, const mx::Filter& filter) {
  if (filter.event_fields.empty()) return;
  auto tree = json::parse(std::string_view(out).substr(start));
  if (!tree) return;
  auto selected = mx::select_fields(*tree, filter.event_fields);
  out.resize(start);
  json::Writer(out).value(selected);
}

struct Slice {
  std::vector<EntryPtr> entries;
  bool limited = false;
  int64_t start = 0;  // position of the first shown event; past the end when there is none
};

// The newest events after `from` (and up to `until`) that the filter lets through.
Slice slice_of(SyncContext& sync, const Room& room, int64_t from, int64_t until) {
  auto& filter = sync.request.filter->timeline;
  size_t limit = events_needed(sync.request);
  Slice out;
  out.start = std::min(until, room.last_position) + 1;
  auto& ring = room.live->ring;
  auto entry = ring.rbegin();
  for (; entry != ring.rend(); ++entry) {
    if ((*entry)->position > until) continue;
    if ((*entry)->position <= from) break;
    bool ignored = !(*entry)->event.is_state() && sync.user.ignored.contains((*entry)->event.sender);
    if (ignored || !passes(filter, (*entry)->event, has_url(**entry))) continue;
    if (out.entries.size() == limit) {
      out.limited = true;
      break;
    }
    out.entries.push_back(*entry);
    out.start = (*entry)->position;
  }
  if (entry == ring.rend() && !room.live->ring_complete && !ring.empty() &&
      ring.front()->position > from + 1) {
    // Memory ends here; whether something lies between is known from the room's depth only when it is
    // complete.
    out.limited = true;
    out.start = std::min(out.start, ring.front()->position);
  }
  std::reverse(out.entries.begin(), out.entries.end());
  return out;
}

class StateDelta {
 public:
  StateDelta(SyncContext& sync, const Room& room, const Slice& slice, int64_t from, int64_t until)
      : sync_(sync), room_(room), slice_(slice), from_(from), until_(until) {
    for (auto& entry : slice.entries) senders_.insert(entry->event.sender);
    senders_.insert(sync.user.user_id);
    // A conversation without a name is called after these people: clients need their names.
    if (lazy() && !room.live->state.find("m.room.name", ""))
      for (auto& hero : mx::summarize(room.live->state, sync.user.user_id).heroes) senders_.insert(hero);
  }

  // The state events to show: at the start of the timeline, or after its end.
  std::vector<const mx::StateEvent*> collect() {
    std::map<StateKey, const mx::StateEvent*> changed;
    bool after = sync_.request.after();
    int64_t edge = after ? until_ : slice_.start - 1;
    std::map<StateKey, const mx::StateEvent*> reverted = revert(edge);
    std::vector<const mx::StateEvent*> out;
    room_.live->state.each([&](const mx::StateEventPtr& state) {
      const mx::StateEvent* event = state.get();
      if (position_of(*event) > edge) {
        auto before = reverted.find({event->event.type, *event->event.state_key});
        event = before == reverted.end() ? nullptr : before->second;
      }
      if (event && wanted(*event)) out.push_back(event);
    });
    return out;
  }

 private:
  // What stood at `edge` where the present state is newer.
  std::map<StateKey, const mx::StateEvent*> revert(int64_t edge) const {
    std::map<StateKey, const mx::StateEvent*> out;
    auto& ring = room_.live->ring;
    for (auto entry = ring.rbegin(); entry != ring.rend() && (*entry)->position > edge; ++entry)
      if ((*entry)->event.is_state())
        out[{(*entry)->event.type, *(*entry)->event.state_key}] = (*entry)->replaced.get();
    return out;
  }

  bool wanted(const mx::StateEvent& state) {
    auto& filter = sync_.request.filter->state;
    bool member = state.event.type == "m.room.member";
    bool changed = position_of(state) > from_;
    if (member && lazy()) {
      const std::string& who = *state.event.state_key;
      if (!senders_.contains(who)) return false;
      User* user = sync_.chat.users.find(who);
      if (!user) return changed;
      auto& sent = sync_.lazy.sent;
      std::pair<RoomNumber, UserNumber> pair{room_.number, user->number};
      bool known = sent.contains(pair);
      if (!changed && known && !filter.include_redundant_members) return false;
      if (sent.size() < LazySent::max_pairs) sent.insert(pair);
    } else if (!changed) {
      return false;
    }
    return passes(filter, state.event, false);
  }

  bool lazy() const { return sync_.request.filter->state.lazy_load_members && !sync_.request.full_state; }

  SyncContext& sync_;
  const Room& room_;
  const Slice& slice_;
  int64_t from_, until_;
  std::set<std::string> senders_;
};

void append_state_section(std::string& out, SyncContext& sync,
                          const std::vector<const mx::StateEvent*>& state) {
  if (!sync.request.after())
    out += "\"state\":{\"events\":[";
  else if (sync.request.state_after)
    out += "\"state_after\":{\"events\":[";
  else
    out += "\"org.matrix.msc4222.state_after\":{\"events\":[";
  Comma comma(out);
  for (auto* event : state) {
    comma.next();
    size_t start = out.size();
    append_state(out, *event, false);
    finish_event(out, start, *sync.request.filter);
  }
  out += "]}";
}

void append_timeline_section(std::string& out, SyncContext& sync, const Slice& slice, const Room& room) {
  out += "\"timeline\":{\"events\":[";
  Comma comma(out);
  Reader reader{&sync.user, sync.device};
  for (auto& entry : slice.entries) {
    comma.next();
    size_t start = out.size();
    append_event(out, sync.chat, *entry, reader, false);
    finish_event(out, start, *sync.request.filter);
  }
  int64_t before = slice.entries.empty() ? std::min(slice.start - 1, room.last_position)
                                         : slice.entries.front()->position - 1;
  out += "],\"limited\":";
  out += slice.limited ? "true" : "false";
  out += ",\"prev_batch\":\"" + mx::PageToken{before}.text() + "\"}";
}

bool append_ephemeral(std::string& out, SyncContext& sync, const Room& room) {
  auto& filter = sync.request.filter->ephemeral;
  auto shown = [&](std::string_view type) {
    return filter.accepts_everything() ||
           filter.matches({.type = type, .sender = {}, .room_id = room.room_id});
  };
  size_t start = out.size();
  Comma comma(out);
  if (room.receipts_position > sync.since[mx::Stream::receipts] && shown("m.receipt")) {
    // event → type → user → {ts, thread_id}
    std::map<std::string_view, std::map<std::string_view, std::vector<const Receipt*>>> by_event;
    for (auto& receipt : room.live->receipts) {
      if (receipt.position <= sync.since[mx::Stream::receipts]) continue;
      if (receipt.type == "m.read.private" && receipt.user != sync.user.number) continue;
      by_event[receipt.event_id][receipt.type].push_back(&receipt);
    }
    if (!by_event.empty()) {
      comma.next();
      json::Writer writer(out);
      writer.begin_object().field("type", "m.receipt").key("content").begin_object();
      for (auto& [event_id, types] : by_event) {
        writer.key(event_id).begin_object();
        for (auto& [type, receipts] : types) {
          writer.key(type).begin_object();
          std::set<UserNumber> seen;
          for (auto* receipt : receipts) {
            if (!seen.insert(receipt->user).second) continue;
            writer.key(sync.chat.users.at(receipt->user).user_id).begin_object().field("ts", receipt->at);
            if (!receipt->thread.empty()) writer.field("thread_id", receipt->thread);
            writer.end_object();
          }
          writer.end_object();
        }
        writer.end_object();
      }
      writer.end_object().end_object();
    }
  }
  bool typing_now =
      sync.initial ? !room.typing.empty() : room.typing_position > sync.since[mx::Stream::typing];
  if (typing_now && shown("m.typing")) {
    comma.next();
    json::Writer writer(out);
    writer.begin_object()
        .field("type", "m.typing")
        .key("content")
        .begin_object()
        .key("user_ids")
        .begin_array();
    for (auto& typing : room.typing) writer.value(sync.chat.users.at(typing.user).user_id);
    writer.end_array().end_object().end_object();
  }
  return out.size() != start;
}

bool append_room_account_data(std::string& out, SyncContext& sync, const Room& room, bool all) {
  auto& filter = sync.request.filter->room_account_data;
  size_t start = out.size();
  Comma comma(out);
  auto& data = *sync.user.account_data;
  for (auto it = data.lower_bound({room.number, std::string()});
       it != data.end() && it->first.first == room.number; ++it) {
    if (!all && it->second.position <= sync.since[mx::Stream::account_data]) continue;
    if (!filter.accepts_everything() &&
        !filter.matches({.type = it->first.second, .sender = {}, .room_id = room.room_id}))
      continue;
    comma.next();
    append_account_data(out, sync.user, it->first.second, it->second);
  }
  return out.size() != start;
}

void append_counts(std::string& out, SyncContext& sync, const Member& member) {
  int64_t notify = member.notify, highlight = member.highlight;
  bool threads = sync.request.filter->timeline.unread_thread_notifications;
  if (!threads) {
    for (auto& thread : member.threads) {
      notify += thread.notify;
      highlight += thread.highlight;
    }
  }
  json::Writer writer(out);
  out += ",\"unread_notifications\":";
  writer.begin_object().field("notification_count", notify).field("highlight_count", highlight).end_object();
  if (!threads || member.threads.empty()) return;
  out += ",\"unread_thread_notifications\":";
  json::Writer counts(out);
  counts.begin_object();
  for (auto& thread : member.threads) {
    counts.key(thread.root).begin_object().field("notification_count", static_cast<int64_t>(thread.notify));
    counts.field("highlight_count", static_cast<int64_t>(thread.highlight)).end_object();
  }
  counts.end_object();
}

void append_summary(std::string& out, SyncContext& sync, const Room& room) {
  auto summary = mx::summarize(room.live->state, sync.user.user_id);
  std::erase(summary.heroes, sync.chat.users.house().user_id);
  out += ",\"summary\":";
  json::Writer writer(out);
  writer.begin_object().key("m.heroes").begin_array();
  for (auto& hero : summary.heroes) writer.value(hero);
  writer.end_array()
      .field("m.joined_member_count", summary.joined)
      .field("m.invited_member_count", summary.invited);
  writer.end_object();
}

}  // namespace

size_t events_needed(const SyncRequest& request) {
  int64_t limit = request.filter->timeline.limit.value_or(default_timeline_limit);
  return static_cast<size_t>(std::clamp<int64_t>(limit, 1, max_timeline_limit));
}

bool joined_changed(const SyncContext& sync, const Member& member) {
  if (sync.everything()) return true;
  const Room& room = *member.room;
  if (room.last_position > sync.since[mx::Stream::events]) return true;
  if (room.receipts_position > sync.since[mx::Stream::receipts]) return true;
  if (room.typing_position > sync.since[mx::Stream::typing]) return true;
  if (sync.user.account_data_position <= sync.since[mx::Stream::account_data]) return false;
  auto& data = *sync.user.account_data;
  for (auto it = data.lower_bound({room.number, std::string()});
       it != data.end() && it->first.first == room.number; ++it)
    if (it->second.position > sync.since[mx::Stream::account_data]) return true;
  return false;
}

bool append_joined(std::string& out, SyncContext& sync, const Member& member) {
  const Room& room = *member.room;
  int64_t since = sync.since[mx::Stream::events];
  bool fresh = sync.initial || member.joined > since;
  int64_t from = fresh ? 0 : since;
  if (fresh && mx::visibility_of(room.live->state) > mx::HistoryVisibility::shared)
    from = std::max<int64_t>(member.joined - 1, 0);
  int64_t until = sync.chat.now[mx::Stream::events];
  auto slice = slice_of(sync, room, from, until);
  StateDelta delta(sync, room, slice, fresh || sync.request.full_state ? 0 : since, until);
  auto state = delta.collect();

  size_t start = out.size();
  json::append_quoted(out, room.room_id);
  out += ":{";
  append_timeline_section(out, sync, slice, room);
  out += ',';
  append_state_section(out, sync, state);
  if (sync.request.after()) out += ",\"state\":{\"events\":[]}";
  out += ",\"ephemeral\":{\"events\":[";
  bool ephemeral = append_ephemeral(out, sync, room);
  out += "]},\"account_data\":{\"events\":[";
  bool account = append_room_account_data(out, sync, room, fresh || sync.request.full_state);
  out += "]}";
  bool counted = room.receipts_position > sync.since[mx::Stream::receipts] || room.last_position > since;
  if (!fresh && !sync.request.full_state && slice.entries.empty() && state.empty() && !ephemeral &&
      !account) {
    // Receipts of this person elsewhere still change the counters.
    bool own = false;
    for (auto& receipt : room.live->receipts)
      own = own || (receipt.user == sync.user.number && receipt.position > sync.since[mx::Stream::receipts]);
    if (!own || !counted) {
      out.resize(start);
      return false;
    }
  }
  append_counts(out, sync, member);
  bool members_changed = fresh || slice.limited;
  for (auto& entry : slice.entries) members_changed = members_changed || entry->event.type == "m.room.member";
  if (members_changed) append_summary(out, sync, room);
  out += '}';
  return true;
}

void append_invited(std::string& out, SyncContext&, const Member& member, bool knock) {
  const Room& room = *member.room;
  json::append_quoted(out, room.room_id);
  out += knock ? ":{\"knock_state\":{\"events\":" : ":{\"invite_state\":{\"events\":";
  auto event = room.live->state.get("m.room.member", member.user->user_id);
  out += mx::stripped_state(room.live->state, event ? &event->event : nullptr);
  out += "}}";
}

void append_left(std::string& out, SyncContext& sync, const Member& member) {
  const Room& room = *member.room;
  int64_t since = sync.since[mx::Stream::events];
  // Who never was inside sees their own departure and nothing else.
  int64_t from = member.joined ? since : member.position - 1;
  auto slice = slice_of(sync, room, from, member.position);
  json::append_quoted(out, room.room_id);
  out += ":{";
  append_timeline_section(out, sync, slice, room);
  out += ',';
  std::vector<const mx::StateEvent*> state;
  if (member.joined)
    state = StateDelta(sync, room, slice, sync.everything() ? 0 : since, member.position).collect();
  append_state_section(out, sync, state);
  if (sync.request.after()) out += ",\"state\":{\"events\":[]}";
  out += ",\"account_data\":{\"events\":[";
  append_room_account_data(out, sync, room, sync.everything());
  out += "]}}";
}

}  // namespace parvis::chat
