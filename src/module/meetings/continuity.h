#pragma once
// Meetings outlive the process that serves them: each that takes place is noted in the database with its
// groups, and a start finds those that the end of the process before interrupted. Clients come back by
// themselves; whoever does is in the same group, and on the same line of the attendance. Loop thread only.
#include <map>
#include <optional>
#include <set>
#include <string>

#include "core/context.h"
#include "core/periodic.h"
#include "module/meetings/breakouts.h"
#include "module/meetings/meeting_store.h"

namespace parvis {

class Continuity {
 public:
  /// How long after a start people are waited for.
  static constexpr int64_t return_within_us = 120'000'000;
  /// After a crash, whoever does not come back is said to have left when the meeting was last noted.
  static constexpr int64_t note_every_us = 60'000'000;

  Continuity(Context& context, Breakouts& breakouts);
  ~Continuity();
  Continuity(const Continuity&) = delete;

  Task<Result<void>> take_up();
  /// Of somebody who was there when the meeting was interrupted; told once.
  std::optional<AttendanceId> line_of(MeetingId meeting, const std::string& identity);
  /// Somebody was there, and is not back yet.
  bool awaits(MeetingId meeting, const std::string& identity) const;
  void begun(MeetingId meeting);
  void over(MeetingId meeting);
  /// Every meeting that takes place does so now.
  Task<void> note();

 private:
  Task<void> write(MeetingId meeting, Result<void> (*change)(store::Transaction&, MeetingId, Instant));
  Task<void> close_lines(meeting_store::Interrupted meeting);
  Task<void> give_up();

  Context& context_;
  Breakouts& breakouts_;
  std::set<MeetingId> live_;
  std::map<MeetingId, meeting_store::Interrupted> interrupted_;
  TimerId timer_ = 0;
  Periodic noting_;
};

}  // namespace parvis
