#pragma once
// POST /createRoom: reading the request and the events it stands for, in the order of the specification
// (create, creator's join, power levels, canonical alias, preset, initial_state, name and topic, invites).
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/matrix/canonical_json.h"
#include "engine/matrix/event.h"
#include "engine/matrix/room_version.h"

namespace parvis::matrix {

inline constexpr size_t max_initial_state = 200;
inline constexpr size_t max_initial_invites = 500;

enum class Preset : uint8_t { private_chat, trusted_private_chat, public_chat };

struct CreateRoomRequest {
  RoomVersion version = default_room_version;
  Preset preset = Preset::private_chat;
  bool published = false;  // visibility: public
  bool is_direct = false;
  std::string alias_localpart;  // room_alias_name
  std::string name;
  std::string topic;
  std::vector<std::string> invite;
  json::Object creation_content;
  json::Object power_level_override;
  struct InitialState {
    std::string type;
    std::string state_key;
    json::Value content;
  };
  std::vector<InitialState> initial_state;
};

/// errors::bad_json, invalid_param, unsupported_room_version, too many invites or state.
Result<CreateRoomRequest> parse_create_room(const json::Value& body,
                                            RoomVersion default_version = default_room_version);

struct PlannedEvent {
  std::string type;
  std::optional<std::string> state_key;
  Canonical content;
};

struct CreationContext {
  std::string_view creator;      // user id
  std::string_view server;       // for the alias
  json::Object creator_profile;  // displayname, avatar_url for the join
  /// Profile of an invited person, when known: {user id → content members}; optional.
  const json::Object* (*profile_of)(std::string_view user_id, void* context) = nullptr;
  void* profile_context = nullptr;
};

/// Every event is sent by the creator. errors::bad_json or errors::invalid_room_state.
Result<std::vector<PlannedEvent>> plan_room(const CreateRoomRequest& request, const CreationContext& context);

/// Content of m.room.power_levels for a new room, before overrides.
json::Object default_power_levels(RoomVersion version, std::string_view creator, Preset preset,
                                  const std::vector<std::string>& invited);

/// m.room.member content.
json::Object member_content(std::string_view membership, const json::Object* profile = nullptr);

}  // namespace parvis::matrix
