#include "module/chat/bridge.h"

#include "core/spaces/space_templates.h"
#include "engine/matrix/identifiers.h"
#include "engine/matrix/room_creation.h"
#include "module/chat/access.h"
#include "module/chat/account_data.h"
#include "module/chat/membership.h"
#include "module/chat/policy.h"
#include "module/chat/reasons.h"
#include "platform/log.h"

namespace parvis::chat {
namespace {

constexpr int64_t animator_power = 100;
constexpr int most_attempts = 40;
constexpr int64_t retry_after_us = millis_us(50);
constexpr int64_t reader_power = -1;  // below events_default: reads and reacts

json::Object one(std::string_view key, std::string_view value) {
  json::Object out;
  out[key] = value;
  return out;
}

bool same_content(const mx::RoomState& state, std::string_view type, std::string_view key,
                  const json::Object& content) {
  auto* event = state.find(type, key);
  return event && event->content.is_object() && event->content.get_object() == content;
}

json::Object join_rule_of(const Space& space, const Room& room, const Room* space_room) {
  if (room.kind == RoomKind::forum && space.visibility == Visibility::open) return one("join_rule", "public");
  // A Matrix client that asks to join asks the space: free, on approval or by invitation.
  bool asks = space.joining == Joining::approval && space.visibility != Visibility::secret;
  json::Object rule = one("join_rule", asks ? "knock_restricted" : "restricted");
  json::Array allow;
  if (space_room && space_room != &room) {
    json::Object condition = one("type", "m.room_membership");
    condition["room_id"] = space_room->room_id;
    allow.push_back(std::move(condition));
  }
  rule["allow"] = std::move(allow);
  return rule;
}

}  // namespace

void Bridge::listen() {
  auto& events = chat_.context.events;
  events.membership.listen([this](const MembershipChanged& change) { spawn(run(change.space)); });
  events.space.listen([this](const SpaceChanged& change) { spawn(run(change.space)); });
  events.person.listen([this](const PersonChanged& change) { spawn(rename(change.person)); });
}

Task<void> Bridge::run(SpaceId space) {
  auto outcome = co_await reconcile(space);
  // A room that another turn is reading from the database: the same comparison holds a moment later.
  for (int attempt = 0; !outcome && outcome.error().is(reasons::unavailable) && attempt < most_attempts;
       ++attempt) {
    co_await chat_.context.env.loop.sleep_for_us(retry_after_us);
    outcome = co_await reconcile(space);
  }
  if (!outcome)
    log_event(Level::warning, "chat.space_not_followed",
              {{"reason", outcome.error().reason->id}, {"detail", outcome.error().detail}});
}

Task<Result<void>> Bridge::reconcile_all() {
  std::vector<SpaceId> ids;
  for (auto* space : chat_.context.spaces.all()) ids.push_back(space->id);
  for (auto id : ids) {
    const Space* space = chat_.context.spaces.find(id);
    if (!space) continue;
    // Quick look without loading: are the right people in every room?
    auto rooms = chat_.rooms.of_space(id);
    bool right =
        !rooms.empty() || space->state == SpaceState::requested || space->state == SpaceState::refused;
    for (Room* room : rooms) {
      size_t inside = 0;
      for (auto& [number, member] : room->members) {
        if (member.membership != Membership::join || member.user->person.empty()) continue;
        ++inside;
        right = right &&
                (room->kind == RoomKind::forum || chat_.context.spaces.membership(id, member.user->person));
      }
      if (room->kind == RoomKind::space) right = right && inside == chat_.context.spaces.member_count(id);
    }
    if (!right) CO_TRY(co_await reconcile(id));
  }
  co_return Result<void>{};
}

Task<Result<void>> Bridge::reconcile(SpaceId id) {
  const Space* space = chat_.context.spaces.find(id);
  if (space && (space->state == SpaceState::active || space->state == SpaceState::archived) &&
      chat_.rooms.of_space(id).empty())
    CO_TRY(make_rooms(*space));
  auto rooms = chat_.rooms.of_space(id);
  CO_TRY(co_await chat_.rooms.ensure_live(rooms));
  // No suspension below: one picture of the space, one turn of the loop for all its rooms.
  space = chat_.context.spaces.find(id);
  for (Room* room : chat_.rooms.of_space(id)) {
    if (!room->live) continue;
    Space gone;
    gone.id = id;
    const Space& now = space ? *space : gone;
    CO_TRY(follow_members(now, *room));
    if (space) CO_TRY(follow_settings(now, *room));
  }
  co_return Result<void>{};
}

Result<void> Bridge::state(Room& room, std::string_view type, std::string_view key,
                           const json::Object& content) {
  if (same_content(room.live->state, type, key, content)) return {};
  TRY(chat_.timeline.append(room, {.type = std::string(type),
                                   .state_key = std::string(key),
                                   .sender = &chat_.users.house(),
                                   .content = TRY(mx::Canonical::of(content))}));
  return {};
}

Result<Room*> Bridge::make_room(const Space& space, RoomKind kind, std::string_view name,
                                std::string_view topic) {
  User& house = chat_.users.house();
  Room* space_room = chat_.rooms.space_room(space.id);
  json::Object create = one("room_version", mx::name_of(mx::default_room_version));
  if (kind == RoomKind::space) create["type"] = "m.space";
  Room& room = *TRY(chat_.timeline.create({.kind = kind,
                                           .space = space.id,
                                           .creator = &house,
                                           .create_content = TRY(mx::Canonical::of(create)),
                                           .published = kind == RoomKind::forum}));
  TRY(append_member(chat_, room, house, house, {.membership = "join"}));
  TRY(state(room, "m.room.power_levels", "", power_levels(space, room)));
  TRY(state(room, "m.room.join_rules", "", join_rule_of(space, room, space_room)));
  bool world = kind == RoomKind::forum && space.visibility == Visibility::open;
  TRY(state(room, "m.room.history_visibility", "",
            one("history_visibility", world ? "world_readable" : "shared")));
  TRY(state(room, "m.room.guest_access", "", one("guest_access", "forbidden")));
  TRY(state(room, access_rules_type, "",
            one("rule", space.open_to_externals ? "unrestricted" : "restricted")));
  TRY(state(room, "m.room.name", "", one("name", name)));
  if (!topic.empty()) TRY(state(room, "m.room.topic", "", one("topic", topic)));
  if (space_room && space_room != &room) {
    json::Object via;
    via["via"] = json::Array{json::Value(chat_.server_name())};
    json::Object child = via;
    // Rooms of one template are made within a millisecond, so that their times do not order them.
    std::string made = std::to_string(room.number);
    child["order"] = std::string(made.size() < 10 ? 10 - made.size() : 0, '0') + made;
    TRY(state(*space_room, "m.space.child", room.room_id, child));
    via["canonical"] = true;
    TRY(state(room, "m.space.parent", space_room->room_id, via));
  }
  TRY(follow_members(space, room));
  return &room;
}

Result<void> Bridge::make_rooms(const Space& space) {
  TRY(make_room(space, RoomKind::space, space.name, space.description));
  for (auto name : space_template(space.purpose_template, space.kind).rooms)
    TRY(make_room(space, RoomKind::salon, name, {}));
  return {};
}

json::Object Bridge::power_levels(const Space& space, const Room& room) const {
  json::Object users;
  for (auto& member : chat_.context.spaces.members(space.id)) {
    User& user = chat_.users.of(member.person);
    bool external = chat_.users.is_external(user);
    // A member who may not write is below the level of messages; the archive is may()'s business alone.
    if (member.role == Role::animator && !external)
      users[user.user_id] = animator_power;
    else if (member.role == Role::visitor)
      users[user.user_id] = reader_power;
  }
  json::Object events;
  events["m.reaction"] = reader_power;
  events["m.room.redaction"] = reader_power;
  events["m.room.pinned_events"] = 0;
  events["m.room.power_levels"] = 100;
  events["m.room.tombstone"] = mx::has_hashed_room_id(room.version) ? 150 : 100;
  json::Object levels;
  levels["users"] = std::move(users);
  levels["events"] = std::move(events);
  levels["users_default"] = 0;
  levels["events_default"] = room.kind == RoomKind::space ? 100 : 0;
  levels["state_default"] = 100;
  levels["ban"] = 100;
  levels["kick"] = 100;
  levels["redact"] = 100;
  levels["invite"] = 100;
  json::Object notifications;
  notifications["room"] = 50;
  levels["notifications"] = std::move(notifications);
  return levels;
}

Result<void> Bridge::follow_members(const Space& space, Room& room) {
  User& house = chat_.users.house();
  bool exists = chat_.context.spaces.find(space.id) != nullptr;
  std::set<UserNumber> wanted;
  if (exists) {
    for (auto& membership : chat_.context.spaces.members(space.id)) {
      const Person* person = chat_.context.people.find(membership.person);
      if (!person || person->state == PersonState::deactivated) continue;
      User& user = chat_.users.of(membership.person);
      wanted.insert(user.number);
      auto now = mx::membership_of(room.live->state, user.user_id);
      // Somebody who left one salon is not brought back to it; whoever is new to the space comes in.
      const auto* event = room.live->state.find("m.room.member", user.user_id);
      bool left_alone =
          now == Membership::leave && event->event.sender == user.user_id && room.kind != RoomKind::space;
      if (now == Membership::join || left_alone) continue;
      TRY(append_member(chat_, room, user, user, {.membership = "join", .authorised_via = house.user_id}));
    }
  }
  std::vector<User*> leaving;
  room.live->state.each_of("m.room.member", [&](const mx::StateEventPtr& event) {
    auto membership = json::text(event->content, "membership").value_or("");
    if (membership != "join" && membership != "invite" && membership != "knock") return;
    User* user = chat_.users.find(*event->event.state_key);
    if (!user || user == &house || wanted.contains(user->number)) return;
    bool reader = exists && room.kind == RoomKind::forum && allowed(chat_, room, *user, Action::message_read);
    if (!reader) leaving.push_back(user);
  });
  for (User* user : leaving) TRY(append_member(chat_, room, house, *user, {.membership = "leave"}));
  return {};
}

Result<void> Bridge::follow_settings(const Space& space, Room& room) {
  TRY(state(room, "m.room.power_levels", "", power_levels(space, room)));
  TRY(state(room, "m.room.join_rules", "", join_rule_of(space, room, chat_.rooms.space_room(space.id))));
  if (space.open_to_externals && access_rule(room) == "restricted")
    TRY(state(room, access_rules_type, "", one("rule", "unrestricted")));
  if (room.kind != RoomKind::space) return {};
  TRY(state(room, "m.room.name", "", one("name", space.name)));
  if (!space.description.empty()) TRY(state(room, "m.room.topic", "", one("topic", space.description)));
  return {};
}

Task<Result<Room*>> Bridge::add_room(User& creator, SpaceId id, std::string name, std::string topic,
                                     bool forum) {
  CO_TRY(chat_.context.access.require(Actor{creator.person}, Action::room_create, Object::of_space(id)));
  auto rooms = chat_.rooms.of_space(id);
  if (rooms.size() >= max_rooms_per_space) co_return fail(reasons::too_many_rooms);
  CO_TRY(co_await chat_.rooms.ensure_live(rooms));
  const Space* space = chat_.context.spaces.find(id);
  if (!space) co_return fail(reasons::not_found);
  Room* room = CO_TRY(make_room(*space, forum ? RoomKind::forum : RoomKind::salon, name, topic));
  CO_TRY(co_await chat_.log.commit());
  co_return room;
}

Task<Result<Room*>> Bridge::direct(User& one_user, User& other) {
  auto standing = [](const Room& room, const User& user) {
    if (room.live) return mx::membership_of(room.live->state, user.user_id);
    auto member = room.members.find(user.number);
    return member == room.members.end() ? Membership::none : member->second.membership;
  };
  for (Member* member : one_user.rooms) {
    Room& room = *member->room;
    if (room.kind != RoomKind::direct || standing(room, one_user) != Membership::join) continue;
    auto peer = standing(room, other);
    if (peer != Membership::join && peer != Membership::invite) continue;
    CO_TRY(co_await chat_.rooms.ensure_live(room));
    if (standing(room, other) == Membership::invite)
      CO_TRY(append_member(chat_, room, other, other, {.membership = "join"}));
    CO_TRY(co_await chat_.log.commit());
    co_return &room;
  }
  json::Object create = one("room_version", mx::name_of(mx::default_room_version));
  Room* room = CO_TRY(chat_.timeline.create(
      {.kind = RoomKind::direct, .creator = &one_user, .create_content = CO_TRY(mx::Canonical::of(create))}));
  auto put = [&](std::string_view type, const json::Object& content) -> Result<void> {
    TRY(chat_.timeline.append(*room, {.type = std::string(type),
                                      .state_key = "",
                                      .sender = &one_user,
                                      .content = TRY(mx::Canonical::of(content))}));
    return {};
  };
  CO_TRY(append_member(chat_, *room, one_user, one_user, {.membership = "join"}));
  auto levels = mx::default_power_levels(room->version, one_user.user_id, mx::Preset::trusted_private_chat,
                                         {other.user_id});
  if (!chat_.users.is_external(other)) levels["users"].get_object()[other.user_id] = 100;
  CO_TRY(put("m.room.power_levels", levels));
  CO_TRY(put("m.room.join_rules", one("join_rule", "invite")));
  CO_TRY(put("m.room.history_visibility", one("history_visibility", "shared")));
  CO_TRY(put("m.room.guest_access", one("guest_access", "forbidden")));
  CO_TRY(put(access_rules_type, one("rule", "direct")));
  CO_TRY(append_member(chat_, *room, one_user, other, {.membership = "invite", .is_direct = true}));
  CO_TRY(append_member(chat_, *room, other, other, {.membership = "join", .is_direct = true}));
  CO_TRY(co_await note_direct(chat_, one_user, other, *room));
  CO_TRY(co_await note_direct(chat_, other, one_user, *room));
  CO_TRY(co_await chat_.log.commit());
  co_return room;
}

Task<void> Bridge::rename(PersonId person) {
  const Person* known = chat_.context.people.find(person);
  if (!known) co_return;
  User& user = chat_.users.of(person);
  std::vector<Room*> rooms;
  for (Member* member : user.rooms)
    if (member->membership == Membership::join) rooms.push_back(member->room);
  if (!co_await chat_.rooms.ensure_live(rooms)) co_return;
  for (Room* room : rooms) {
    if (!room->live || mx::membership_of(room->live->state, user.user_id) != Membership::join) continue;
    auto* event = room->live->state.find("m.room.member", user.user_id);
    if (json::text(event->content, "displayname") == chat_.users.display_name(user) &&
        json::text(event->content, "avatar_url").value_or("") == user.avatar_url)
      continue;
    std::string via;
    if (!room->space.empty()) via = chat_.users.house().user_id;
    (void)append_member(chat_, *room, user, user, {.membership = "join", .authorised_via = via});
  }
}

}  // namespace parvis::chat
