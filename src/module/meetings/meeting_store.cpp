#include "module/meetings/meeting_store.h"

namespace parvis::meeting_store {
namespace {

using store::Statement;

#define MEETING_COLUMNS                                                                                      \
  "id, space, origin_kind, origin_id, name, lobby, locked, guest_key, document_id, created_by, created_at, " \
  "guest_chat"

const Statement insert_meeting{"meeting.insert",
                               "insert into meeting(" MEETING_COLUMNS
                               ") values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) "
                               "on conflict (space, origin_kind, origin_id) do nothing"};
const Statement find_meeting{"meeting.find", "select " MEETING_COLUMNS " from meeting where id = $1"};
const Statement meeting_by_origin{"meeting.by_origin",
                                  "select " MEETING_COLUMNS
                                  " from meeting where space = $1 and origin_kind = $2 and origin_id = $3"};
const Statement list_meetings{"meeting.list",
                              "select " MEETING_COLUMNS " from meeting where space = $1 order by id"};
const Statement count_meetings{"meeting.count", "select count(*) from meeting where space = $1"};
const Statement update_meeting{
    "meeting.update",
    "update meeting set name = $2, lobby = $3, locked = $4, guest_key = $5, document_id = $6, "
    "guest_chat = $7 where id = $1"};
const Statement add_mark{"meeting.mark_add",
                         "insert into meeting_mark(meeting, identity, mark) values ($1, $2, $3) "
                         "on conflict (meeting, identity, mark) do nothing"};
const Statement remove_mark{"meeting.mark_remove",
                            "delete from meeting_mark where meeting = $1 and identity = $2 and mark = $3"};
const Statement find_mark{"meeting.mark_find",
                          "select 1 from meeting_mark where meeting = $1 and identity = $2 and mark = $3"};
const Statement list_marks{
    "meeting.mark_list",
    "select m.identity, coalesce((select a.name from meeting_attendance a where a.meeting = m.meeting "
    "and a.identity = m.identity order by a.id desc limit 1), '') from meeting_mark m "
    "where m.meeting = $1 and m.mark = $2 order by m.identity limit $3"};
const Statement add_attendance{
    "meeting.attendance_add",
    "insert into meeting_attendance(id, meeting, identity, name, verified, joined_at, left_at) "
    "values ($1, $2, $3, $4, $5, $6, null)"};
const Statement finish_attendance{"meeting.attendance_end",
                                  "update meeting_attendance set left_at = $2 where id = $1"};
const Statement list_attendance{
    "meeting.attendance_list",
    "select id, identity, name, verified, joined_at, left_at from meeting_attendance "
    "where meeting = $1 order by id limit $2"};
const Statement note_live_meeting{"meeting.live_note",
                                  "insert into meeting_live(meeting, seen_at, division) values ($1, $2, '') "
                                  "on conflict (meeting) do update set seen_at = excluded.seen_at"};
const Statement keep_live_division{"meeting.live_division",
                                   "insert into meeting_live(meeting, seen_at, division) values ($1, $2, $3) "
                                   "on conflict (meeting) do update set seen_at = excluded.seen_at, "
                                   "division = excluded.division"};
const Statement clear_live_division{"meeting.live_undivided",
                                    "update meeting_live set division = '' where meeting = $1"};
const Statement forget_live_meeting{"meeting.live_forget", "delete from meeting_live where meeting = $1"};
const Statement forget_live_meeting_since{"meeting.live_forget_since",
                                          "delete from meeting_live where meeting = $1 and seen_at = $2"};
const Statement live_meetings{"meeting.live", "select meeting, seen_at, division from meeting_live"};
const Statement open_attendance{
    "meeting.attendance_open",
    "select a.meeting, a.identity, a.id, a.joined_at from meeting_live l "
    "join meeting_attendance a on a.meeting = l.meeting where a.left_at is null order by a.id"};
const Statement add_secret{"meeting.secret_add",
                           "insert into setting(name, value) values ('meeting_token_secret', $1) "
                           "on conflict (name) do nothing"};
const Statement get_secret{"meeting.secret_get",
                           "select value from setting where name = 'meeting_token_secret'"};

#undef MEETING_COLUMNS

Meeting meeting_at(const store::Rows& rows, size_t row) {
  auto text = [&](size_t column) { return std::string(rows.text(row, column)); };
  return {.id = rows.id<MeetingId>(row, 0),
          .space = rows.id<SpaceId>(row, 1),
          .origin_kind = text(2),
          .origin_id = text(3),
          .name = text(4),
          .lobby = rows.boolean(row, 5),
          .locked = rows.boolean(row, 6),
          .guest_key = text(7),
          .document_id = text(8),
          .guest_chat = rows.boolean(row, 11),
          .created_by = rows.id<PersonId>(row, 9),
          .created_at = rows.instant(row, 10)};
}

std::string_view mark_name(Mark mark) { return mark == Mark::barred ? "barred" : "host"; }

std::optional<Meeting> first(const store::Rows& rows) {
  return rows.empty() ? std::nullopt : std::optional(meeting_at(rows, 0));
}

}  // namespace

Result<bool> insert(store::Transaction& transaction, const Meeting& meeting) {
  return TRY(transaction.execute(insert_meeting, meeting.id, meeting.space, meeting.origin_kind,
                                 meeting.origin_id, meeting.name, meeting.lobby, meeting.locked,
                                 meeting.guest_key, meeting.document_id, meeting.created_by,
                                 meeting.created_at, meeting.guest_chat)) > 0;
}

Result<std::optional<Meeting>> find(store::Reader& reader, MeetingId id) {
  return first(TRY(reader.query(find_meeting, id)));
}

Result<std::optional<Meeting>> by_origin(store::Reader& reader, const Meeting& like) {
  return first(TRY(reader.query(meeting_by_origin, like.space, like.origin_kind, like.origin_id)));
}

Result<std::vector<Meeting>> list(store::Reader& reader, SpaceId space) {
  auto rows = TRY(reader.query(list_meetings, space));
  std::vector<Meeting> out;
  for (size_t row = 0; row < rows.size(); ++row) out.push_back(meeting_at(rows, row));
  return out;
}

Result<int64_t> count(store::Reader& reader, SpaceId space) {
  return TRY(reader.query(count_meetings, space)).integer(0, 0);
}

Result<void> update(store::Transaction& transaction, const Meeting& meeting) {
  TRY(transaction.execute(update_meeting, meeting.id, meeting.name, meeting.lobby, meeting.locked,
                          meeting.guest_key, meeting.document_id, meeting.guest_chat));
  return {};
}

Result<void> set_mark(store::Transaction& transaction, MeetingId meeting, const std::string& identity,
                      Mark mark, bool set) {
  TRY(transaction.execute(set ? add_mark : remove_mark, meeting, identity, mark_name(mark)));
  return {};
}

Result<bool> has_mark(store::Reader& reader, MeetingId meeting, const std::string& identity, Mark mark) {
  return !TRY(reader.query(find_mark, meeting, identity, mark_name(mark))).empty();
}

Result<std::vector<Marked>> marked(store::Reader& reader, MeetingId meeting, Mark mark) {
  auto rows = TRY(reader.query(list_marks, meeting, mark_name(mark), max_marked));
  std::vector<Marked> out;
  for (size_t row = 0; row < rows.size(); ++row)
    out.push_back({std::string(rows.text(row, 0)), std::string(rows.text(row, 1))});
  return out;
}

Result<void> insert_attendance(store::Transaction& transaction, MeetingId meeting, const Attendance& line) {
  TRY(transaction.execute(add_attendance, line.id, meeting, line.identity, line.name, line.verified,
                          line.joined_at));
  return {};
}

Result<void> end_attendance(store::Transaction& transaction, AttendanceId id, Instant left_at) {
  TRY(transaction.execute(finish_attendance, id, left_at));
  return {};
}

Result<std::vector<Attendance>> attendance(store::Reader& reader, MeetingId meeting) {
  auto rows = TRY(reader.query(list_attendance, meeting, max_attendance_lines));
  std::vector<Attendance> out;
  for (size_t row = 0; row < rows.size(); ++row) {
    out.push_back({.id = rows.id<AttendanceId>(row, 0),
                   .identity = std::string(rows.text(row, 1)),
                   .name = std::string(rows.text(row, 2)),
                   .verified = rows.boolean(row, 3),
                   .joined_at = rows.instant(row, 4),
                   .left_at = rows.is_null(row, 5) ? std::nullopt : std::optional(rows.instant(row, 5))});
  }
  return out;
}

Result<void> note_live(store::Transaction& transaction, MeetingId meeting, Instant now) {
  TRY(transaction.execute(note_live_meeting, meeting, now));
  return {};
}

Result<void> keep_division(store::Transaction& transaction, MeetingId meeting, Instant now,
                           const std::string& division) {
  if (division.empty()) TRY(transaction.execute(clear_live_division, meeting));
  if (!division.empty()) TRY(transaction.execute(keep_live_division, meeting, now, division));
  return {};
}

Result<void> forget_live(store::Transaction& transaction, MeetingId meeting) {
  TRY(transaction.execute(forget_live_meeting, meeting));
  return {};
}

Result<bool> forget_live_since(store::Transaction& transaction, MeetingId meeting, Instant seen_at) {
  return TRY(transaction.execute(forget_live_meeting_since, meeting, seen_at)) > 0;
}

Result<std::map<MeetingId, Interrupted>> interrupted(store::Reader& reader) {
  std::map<MeetingId, Interrupted> out;
  auto meetings = TRY(reader.query(live_meetings));
  for (size_t row = 0; row < meetings.size(); ++row) {
    out[meetings.id<MeetingId>(row, 0)] = {
        .seen_at = meetings.instant(row, 1), .division = std::string(meetings.text(row, 2)), .present = {}};
  }
  auto lines = TRY(reader.query(open_attendance));
  for (size_t row = 0; row < lines.size(); ++row) {
    out[lines.id<MeetingId>(row, 0)].present[std::string(lines.text(row, 1))] = {
        .id = lines.id<AttendanceId>(row, 2), .joined_at = lines.instant(row, 3)};
  }
  return out;
}

Result<std::string> token_secret(store::Transaction& transaction, const std::string& fresh) {
  TRY(transaction.execute(add_secret, fresh));
  return std::string(TRY(transaction.query(get_secret)).text(0, 0));
}

}  // namespace parvis::meeting_store
