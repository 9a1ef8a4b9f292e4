#include "module/meetings/continuity.h"

#include <algorithm>
#include <utility>

#include "platform/log.h"

namespace parvis {
namespace {

void log_if_failed(const Result<void>& done) {
  if (!done) log_event(Level::warning, "meeting_not_noted", {{"reason", done.error().reason->id}});
}

}  // namespace

Continuity::Continuity(Context& context, Breakouts& breakouts)
    : context_(context),
      breakouts_(breakouts),
      noting_(context.env.loop, note_every_us, [this] { spawn(note()); }) {}

Continuity::~Continuity() { context_.env.loop.cancel(timer_); }

Task<Result<void>> Continuity::take_up() {
  interrupted_ = CO_TRY(co_await context_.database.read(
      [](store::Reader& reader) { return meeting_store::interrupted(reader); }));
  if (interrupted_.empty()) co_return Result<void>();
  for (const auto& [meeting, found] : interrupted_) breakouts_.restore(meeting, found.division);
  timer_ =
      context_.env.loop.call_at(context_.env.loop.now() + return_within_us, [this] { spawn(give_up()); });
  co_return Result<void>();
}

std::optional<AttendanceId> Continuity::line_of(MeetingId meeting, const std::string& identity) {
  auto found = interrupted_.find(meeting);
  if (found == interrupted_.end()) return std::nullopt;
  auto line = found->second.present.find(identity);
  if (line == found->second.present.end()) return std::nullopt;
  auto id = line->second.id;
  found->second.present.erase(line);
  return id;
}

bool Continuity::awaits(MeetingId meeting, const std::string& identity) const {
  auto found = interrupted_.find(meeting);
  return found != interrupted_.end() && found->second.present.contains(identity);
}

void Continuity::begun(MeetingId meeting) {
  if (live_.insert(meeting).second) spawn(write(meeting, meeting_store::note_live));
}

void Continuity::over(MeetingId meeting) {
  live_.erase(meeting);
  if (auto found = interrupted_.extract(meeting)) spawn(close_lines(std::move(found.mapped())));
  spawn(write(meeting, [](store::Transaction& transaction, MeetingId which, Instant) {
    return meeting_store::forget_live(transaction, which);
  }));
}

Task<void> Continuity::write(MeetingId meeting,
                             Result<void> (*change)(store::Transaction&, MeetingId, Instant)) {
  log_if_failed(co_await context_.database.write(
      [meeting, change, now = context_.env.clock.now()](store::Transaction& transaction) {
        return change(transaction, meeting, now);
      }));
}

Task<void> Continuity::note() {
  if (live_.empty()) co_return;
  log_if_failed(co_await context_.database.write(
      [live = live_, now = context_.env.clock.now()](store::Transaction& transaction) -> Result<void> {
        for (MeetingId meeting : live) TRY(meeting_store::note_live(transaction, meeting, now));
        return {};
      }));
}

Task<void> Continuity::close_lines(meeting_store::Interrupted meeting) {
  if (meeting.present.empty()) co_return;
  log_if_failed(co_await context_.database.write([meeting](store::Transaction& transaction) -> Result<void> {
    for (const auto& [identity, line] : meeting.present)
      TRY(meeting_store::end_attendance(transaction, line.id, std::max(line.joined_at, meeting.seen_at)));
    return {};
  }));
}

Task<void> Continuity::give_up() {
  timer_ = 0;
  auto waited_for = std::exchange(interrupted_, {});
  for (auto& [meeting, found] : waited_for) {
    if (!breakouts_.participants(meeting).empty()) {
      co_await close_lines(std::move(found));
      continue;
    }
    breakouts_.forget(meeting);
    // Noted since by another process: it takes place there, and is not ours to end.
    auto forgotten = co_await context_.database.write(
        [which = meeting, seen_at = found.seen_at](store::Transaction& transaction) {
          return meeting_store::forget_live_since(transaction, which, seen_at);
        });
    if (forgotten && (*forgotten || live_.contains(meeting))) co_await close_lines(std::move(found));
  }
}

}  // namespace parvis
