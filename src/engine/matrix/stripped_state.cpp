#include "engine/matrix/stripped_state.h"

#include <algorithm>

namespace parvis::matrix {
namespace {

// Client-server API, "Stripped state"; m.room.topic and the avatar let people judge an invitation.
constexpr std::string_view shown_types[] = {"m.room.create",     "m.room.name",
                                            "m.room.avatar",     "m.room.topic",
                                            "m.room.join_rules", "m.room.canonical_alias",
                                            "m.room.encryption", "m.room.history_visibility"};
constexpr size_t max_heroes = 5;

std::string text_in(const RoomState& state, std::string_view type, std::string_view key) {
  auto* event = state.find(type, "");
  return std::string(event ? json::text(event->content, key).value_or("") : "");
}

// m.room.topic: the text/plain representation when there is one.
std::string topic_of(const RoomState& state) { return text_in(state, "m.room.topic", "topic"); }

}  // namespace

void append_stripped(std::string& out, const Event& event) {
  json::Writer writer(out);
  writer.begin_object();
  writer.key("content").raw(event.content_text());
  writer.field("sender", event.sender);
  writer.field("state_key", event.state_key.value_or(""));
  writer.field("type", event.type);
  writer.end_object();
}

std::string stripped_state(const RoomState& state, const Event* member_event) {
  std::string out = "[";
  auto put = [&](const Event& event) {
    if (out.size() > 1) out.push_back(',');
    append_stripped(out, event);
  };
  for (auto type : shown_types)
    if (auto* event = state.find(type, "")) put(event->event);
  if (member_event) {
    if (member_event->sender != member_event->state_key)
      if (auto* sender = state.find("m.room.member", member_event->sender)) put(sender->event);
    put(*member_event);
  }
  out.push_back(']');
  return out;
}

RoomSummary summarize(const RoomState& state, std::string_view viewer) {
  RoomSummary summary;
  summary.joined = state.count(Membership::join);
  summary.invited = state.count(Membership::invite);
  struct Candidate {
    int64_t depth;
    std::string_view user_id;
    bool operator<(const Candidate& other) const {
      return depth != other.depth ? depth < other.depth : user_id < other.user_id;
    }
  };
  std::vector<Candidate> present, gone;
  state.each_of("m.room.member", [&](const StateEventPtr& member) {
    std::string_view user_id = *member->event.state_key;
    if (user_id == viewer) return;
    switch (parse_membership(json::text(member->content, "membership").value_or(""))) {
      case Membership::join:
      case Membership::invite:
        present.push_back({member->event.depth, user_id});
        break;
      case Membership::leave:
      case Membership::ban:
        gone.push_back({member->event.depth, user_id});
        break;
      default:
        break;
    }
  });
  auto& from = present.empty() ? gone : present;
  auto end = from.begin() + static_cast<ptrdiff_t>(std::min(max_heroes, from.size()));
  std::partial_sort(from.begin(), end, from.end());
  for (auto hero = from.begin(); hero != end; ++hero) summary.heroes.emplace_back(hero->user_id);
  return summary;
}

RoomCard describe(const RoomState& state, std::string_view room_id) {
  RoomCard card;
  card.room_id = room_id;
  card.name = text_in(state, "m.room.name", "name");
  card.topic = topic_of(state);
  card.avatar_url = text_in(state, "m.room.avatar", "url");
  card.canonical_alias = text_in(state, "m.room.canonical_alias", "alias");
  card.room_type = text_in(state, "m.room.create", "type");
  card.room_version = text_in(state, "m.room.create", "room_version");
  card.encryption = text_in(state, "m.room.encryption", "algorithm");
  card.join_rule = text_in(state, "m.room.join_rules", "join_rule");
  if (card.join_rule.empty()) card.join_rule = "invite";
  if (card.join_rule == "restricted" || card.join_rule == "knock_restricted")
    if (auto* allow = json::array(state.find("m.room.join_rules", "")->content, "allow"))
      for (const auto& entry : *allow)
        if (auto allowed = json::text(entry, "room_id");
            allowed && json::text(entry, "type") == "m.room_membership")
          card.allowed_room_ids.emplace_back(*allowed);
  card.joined_members = state.joined_count();
  card.world_readable = text_in(state, "m.room.history_visibility", "history_visibility") == "world_readable";
  card.guest_can_join = text_in(state, "m.room.guest_access", "guest_access") == "can_join";
  return card;
}

void append_card_members(std::string& out, const RoomCard& card) {
  std::string object;
  json::Writer writer(object);
  auto optional = [&](std::string_view key, const std::string& value) {
    if (!value.empty()) writer.field(key, value);
  };
  writer.begin_object();
  writer.field("room_id", card.room_id);
  optional("name", card.name);
  optional("topic", card.topic);
  optional("avatar_url", card.avatar_url);
  optional("canonical_alias", card.canonical_alias);
  optional("room_type", card.room_type);
  optional("room_version", card.room_version);
  optional("encryption", card.encryption);
  optional("join_rule", card.join_rule);
  if (!card.allowed_room_ids.empty()) {
    writer.key("allowed_room_ids").begin_array();
    for (const auto& id : card.allowed_room_ids) writer.value(id);
    writer.end_array();
  }
  writer.field("num_joined_members", card.joined_members);
  writer.field("world_readable", card.world_readable);
  writer.field("guest_can_join", card.guest_can_join);
  out.append(object, 1);  // the object was never closed
}

}  // namespace parvis::matrix
