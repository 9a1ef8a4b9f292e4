#include "engine/matrix/auth_power.h"

#include <algorithm>
#include <optional>

#include "engine/matrix/errors.h"
#include "engine/matrix/identifiers.h"

namespace parvis::matrix {
namespace {

constexpr std::string_view single_levels[] = {"users_default", "events_default", "state_default", "ban",
                                              "redact",        "kick",           "invite"};

bool all_integers(const json::Object& object) {
  return std::all_of(object.begin(), object.end(),
                     [](const auto& entry) { return entry.value().is_int64(); });
}

Result<void> check_shape(const json::Value& content) {
  for (auto key : single_levels)
    if (auto* level = json::find(content, key); level && !level->is_int64())
      return fail(errors::event_refused, "a power level is not an integer");
  for (auto table : {"events", "notifications"})
    if (auto* levels = json::find(content, table);
        levels && !(levels->is_object() && all_integers(levels->get_object())))
      return fail(errors::event_refused, "a table of power levels holds something else than integers");
  auto* users = json::find(content, "users");
  if (!users) return {};
  if (!users->is_object() || !all_integers(users->get_object()))
    return fail(errors::event_refused, "users is not a table of integers");
  for (const auto& entry : users->get_object())
    if (!parse_user_id(entry.key()))
      return fail(errors::event_refused, "users names something else than a user id");
  return {};
}

std::optional<int64_t> in_table(const json::Value* content, std::string_view table, std::string_view key) {
  auto* object = content ? json::find(*content, table) : nullptr;
  return object ? json::integer(*object, key) : std::nullopt;
}

/// Visits every key of a table whose level differs between the two contents.
template <class Visit>
Result<void> each_change(const json::Value& before, const json::Value& after, std::string_view table,
                         Visit&& visit) {
  if (auto* old_table = json::object(before, table))
    for (const auto& entry : *old_table) {
      auto old_level = json::integer(before.at(table), entry.key());
      auto new_level = in_table(&after, table, entry.key());
      if (old_level != new_level) TRY(visit(std::string_view(entry.key()), old_level, new_level));
    }
  if (auto* new_table = json::object(after, table))
    for (const auto& entry : *new_table)
      if (!in_table(&before, table, entry.key()))
        TRY(visit(std::string_view(entry.key()), std::optional<int64_t>{},
                  json::integer(after.at(table), entry.key())));
  return {};
}

}  // namespace

Result<void> check_power_levels(const json::Value& content, std::string_view sender, RoomVersion version,
                                const StateEvent* create, const StateEvent* current,
                                const PowerLevels& levels) {
  TRY(check_shape(content));
  if (has_hashed_room_id(version) && create)
    if (auto* users = json::object(content, "users"))
      for (const auto& entry : *users)
        if (levels.is_creator(entry.key()))
          return fail(errors::event_refused, "users names a creator of the room");
  if (!current) return {};

  int64_t power = levels.user(sender);
  auto above = [&](std::optional<int64_t> level) { return level && *level > power; };
  for (auto key : single_levels) {
    auto before = json::integer(current->content, key), after = json::integer(content, key);
    if (before != after && (above(before) || above(after)))
      return fail(errors::power_too_low, "a level above the sender's own would change");
  }
  for (auto table : {"events", "notifications"})
    TRY(each_change(current->content, content, table,
                    [&](std::string_view, auto before, auto after) -> Result<void> {
                      if (above(before) || above(after))
                        return fail(errors::power_too_low, "a level above the sender's own would change");
                      return {};
                    }));
  return each_change(
      current->content, content, "users",
      [&](std::string_view user, auto before, auto after) -> Result<void> {
        if (before && user != sender && *before >= power)
          return fail(errors::power_too_low, "a person of equal or greater power would change");
        if (above(after))
          return fail(errors::power_too_low, "a person would get more power than the sender has");
        return {};
      });
}

}  // namespace parvis::matrix
