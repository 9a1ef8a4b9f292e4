#pragma once
// m.room.power_levels as the authorization rules read it, defaults included (server-server API,
// "Definitions").
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "engine/matrix/room_state.h"

namespace parvis::matrix {

/// Creators of a v12 room stand above every integer.
inline constexpr int64_t infinite_power = std::numeric_limits<int64_t>::max();

/// A cheap view over the state events; valid while they live.
class PowerLevels {
 public:
  /// Reads m.room.create and m.room.power_levels of `state`; both may be absent.
  static PowerLevels of(RoomVersion version, const StateView& state);
  PowerLevels(RoomVersion version, const StateEvent* create, const json::Value* levels);

  int64_t user(std::string_view user_id) const;
  /// Required to send an event of that type.
  int64_t to_send(std::string_view type, bool is_state) const;
  /// notifications.<key>, default 50 ("room").
  int64_t notification(std::string_view key) const;
  int64_t ban() const { return level("ban", 50); }
  int64_t kick() const { return level("kick", 50); }
  int64_t redact() const { return level("redact", 50); }
  int64_t invite() const { return level("invite", 0); }
  int64_t users_default() const { return level("users_default", 0); }

  bool can_send(std::string_view user_id, std::string_view type, bool is_state) const {
    return user(user_id) >= to_send(type, is_state);
  }
  /// m.room.create's sender; in v12 additional_creators too.
  bool is_creator(std::string_view user_id) const;

 private:
  int64_t level(std::string_view key, int64_t absent) const;
  RoomVersion version_;
  const StateEvent* create_;
  const json::Value* levels_;  // content; nullptr when the room has none
};

}  // namespace parvis::matrix
