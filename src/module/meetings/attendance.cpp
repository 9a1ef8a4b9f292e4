// What rooms tell: who is there, and how many bytes it cost.
#include "base/json.h"
#include "core/meter.h"
#include "module/meetings/meetings.h"
#include "platform/log.h"

namespace parvis {
namespace {

bool line_failed(std::string_view reason) {
  return reason == "connection_timeout" || reason == "signal_close" || reason == "media_failure" ||
         reason == "state_mismatch";
}

}  // namespace

void Meetings::on_participant_joined(const std::string& room, const livekit::ParticipantDescription& who) {
  if (room.starts_with(check_prefix)) {
    spawn(end_check(room));
    return;
  }
  auto meeting = meeting_of_room(room);
  if (!meeting || who.permission.hidden) return;
  live_[*meeting].cut_off.erase(who.identity);
  auto& present = live_[*meeting].present;
  if (present.contains(who.identity)) return;  // comes from another room of the meeting
  if (present.empty()) continuity_.begun(*meeting);
  auto metadata = json::parse(who.metadata);
  Attendance line{.id = context_.env.new_id<AttendanceId>(),
                  .identity = who.identity,
                  .name = who.name,
                  .verified = metadata && json::boolean(*metadata, "verified").value_or(false),
                  .joined_at = context_.env.clock.now(),
                  .left_at = std::nullopt};
  if (auto before = continuity_.line_of(*meeting, who.identity)) {
    present[who.identity] = *before;
  } else {
    present[who.identity] = line.id;
    spawn(record_joined(*meeting, std::move(line)));
  }
  on_participant_changed(room, who);
  tell_reception(*meeting, who.identity, live_[*meeting].receptions[who.identity], images_needed(*meeting));
}

void Meetings::on_participant_left(const std::string& room, const livekit::ParticipantDescription& who,
                                   std::string_view reason) {
  auto meeting = meeting_of_room(room);
  auto live = meeting ? live_.find(*meeting) : live_.end();
  if (interrupted_ || live == live_.end() || breakouts_.moving(who.identity) ||
      breakouts_.room_of(*meeting, who.identity))
    return;
  auto present = live->second.present.find(who.identity);
  if (present == live->second.present.end()) return;
  spawn(record_left(present->second, context_.env.clock.now()));
  live->second.present.erase(present);
  if (line_failed(reason) && person_of(who.identity))
    live->second.cut_off[who.identity] = context_.env.loop.now();
}

/// The meeting is over when its last room is.
void Meetings::on_room_finished(const livekit::RoomDescription& room) {
  auto meeting = meeting_of_room(room.name);
  auto live = meeting ? live_.find(*meeting) : live_.end();
  if (interrupted_ || live == live_.end() || !breakouts_.participants(*meeting).empty()) return;
  for (const auto& [identity, line] : live->second.present)
    spawn(record_left(line, context_.env.clock.now()));
  live_.erase(live);
  std::erase_if(guests_exempt_, [&](const auto& one) { return one.second == *meeting; });
  breakouts_.forget(*meeting);
  continuity_.over(*meeting);
  if (over_) over_(*meeting);
}

void Meetings::on_traffic(const std::string& room, const std::string& identity, uint64_t received,
                          uint64_t sent) {
  auto meeting = meeting_of_room(room);
  auto live = meeting ? live_.find(*meeting) : live_.end();
  std::string network;
  if (live != live_.end()) {
    auto reception = live->second.receptions.find(identity);
    if (reception != live->second.receptions.end()) network = reception->second.network;
    auto& weight = live->second.weights[identity];
    weight.received += received;
    weight.sent += sent;
    live->second.bytes += received + sent;
    tell_weight(*meeting, identity, live->second);
  }
  context_.meter.count(person_of(identity).value_or(PersonId()), "reunions", http::TrafficClass::media,
                       network, received, sent);
}

/// What it cost so far, to whom it cost it.
void Meetings::tell_weight(MeetingId meeting, const std::string& identity, Live& live) {
  auto& weight = live.weights[identity];
  Monotonic now = context_.env.loop.now();
  if (weight.told != Monotonic{} && now - weight.told < tell_weight_every_us) return;
  weight.told = now;
  std::string text;
  json::Writer(text)
      .begin_object()
      .field("received", static_cast<int64_t>(weight.sent))
      .field("sent", static_cast<int64_t>(weight.received))
      .field("meeting", static_cast<int64_t>(live.bytes))
      .end_object();
  breakouts_.send(meeting, "parvis.weight", text, {identity});
}

Task<void> Meetings::record_joined(MeetingId meeting, Attendance line) {
  auto done = co_await context_.database.write([meeting, line](store::Transaction& transaction) {
    return meeting_store::insert_attendance(transaction, meeting, line);
  });
  if (!done) log_event(Level::warning, "attendance_not_kept", {{"reason", done.error().reason->id}});
}

Task<void> Meetings::record_left(AttendanceId id, Instant at) {
  auto done = co_await context_.database.write([id, at](store::Transaction& transaction) {
    return meeting_store::end_attendance(transaction, id, at);
  });
  if (!done) log_event(Level::warning, "attendance_not_kept", {{"reason", done.error().reason->id}});
}

}  // namespace parvis
