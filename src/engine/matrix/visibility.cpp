#include "engine/matrix/visibility.h"

namespace parvis::matrix {

HistoryVisibility parse_history_visibility(std::string_view text) {
  if (text == "world_readable") return HistoryVisibility::world_readable;
  if (text == "invited") return HistoryVisibility::invited;
  if (text == "joined") return HistoryVisibility::joined;
  return HistoryVisibility::shared;
}

std::string_view name_of(HistoryVisibility visibility) {
  switch (visibility) {
    case HistoryVisibility::world_readable:
      return "world_readable";
    case HistoryVisibility::shared:
      return "shared";
    case HistoryVisibility::invited:
      return "invited";
    case HistoryVisibility::joined:
      return "joined";
  }
  return "shared";
}

HistoryVisibility visibility_of(const StateView& state) {
  auto* event = state.find("m.room.history_visibility", "");
  return parse_history_visibility(event ? json::text(event->content, "history_visibility").value_or("") : "");
}

bool may_see(const VisibilityInput& input) {
  if (input.visibility == HistoryVisibility::world_readable) return true;
  if (input.at_event == Membership::join) return true;
  switch (input.visibility) {
    case HistoryVisibility::shared:
      return input.joined_since;
    case HistoryVisibility::invited:
      return input.at_event == Membership::invite;
    default:
      return false;
  }
}

bool may_see_change(const VisibilityInput& before, const VisibilityInput& after) {
  return may_see(before) || may_see(after);
}

}  // namespace parvis::matrix
