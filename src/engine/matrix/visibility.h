#pragma once
// History visibility (client-server API, module "Room History Visibility"): may a person see an event?
#include <cstdint>
#include <string_view>

#include "engine/matrix/room_state.h"

namespace parvis::matrix {

enum class HistoryVisibility : uint8_t { world_readable, shared, invited, joined };

/// Unknown or absent text means shared, as the specification wants.
HistoryVisibility parse_history_visibility(std::string_view text);
std::string_view name_of(HistoryVisibility visibility);
HistoryVisibility visibility_of(const StateView& state);

struct VisibilityInput {
  HistoryVisibility visibility;  // of the state at the event
  Membership at_event;           // the person's membership of the state at the event
  bool joined_since = false;     // the person joined at some time after the event (shared), or is joined now
};

bool may_see(const VisibilityInput& input);

/// A change of history visibility, or of the person's own membership, counts with the state before or after
/// it, whichever shows more.
bool may_see_change(const VisibilityInput& before, const VisibilityInput& after);

}  // namespace parvis::matrix
