#pragma once
// Room versions served: 10, 11 and 12 (rooms/v10, v11, v12). Older ones stay unknown until federation needs
// them.
#include <cstdint>
#include <optional>
#include <string_view>

namespace parvis::matrix {

enum class RoomVersion : uint8_t { v10 = 10, v11 = 11, v12 = 12 };

inline constexpr RoomVersion default_room_version = RoomVersion::v12;
inline constexpr RoomVersion room_versions[] = {RoomVersion::v10, RoomVersion::v11, RoomVersion::v12};

constexpr std::string_view name_of(RoomVersion version) {
  switch (version) {
    case RoomVersion::v10:
      return "10";
    case RoomVersion::v11:
      return "11";
    case RoomVersion::v12:
      return "12";
  }
  return "";
}
constexpr std::optional<RoomVersion> parse_room_version(std::string_view name) {
  for (auto version : room_versions)
    if (name == name_of(version)) return version;
  return std::nullopt;
}

/// v11: redaction keeps all of m.room.create, `redacts` lives in content, no `creator`.
constexpr bool has_v11_redactions(RoomVersion version) { return version >= RoomVersion::v11; }
/// v12: the room id is the create event's hash, and creators outrank every power level.
constexpr bool has_hashed_room_id(RoomVersion version) { return version >= RoomVersion::v12; }

}  // namespace parvis::matrix
