#pragma once
// The authorization rules for m.room.power_levels (rooms/v10 rule 9, rooms/v12 rule 10).
#include <string_view>

#include "base/result.h"
#include "engine/matrix/power_levels.h"

namespace parvis::matrix {

/// `current` is the m.room.power_levels in force, or nullptr; `levels` reads it.
Result<void> check_power_levels(const json::Value& content, std::string_view sender, RoomVersion version,
                                const StateEvent* create, const StateEvent* current,
                                const PowerLevels& levels);

}  // namespace parvis::matrix
