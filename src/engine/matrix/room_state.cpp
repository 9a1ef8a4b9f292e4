#include "engine/matrix/room_state.h"

#include <utility>

#include "base/check.h"

namespace parvis::matrix {
namespace {

constexpr std::string_view member_type = "m.room.member";

Membership membership_in(const StateEvent& event) {
  return parse_membership(json::text(event.content, "membership").value_or(""));
}

}  // namespace

StateEventPtr StateEvent::make(Event event) {
  auto content = event.content();
  return std::make_shared<const StateEvent>(StateEvent{std::move(event), std::move(content)});
}

Membership parse_membership(std::string_view text) {
  if (text == "join") return Membership::join;
  if (text == "invite") return Membership::invite;
  if (text == "leave") return Membership::leave;
  if (text == "ban") return Membership::ban;
  if (text == "knock") return Membership::knock;
  return Membership::none;
}

std::string_view name_of(Membership membership) {
  switch (membership) {
    case Membership::invite:
      return "invite";
    case Membership::join:
      return "join";
    case Membership::knock:
      return "knock";
    case Membership::leave:
      return "leave";
    case Membership::ban:
      return "ban";
    case Membership::none:
      break;
  }
  return "";
}

Membership membership_of(const StateView& state, std::string_view user_id) {
  auto* event = state.find(member_type, user_id);
  return event ? membership_in(*event) : Membership::none;
}

size_t RoomState::KeyHash::operator()(const Key& key) const {
  std::hash<std::string_view> hash;
  return hash(key.state_key) * 31 + hash(key.type);
}

StateEventPtr RoomState::apply(StateEventPtr event) {
  CHECK(event && event->event.is_state());
  bool member = event->event.type == member_type;
  Key key{event->event.type, *event->event.state_key};
  if (member) ++counts_[static_cast<size_t>(membership_in(*event))];
  StateEventPtr replaced;
  // The key points into the event that it maps to, so a replaced entry takes a new node.
  if (auto found = entries_.find(key); found != entries_.end()) {
    auto node = entries_.extract(found);
    replaced = std::move(node.mapped());
    node.key() = key;
    node.mapped() = std::move(event);
    entries_.insert(std::move(node));
  } else {
    entries_.emplace(key, std::move(event));
  }
  if (member && replaced) --counts_[static_cast<size_t>(membership_in(*replaced))];
  return replaced;
}

void RoomState::replace_if_current(StateEventPtr redacted) {
  CHECK(redacted && redacted->event.is_state());
  auto* current = find(redacted->event.type, *redacted->event.state_key);
  if (current && current->event.event_id == redacted->event.event_id) apply(std::move(redacted));
}

const StateEvent* RoomState::find(std::string_view type, std::string_view state_key) const {
  auto found = entries_.find(Key{type, state_key});
  return found == entries_.end() ? nullptr : found->second.get();
}

StateEventPtr RoomState::get(std::string_view type, std::string_view state_key) const {
  auto found = entries_.find(Key{type, state_key});
  return found == entries_.end() ? nullptr : found->second;
}

}  // namespace parvis::matrix
