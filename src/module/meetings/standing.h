#pragma once
// Who somebody is before a meeting, and the names of its rooms: "{meeting}" is where all are together,
// "{meeting}:{n}" its group number n.
#include <optional>
#include <string>
#include <string_view>

#include "core/access/may.h"
#include "module/meetings/meeting_store.h"

namespace parvis {

struct Standing {
  Meeting meeting;
  Actor actor;           // nobody for a guest
  std::string identity;  // "p:…" or "g:…"
  std::string name;
  bool verified = false;
  bool host = false;
  bool present = false;  // in one of the meeting's rooms now
};

inline std::string identity_of(PersonId person) { return "p:" + person.text(); }
/// nullopt: a guest's.
inline std::optional<PersonId> person_of(std::string_view identity) {
  return identity.starts_with("p:") ? PersonId::parse(identity.substr(2)) : std::nullopt;
}

inline std::string room_name(MeetingId meeting, int group) {
  return group > 0 ? meeting.text() + ":" + std::to_string(group) : meeting.text();
}

/// Any room's meeting.
inline std::optional<MeetingId> meeting_of_room(std::string_view room) {
  return MeetingId::parse(room.substr(0, room.find(':')));
}

}  // namespace parvis
