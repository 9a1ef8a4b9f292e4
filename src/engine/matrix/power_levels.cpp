#include "engine/matrix/power_levels.h"

namespace parvis::matrix {
namespace {

std::optional<int64_t> entry(const json::Value* levels, std::string_view table, std::string_view key) {
  auto* object = levels ? json::find(*levels, table) : nullptr;
  return object ? json::integer(*object, key) : std::nullopt;
}

}  // namespace

PowerLevels PowerLevels::of(RoomVersion version, const StateView& state) {
  auto* levels = state.find("m.room.power_levels", "");
  return PowerLevels(version, state.find("m.room.create", ""), levels ? &levels->content : nullptr);
}

PowerLevels::PowerLevels(RoomVersion version, const StateEvent* create, const json::Value* levels)
    : version_(version), create_(create), levels_(levels) {}

int64_t PowerLevels::level(std::string_view key, int64_t absent) const {
  return levels_ ? json::integer(*levels_, key).value_or(absent) : absent;
}

bool PowerLevels::is_creator(std::string_view user_id) const {
  if (!create_) return false;
  if (create_->event.sender == user_id) return true;
  if (!has_hashed_room_id(version_)) return false;
  auto* additional = json::array(create_->content, "additional_creators");
  if (!additional) return false;
  for (const auto& creator : *additional)
    if (creator.is_string() && std::string_view(creator.get_string()) == user_id) return true;
  return false;
}

int64_t PowerLevels::user(std::string_view user_id) const {
  if (has_hashed_room_id(version_) && is_creator(user_id)) return infinite_power;
  // Until the first m.room.power_levels, the creator alone has power.
  if (!levels_) return is_creator(user_id) ? 100 : 0;
  return entry(levels_, "users", user_id).value_or(users_default());
}

int64_t PowerLevels::to_send(std::string_view type, bool is_state) const {
  if (auto required = entry(levels_, "events", type)) return *required;
  if (!is_state) return level("events_default", 0);
  return level("state_default", levels_ ? 50 : 0);
}

int64_t PowerLevels::notification(std::string_view key) const {
  return entry(levels_, "notifications", key).value_or(50);
}

}  // namespace parvis::matrix
