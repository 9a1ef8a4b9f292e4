#pragma once
// The SQL of meetings: what outlives a conversation.
#include <optional>
#include <string>
#include <vector>

#include "core/context.h"

namespace parvis {

using MeetingId = Id<struct MeetingTag>;
using AttendanceId = Id<struct MeetingAttendanceTag>;

struct Meeting {
  MeetingId id;
  SpaceId space;
  std::string origin_kind, origin_id;  // "space", "room" or "document", and which: one meeting for each
  std::string name;
  bool lobby = true;  // guests wait to be let in
  bool locked = false;
  std::string guest_key;    // empty: no guests
  std::string document_id;  // its notes; empty: none yet
  bool guest_chat = false;  // guests read and write its salon while they are there
  PersonId created_by;
  Instant created_at;
};

struct Attendance {
  AttendanceId id;
  std::string identity, name;
  bool verified = false;
  Instant joined_at;
  std::optional<Instant> left_at;
};

namespace meeting_store {

inline constexpr int64_t max_attendance_lines = 5'000;

/// False when the origin has a meeting already.
Result<bool> insert(store::Transaction& transaction, const Meeting& meeting);
Result<std::optional<Meeting>> find(store::Reader& reader, MeetingId id);
/// The one with the same space and origin.
Result<std::optional<Meeting>> by_origin(store::Reader& reader, const Meeting& like);
Result<std::vector<Meeting>> list(store::Reader& reader, SpaceId space);
Result<int64_t> count(store::Reader& reader, SpaceId space);
Result<void> update(store::Transaction& transaction, const Meeting& meeting);

/// Who was excluded from a meeting, or made its host, by identity.
enum class Mark : uint8_t { barred, host };
Result<void> set_mark(store::Transaction& transaction, MeetingId meeting, const std::string& identity,
                      Mark mark, bool set);
/// Whom a mark is on, and the name they last bore there ("" for people, whose name the house knows).
struct Marked {
  std::string identity, name;
};
inline constexpr int64_t max_marked = 500;
Result<std::vector<Marked>> marked(store::Reader& reader, MeetingId meeting, Mark mark);
Result<bool> has_mark(store::Reader& reader, MeetingId meeting, const std::string& identity, Mark mark);

Result<void> insert_attendance(store::Transaction& transaction, MeetingId meeting, const Attendance& line);
Result<void> end_attendance(store::Transaction& transaction, AttendanceId id, Instant left_at);
/// Oldest first.
Result<std::vector<Attendance>> attendance(store::Reader& reader, MeetingId meeting);

/// The secret of this house's tokens, made at the first call.
Result<std::string> token_secret(store::Transaction& transaction, const std::string& fresh);

}  // namespace meeting_store
}  // namespace parvis
