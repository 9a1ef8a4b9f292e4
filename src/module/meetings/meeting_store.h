#pragma once
// The SQL of meetings: what outlives a conversation.
#include <map>
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

/// A meeting takes place: noted now, with its groups when they have changed (JSON, "" for none).
Result<void> note_live(store::Transaction& transaction, MeetingId meeting, Instant now);
/// Nothing when there is none and the meeting does not take place.
Result<void> keep_division(store::Transaction& transaction, MeetingId meeting, Instant now,
                           const std::string& division);
Result<void> forget_live(store::Transaction& transaction, MeetingId meeting);
/// Only if it was not noted since then.
Result<bool> forget_live_since(store::Transaction& transaction, MeetingId meeting, Instant seen_at);
/// What took place when the process before ended, and who was there.
struct Interrupted {
  Instant seen_at;
  std::string division;
  struct Line {
    AttendanceId id;
    Instant joined_at;
  };
  std::map<std::string, Line> present;  // by identity
};
Result<std::map<MeetingId, Interrupted>> interrupted(store::Reader& reader);

/// The secret of this house's tokens, made at the first call.
Result<std::string> token_secret(store::Transaction& transaction, const std::string& fresh);

}  // namespace meeting_store
}  // namespace parvis
