#pragma once
// Authorization rules of room versions 10, 11, 12 and the selection of auth events (server-server API).
// Each refusal is a Reason people understand; its detail quotes the rule in words.
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/matrix/event.h"
#include "engine/matrix/power_levels.h"
#include "engine/matrix/room_state.h"

namespace parvis::matrix {

/// The event under examination. Views must outlive the call.
struct AuthInput {
  std::string_view room_id;  // empty for a v12 m.room.create
  std::string_view type;
  std::optional<std::string_view> state_key;
  std::string_view sender;
  const json::Value* content = nullptr;  // an object
  size_t prev_event_count = 0;
  bool follows_create_only = false;  // prev_events is exactly the m.room.create event
  // Whether the server of join_authorised_via_users_server signed; ours did.
  bool authorising_server_signed = true;
};

/// The rules against `state` (the state before the event). Rules on the auth_events themselves:
/// check_auth_events.
Result<void> authorize(RoomVersion version, const AuthInput& event, const StateView& state);

/// Event ids that `auth_events` of the new event must name (spec order is free; ours is stable).
std::vector<std::string> select_auth_events(RoomVersion version, const AuthInput& event,
                                            const StateView& state);

/// Rule 2 (v10, v11) or 3 (v12) for a received event; `auth_events` are the events that it names.
/// Precondition: none of them was rejected.
Result<void> check_auth_events(RoomVersion version, const AuthInput& event,
                               std::span<const StateEventPtr> auth_events);

/// For restricted joins: a joined member of `server` who may invite; empty when there is none.
std::string find_authorising_user(RoomVersion version, const RoomState& state, std::string_view server);

}  // namespace parvis::matrix
