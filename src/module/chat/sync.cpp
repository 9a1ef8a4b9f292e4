#include "module/chat/sync.h"

#include "module/chat/access.h"
#include "module/chat/account_data.h"
#include "module/chat/keys.h"
#include "module/chat/sync_room.h"

namespace parvis::chat {
namespace {

bool gone(const Member& member) {
  return member.membership == Membership::leave || member.membership == Membership::ban;
}

// The rooms of each section, decided from counters alone.
struct Sections {
  std::vector<const Member*> joined, invited, knocked, left;
};

Sections sections_of(SyncContext& sync) {
  Sections out;
  auto& filter = *sync.request.filter;
  int64_t since = sync.since[mx::Stream::events];
  for (Member* member : sync.user.rooms) {
    if (member->forgotten || !filter.matches_room(member->room->room_id)) continue;
    bool moved = sync.everything() || member->position > since;
    if (member->membership == Membership::join) {
      // Between the removal from a space and the commit of its leave event, the room is silent.
      if (!member->room->space.empty() && !allowed(sync.chat, *member->room, sync.user, Action::message_read))
        continue;
      if (joined_changed(sync, *member)) out.joined.push_back(member);
    } else if (member->membership == Membership::invite && moved) {
      out.invited.push_back(member);
    } else if (member->membership == Membership::knock && moved) {
      out.knocked.push_back(member);
    } else if (gone(*member) && (sync.initial ? filter.include_leave : member->position > since)) {
      out.left.push_back(member);
    }
  }
  return out;
}

// Brings every room of the sections to memory. While that is awaited others may move, so it looks again.
Task<Result<Sections>> bring_rooms(SyncContext& sync) {
  for (int turn = 0; turn < 5; ++turn) {
    auto sections = sections_of(sync);
    std::vector<Room*> rooms;
    bool complete = true;
    size_t needed = events_needed(sync.request) + 1;
    for (auto* list : {&sections.joined, &sections.invited, &sections.knocked, &sections.left}) {
      for (auto* member : *list) {
        Room* room = member->room;
        complete = complete && room->live && (room->live->ring_complete || room->live->ring.size() >= needed);
        rooms.push_back(room);
      }
    }
    if (complete) co_return sections;
    CO_TRY(co_await sync.chat.rooms.ensure_live(std::move(rooms), needed));
  }
  co_return fail(reasons::unavailable, "rooms move too fast", 1000);
}

bool append_rooms(std::string& out, SyncContext& sync, const Sections& sections) {
  bool any = false;
  out += "\"rooms\":{\"join\":{";
  for (auto* member : sections.joined) {
    size_t before = out.size();
    if (any) out += ',';
    if (append_joined(out, sync, *member))
      any = true;
    else
      out.resize(before);
  }
  auto list = [&](std::string_view name, const std::vector<const Member*>& members, auto&& append) {
    out += "},\"";
    out += name;
    out += "\":{";
    Comma comma(out);
    for (auto* member : members) {
      comma.next();
      append(*member);
      any = true;
    }
  };
  list("invite", sections.invited, [&](const Member& member) { append_invited(out, sync, member, false); });
  list("knock", sections.knocked, [&](const Member& member) { append_invited(out, sync, member, true); });
  list("leave", sections.left, [&](const Member& member) { append_left(out, sync, member); });
  out += "}}";
  return any;
}

bool append_global_account_data(std::string& out, SyncContext& sync) {
  auto& filter = sync.request.filter->account_data;
  out += ",\"account_data\":{\"events\":[";
  size_t start = out.size();
  Comma comma(out);
  auto shown = [&](const std::string& type) {
    return filter.accepts_everything() || filter.matches({.type = type, .sender = {}, .room_id = {}});
  };
  auto& data = *sync.user.account_data;
  bool has_rules = false;
  for (auto& [key, value] : data) {
    if (key.first != 0) break;
    has_rules = has_rules || key.second == "m.push_rules";
    if (!sync.everything() && value.position <= sync.since[mx::Stream::account_data]) continue;
    if (!shown(key.second)) continue;
    comma.next();
    append_account_data(out, sync.user, key.second, value);
  }
  if (!has_rules && sync.everything() && shown("m.push_rules")) {
    comma.next();
    append_account_data(out, sync.user, "m.push_rules", {});
  }
  bool any = out.size() != start;
  out += "]}";
  return any;
}

bool encrypted(const Room& room) { return room.live && room.live->state.find("m.room.encryption", ""); }

bool share_encrypted_room(const User& a, const User& b) {
  for (auto* member : a.rooms) {
    if (member->membership != Membership::join) continue;
    auto other = member->room->members.find(b.number);
    if (other != member->room->members.end() && other->second.membership == Membership::join) return true;
  }
  return false;
}

bool append_device_lists(std::string& out, SyncContext& sync, const Sections& sections) {
  std::set<UserNumber> changed, left;
  auto& chat = sync.chat;
  if (!sync.initial) {
    for (auto it = chat.device_list_changes.upper_bound(sync.since[mx::Stream::device_lists]);
         it != chat.device_list_changes.end(); ++it) {
      User& other = chat.users.at(it->second);
      if (&other == &sync.user || share_encrypted_room(sync.user, other)) changed.insert(other.number);
    }
    int64_t since = sync.since[mx::Stream::events];
    for (auto* member : sections.joined) {
      if (!encrypted(*member->room)) continue;
      bool fresh = member->joined > since;
      for (auto& [number, other] : member->room->members) {
        if (number == sync.user.number) continue;
        if (other.membership == Membership::join && (fresh || other.joined > since)) changed.insert(number);
        if (gone(other) && other.position > since && !share_encrypted_room(sync.user, *other.user))
          left.insert(number);
      }
    }
    for (auto* member : sections.left) {
      if (!encrypted(*member->room)) continue;
      for (auto& [number, other] : member->room->members)
        if (number != sync.user.number && other.membership == Membership::join &&
            !share_encrypted_room(sync.user, *other.user))
          left.insert(number);
    }
  }
  json::Writer writer(out);
  out += ",\"device_lists\":";
  writer.begin_object().key("changed").begin_array();
  for (auto number : changed) writer.value(chat.users.at(number).user_id);
  writer.end_array().key("left").begin_array();
  for (auto number : left) writer.value(chat.users.at(number).user_id);
  writer.end_array().end_object();
  return !changed.empty() || !left.empty();
}

void append_key_counts(std::string& out, SyncContext& sync) {
  auto* keys = sync.chat.keys->find(sync.user, sync.device);
  out += ",\"device_one_time_keys_count\":";
  json::Writer writer(out);
  writer.begin_object();
  int64_t signed_curve = 0;
  if (keys) {
    for (auto& [algorithm, count] : keys->one_time_counts)
      if (algorithm == "signed_curve25519")
        signed_curve = count;
      else
        writer.field(algorithm, count);
  }
  writer.field("signed_curve25519", signed_curve).end_object();
  out += ",\"device_unused_fallback_key_types\":";
  json::Writer list(out);
  list.begin_array();
  if (keys)
    for (auto& algorithm : keys->unused_fallback) list.value(algorithm);
  list.end_array();
}

}  // namespace

Task<Result<SyncAnswer>> build_sync(Chat& chat, Caller caller, const SyncRequest& request) {
  User& user = *caller.user;
  CO_TRY(co_await load_account_data(chat, user));
  CO_TRY(co_await chat.keys->load(user));
  bool initial = !request.since;
  auto& lazy = chat.lazy_sent[caller.session->id];
  if (initial) lazy.sent.clear();
  SyncContext sync{chat,    user, caller.session->device_id, request, request.since.value_or(mx::SyncToken()),
                   initial, lazy};
  ToDeviceBatch to_device;
  int64_t acknowledged = sync.since[mx::Stream::to_device];
  if (acknowledged > 0) drop_to_device(chat, user, caller.session->device_id, acknowledged);
  if (user.to_device_position > acknowledged)
    to_device = CO_TRY(co_await read_to_device(chat, user, caller.session->device_id, acknowledged));
  auto sections = CO_TRY(co_await bring_rooms(sync));

  // From here to the end nothing suspends: the token and the content are of one moment.
  mx::SyncToken next = chat.now;
  if (to_device.more) next[mx::Stream::to_device] = to_device.last;
  SyncAnswer answer;
  std::string& out = answer.body;
  out.reserve(1024);
  out += "{\"next_batch\":\"" + next.text() + "\",";
  answer.empty = !append_rooms(out, sync, sections);
  answer.empty = !append_global_account_data(out, sync) && answer.empty;
  out += ",\"to_device\":{\"events\":[";
  Comma comma(out);
  for (auto& event : to_device.events) {
    comma.next();
    out += event;
    answer.empty = false;
  }
  out += "]},\"presence\":{\"events\":[]}";
  answer.empty = !append_device_lists(out, sync, sections) && answer.empty;
  append_key_counts(out, sync);
  out += '}';
  if (initial || request.full_state) answer.empty = false;
  co_return answer;
}

}  // namespace parvis::chat
