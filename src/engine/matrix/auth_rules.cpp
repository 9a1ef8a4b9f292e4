#include "engine/matrix/auth_rules.h"

#include <algorithm>

#include "engine/matrix/auth_power.h"
#include "engine/matrix/canonical_object.h"
#include "engine/matrix/crypto.h"
#include "engine/matrix/errors.h"
#include "engine/matrix/identifiers.h"
#include "engine/matrix/signing.h"

namespace parvis::matrix {
namespace {

constexpr std::string_view join_rules_type = "m.room.join_rules";

std::string_view text_of(const json::Value& object, std::string_view key) {
  return json::text(object, key).value_or("");
}

/// The rules for one event against one state; the numbers of the rules differ between versions, the words do
/// not.
class Rules {
 public:
  Rules(RoomVersion version, const AuthInput& event, const StateView& state)
      : version_(version),
        event_(event),
        state_(state),
        create_(state.find("m.room.create", "")),
        levels_(PowerLevels::of(version, state)) {}

  Result<void> run() const {
    if (event_.type == "m.room.create") return create();
    TRY(room());
    if (event_.type == "m.room.member") return member();
    if (membership(event_.sender) != Membership::join)
      return fail(errors::not_in_room, "the sender is not joined");
    int64_t power = levels_.user(event_.sender);
    if (event_.type == "m.room.third_party_invite")
      return power >= levels_.invite() ? Result<void>{}
                                       : fail(errors::power_too_low, "below the invite level");
    if (power < levels_.to_send(event_.type, event_.state_key.has_value()))
      return fail(errors::power_too_low, "below the level that the event type requires");
    if (event_.state_key && event_.state_key->starts_with('@') && *event_.state_key != event_.sender)
      return fail(errors::event_refused, "the state key is another person's user id");
    if (event_.type == "m.room.power_levels")
      return check_power_levels(*event_.content, event_.sender, version_, create_,
                                state_.find("m.room.power_levels", ""), levels_);
    return {};
  }

 private:
  Membership membership(std::string_view user_id) const { return membership_of(state_, user_id); }

  Result<void> create() const {
    if (event_.prev_event_count > 0) return fail(errors::event_refused, "m.room.create has prev_events");
    if (has_hashed_room_id(version_)) {
      if (!event_.room_id.empty()) return fail(errors::event_refused, "m.room.create has a room_id");
      if (auto* additional = json::find(*event_.content, "additional_creators")) {
        auto* list = additional->if_array();
        bool good = list && std::all_of(list->begin(), list->end(), [](const json::Value& id) {
                      return id.is_string() && parse_user_id(std::string_view(id.get_string()));
                    });
        if (!good) return fail(errors::event_refused, "additional_creators is not a list of user ids");
      }
    } else if (server_of(event_.room_id) != server_of(event_.sender)) {
      return fail(errors::event_refused, "the room id is of another server than the sender");
    }
    if (auto* named = json::find(*event_.content, "room_version"))
      if (!named->is_string() || !parse_room_version(std::string_view(named->get_string())))
        return fail(errors::unsupported_room_version, "content.room_version");
    if (version_ == RoomVersion::v10 && !json::find(*event_.content, "creator"))
      return fail(errors::event_refused, "m.room.create has no creator");
    return {};
  }

  Result<void> room() const {
    if (!create_) return fail(errors::event_refused, "the room has no m.room.create");
    if (create_->event.room_id != event_.room_id)
      return fail(errors::event_refused, "m.room.create is of another room");
    if (json::boolean(create_->content, "m.federate") == false &&
        server_of(event_.sender) != server_of(create_->event.sender))
      return fail(errors::event_refused, "the room does not federate");
    return {};
  }

  Result<void> member() const {
    auto wanted = json::text(*event_.content, "membership");
    if (!event_.state_key || !wanted)
      return fail(errors::event_refused, "m.room.member without state key or membership");
    if (json::find(*event_.content, "join_authorised_via_users_server") && !event_.authorising_server_signed)
      return fail(errors::event_refused, "the authorising server did not sign");
    switch (parse_membership(*wanted)) {
      case Membership::join:
        return join();
      case Membership::invite:
        return invite();
      case Membership::leave:
        return leave();
      case Membership::ban:
        return ban();
      case Membership::knock:
        return knock();
      case Membership::none:
        break;
    }
    return fail(errors::event_refused, "unknown membership");
  }

  std::string_view target() const { return *event_.state_key; }

  std::string_view join_rule() const {
    auto* rules = state_.find(join_rules_type, "");
    return rules ? text_of(rules->content, "join_rule") : std::string_view("invite");
  }

  Result<void> join() const {
    if (event_.follows_create_only && target() == creator()) return {};
    if (event_.sender != target()) return fail(errors::event_refused, "people join for themselves only");
    auto current = membership(event_.sender);
    if (current == Membership::ban) return fail(errors::banned, "the sender is banned");
    auto rule = join_rule();
    bool welcome = current == Membership::join || current == Membership::invite;
    if (rule == "public") return {};
    if (rule == "invite" || rule == "knock")
      return welcome ? Result<void>{} : fail(errors::invite_needed, "join rule: invite");
    if (rule == "restricted" || rule == "knock_restricted") {
      if (welcome) return {};
      auto via = text_of(*event_.content, "join_authorised_via_users_server");
      if (membership(via) == Membership::join && levels_.user(via) >= levels_.invite()) return {};
      return fail(errors::invite_needed, "join rule: restricted, and nobody entitled authorised it");
    }
    return fail(errors::invite_needed, "unknown join rule");
  }

  std::string_view creator() const {
    return version_ == RoomVersion::v10 ? text_of(create_->content, "creator")
                                        : std::string_view(create_->event.sender);
  }

  Result<void> invite() const {
    if (auto* invite = json::find(*event_.content, "third_party_invite")) return third_party_invite(*invite);
    if (membership(event_.sender) != Membership::join)
      return fail(errors::not_in_room, "the sender is not joined");
    auto current = membership(target());
    if (current == Membership::ban) return fail(errors::banned, "the invited person is banned");
    if (current == Membership::join) return fail(errors::already_member, "the invited person is joined");
    if (levels_.user(event_.sender) < levels_.invite())
      return fail(errors::power_too_low, "below the invite level");
    return {};
  }

  Result<void> third_party_invite(const json::Value& invite) const {
    if (membership(target()) == Membership::ban) return fail(errors::banned, "the invited person is banned");
    auto* signed_part = json::find(invite, "signed");
    if (!signed_part) return fail(errors::event_refused, "third_party_invite without signed");
    auto mxid = json::text(*signed_part, "mxid"), token = json::text(*signed_part, "token");
    if (!mxid || !token) return fail(errors::event_refused, "third_party_invite without mxid or token");
    if (*mxid != target()) return fail(errors::event_refused, "third_party_invite is for another person");
    auto* pending = state_.find("m.room.third_party_invite", *token);
    if (!pending) return fail(errors::event_refused, "no such pending third party invite");
    if (pending->event.sender != event_.sender) return fail(errors::event_refused, "the inviter differs");
    return signed_by_any(*signed_part, pending->content)
               ? Result<void>{}
               : fail(errors::event_refused, "no signature of the third party invite holds");
  }

  static bool signed_by_any(const json::Value& signed_part, const json::Value& pending) {
    auto canonical = Canonical::of(signed_part);
    auto* signatures = json::object(signed_part, "signatures");
    if (!canonical || !signatures) return false;
    std::vector<PublicKey> keys;
    auto add = [&](std::string_view text) {
      PublicKey key;
      if (keys.size() < max_third_party_keys && decode_public_key(text, key)) keys.push_back(key);
    };
    add(text_of(pending, "public_key"));
    if (auto* list = json::array(pending, "public_keys"))
      for (const auto& entry : *list) add(text_of(entry, "public_key"));
    size_t tries = 0;
    for (const auto& [entity, by_key] : *signatures) {
      if (!by_key.is_object()) continue;
      for (const auto& [key_id, signature] : by_key.get_object())
        for (const auto& key : keys)
          if (++tries <= max_third_party_tries && verify_json(canonical->text(), entity, key_id, key))
            return true;
    }
    return false;
  }

  Result<void> leave() const {
    auto current = membership(target());
    if (event_.sender == target()) {
      if (current == Membership::invite || current == Membership::join || current == Membership::knock)
        return {};
      return fail(current == Membership::ban ? errors::banned : errors::not_member_anymore,
                  "nothing to leave");
    }
    if (membership(event_.sender) != Membership::join)
      return fail(errors::not_in_room, "the sender is not joined");
    int64_t power = levels_.user(event_.sender);
    if (current == Membership::ban && power < levels_.ban())
      return fail(errors::power_too_low, "below the ban level");
    if (power >= levels_.kick() && levels_.user(target()) < power) return {};
    return fail(errors::power_too_low, "below the kick level, or not above the person");
  }

  Result<void> ban() const {
    if (membership(event_.sender) != Membership::join)
      return fail(errors::not_in_room, "the sender is not joined");
    int64_t power = levels_.user(event_.sender);
    if (power >= levels_.ban() && levels_.user(target()) < power) return {};
    return fail(errors::power_too_low, "below the ban level, or not above the person");
  }

  Result<void> knock() const {
    auto rule = join_rule();
    if (rule != "knock" && rule != "knock_restricted") return fail(errors::knock_refused, "join rule");
    if (event_.sender != target()) return fail(errors::event_refused, "people knock for themselves only");
    switch (membership(event_.sender)) {
      case Membership::ban:
        return fail(errors::banned, "the sender is banned");
      case Membership::invite:
      case Membership::join:
        return fail(errors::already_member, "the sender is invited or joined");
      default:
        return {};
    }
  }

  static constexpr size_t max_third_party_keys = 16;
  static constexpr size_t max_third_party_tries = 32;
  RoomVersion version_;
  const AuthInput& event_;
  const StateView& state_;
  const StateEvent* create_;
  PowerLevels levels_;
};

/// (type, state_key) pairs that may authorise the event, m.room.create aside.
std::vector<std::pair<std::string_view, std::string>> auth_keys(const AuthInput& event) {
  std::vector<std::pair<std::string_view, std::string>> keys;
  auto add = [&](std::string_view type, std::string_view state_key) {
    std::pair<std::string_view, std::string> key(type, state_key);
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(std::move(key));
  };
  add("m.room.power_levels", "");
  add("m.room.member", event.sender);
  if (event.type != "m.room.member" || !event.state_key) return keys;
  add("m.room.member", *event.state_key);
  auto membership = parse_membership(text_of(*event.content, "membership"));
  bool joins = membership == Membership::join;
  if (joins || membership == Membership::invite || membership == Membership::knock) add(join_rules_type, "");
  if (membership == Membership::invite)
    if (auto* invite = json::find(*event.content, "third_party_invite"))
      if (auto* signed_part = json::find(*invite, "signed"))
        if (auto token = json::text(*signed_part, "token")) add("m.room.third_party_invite", *token);
  if (joins)
    if (auto via = json::text(*event.content, "join_authorised_via_users_server")) add("m.room.member", *via);
  return keys;
}

}  // namespace

Result<void> authorize(RoomVersion version, const AuthInput& event, const StateView& state) {
  return Rules(version, event, state).run();
}

std::vector<std::string> select_auth_events(RoomVersion version, const AuthInput& event,
                                            const StateView& state) {
  std::vector<std::string> ids;
  if (event.type == "m.room.create") return ids;
  if (!has_hashed_room_id(version))
    if (auto* create = state.find("m.room.create", "")) ids.push_back(create->event.event_id);
  for (const auto& [type, state_key] : auth_keys(event))
    if (auto* found = state.find(type, state_key)) ids.push_back(found->event.event_id);
  return ids;
}

Result<void> check_auth_events(RoomVersion version, const AuthInput& event,
                               std::span<const StateEventPtr> auth_events) {
  if (event.type == "m.room.create")
    return auth_events.empty() ? Result<void>{}
                               : fail(errors::event_refused, "m.room.create has auth events");
  auto allowed = auth_keys(event);
  bool has_create = false;
  for (size_t i = 0; i < auth_events.size(); ++i) {
    const auto& found = auth_events[i]->event;
    if (found.room_id != event.room_id)
      return fail(errors::event_refused, "an auth event is of another room");
    for (size_t j = 0; j < i; ++j)
      if (auth_events[j]->event.type == found.type && auth_events[j]->event.state_key == found.state_key)
        return fail(errors::event_refused, "two auth events for one state key");
    if (found.type == "m.room.create" && found.state_key == "") {
      if (has_hashed_room_id(version))
        return fail(errors::event_refused, "m.room.create among the auth events");
      has_create = true;
      continue;
    }
    bool expected = std::any_of(allowed.begin(), allowed.end(), [&](const auto& key) {
      return key.first == found.type && found.state_key == key.second;
    });
    if (!expected) return fail(errors::event_refused, "an auth event that does not authorise this event");
  }
  if (!has_create && !has_hashed_room_id(version))
    return fail(errors::event_refused, "no m.room.create among the auth events");
  return {};
}

std::string find_authorising_user(RoomVersion version, const RoomState& state, std::string_view server) {
  auto levels = PowerLevels::of(version, state);
  std::string best;
  int64_t best_power = std::numeric_limits<int64_t>::min();
  state.each_of("m.room.member", [&](const StateEventPtr& member) {
    const auto& user_id = *member->event.state_key;
    if (json::text(member->content, "membership") != "join" || server_of(user_id) != server) return;
    int64_t power = levels.user(user_id);
    if (power < levels.invite() || power < best_power) return;
    if (power == best_power && best < user_id) return;  // stable choice
    best_power = power;
    best = user_id;
  });
  return best;
}

}  // namespace parvis::matrix
