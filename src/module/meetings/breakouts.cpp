#include "module/meetings/breakouts.h"

#include <algorithm>

#include "base/json.h"
#include "base/utf8.h"
#include "module/meetings/division_format.h"
#include "module/meetings/reasons.h"
#include "platform/log.h"

namespace parvis {
namespace {

constexpr size_t max_identity_bytes = 64;

}  // namespace

Breakouts::~Breakouts() {
  for (const auto& [meeting, division] : divided_) context_.env.loop.cancel(division.timer);
}

const Breakouts::Division* Breakouts::find(MeetingId meeting) const {
  auto found = divided_.find(meeting);
  return found == divided_.end() ? nullptr : &found->second;
}

int Breakouts::place_of(MeetingId meeting, const std::string& identity) const {
  const Division* division = find(meeting);
  if (!division) return 0;
  auto at = division->at.find(identity);
  return at == division->at.end() ? 0 : at->second;
}

std::vector<std::string> Breakouts::rooms_of(MeetingId meeting) const {
  std::vector<std::string> out{room_name(meeting, 0)};
  const Division* division = find(meeting);
  for (size_t group = 1; division && group <= division->plan.names.size(); ++group)
    out.push_back(room_name(meeting, static_cast<int>(group)));
  return out;
}

std::optional<std::string> Breakouts::room_of(MeetingId meeting, const std::string& identity) const {
  for (auto& room : rooms_of(meeting))
    if (server_->participant(room, identity)) return room;
  return std::nullopt;
}

std::vector<livekit::ParticipantDescription> Breakouts::participants(MeetingId meeting) const {
  std::vector<livekit::ParticipantDescription> out;
  for (const auto& room : rooms_of(meeting))
    for (auto& one : server_->participants(room)) out.push_back(std::move(one));
  return out;
}

int64_t Breakouts::remaining_ms(const Division& division) const {
  if (!division.ends) return 0;
  return std::max<int64_t>(1, (*division.ends - context_.env.loop.now()) / 1'000);
}

Result<Breakouts::Division*> Breakouts::divided(MeetingId meeting) {
  auto found = divided_.find(meeting);
  if (found == divided_.end()) return fail(meeting_reasons::breakouts_none);
  return &found->second;
}

Result<void> Breakouts::check(const Plan& plan) const {
  auto groups = static_cast<int>(std::min<size_t>(plan.names.size(), max_groups + 1));
  if (groups < 1 || groups > max_groups) return fail(meeting_reasons::breakouts_plan, "groups");
  for (const auto& name : plan.names) {
    if (utf8::trim(name).empty() || name.size() > max_name_bytes || !utf8::valid(name))
      return fail(meeting_reasons::breakouts_plan, "name");
  }
  if (plan.assigned.size() > max_assigned) return fail(meeting_reasons::breakouts_plan, "assigned");
  for (const auto& [identity, group] : plan.assigned) {
    if (identity.empty() || identity.size() > max_identity_bytes || group < 1 || group > groups)
      return fail(meeting_reasons::breakouts_plan, "assigned");
  }
  if (plan.duration_s != 0 && (plan.duration_s < min_duration_s || plan.duration_s > max_duration_s))
    return fail(meeting_reasons::breakouts_plan, "duration");
  return {};
}

Task<Result<void>> Breakouts::publish(Standing who, std::string kind) {
  co_return co_await context_.database.write([who, kind](store::Transaction& transaction) -> Result<void> {
    auto actor = who.actor.person.text(), space = who.meeting.space.text(), subject = who.meeting.id.text();
    TRY(transaction.publish(
        {.kind = kind, .actor = actor, .space = space, .subject = subject, .payload = "", .rule = "host"}));
    return {};
  });
}

Task<Result<void>> Breakouts::open(Standing who, Plan plan) {
  if (!who.host) co_return fail(meeting_reasons::hosts_only);
  CO_TRY(check(plan));
  MeetingId meeting = who.meeting.id;
  if (find(meeting)) co_return fail(meeting_reasons::breakouts_open);
  if (divided_.size() >= max_divided) co_return fail(reasons::unavailable, "divided meetings", 60'000);
  CO_TRY(co_await publish(who, "meeting.breakouts_opened"));
  // Another host may have been quicker.
  auto [found, added] = divided_.try_emplace(meeting);
  if (!added) co_return fail(meeting_reasons::breakouts_open);
  Division& division = found->second;
  division.at = plan.assigned;
  if (plan.duration_s > 0) division.ends = context_.env.loop.now() + seconds_us(plan.duration_s);
  division.plan = std::move(plan);
  set_timer(meeting, division);
  std::vector<std::string> assigned;
  for (const auto& [identity, group] : division.at) assigned.push_back(identity);
  for (const auto& identity : assigned) bring(meeting, identity);
  tell_changed(meeting);
  co_return co_await keep(meeting);
}

Task<Result<void>> Breakouts::close(Standing who) {
  if (!who.host) co_return fail(meeting_reasons::hosts_only);
  CO_TRY(divided(who.meeting.id));
  CO_TRY(co_await publish(who, "meeting.breakouts_closed"));
  bring_all_back(who.meeting.id);
  co_return co_await keep(who.meeting.id);
}

Task<Result<void>> Breakouts::assign(Standing who, std::string identity, int group) {
  if (!who.host) co_return fail(meeting_reasons::hosts_only);
  Division& division = *CO_TRY(divided(who.meeting.id));
  bool known = identity.size() <= max_identity_bytes && room_of(who.meeting.id, identity);
  if (!known) co_return fail(livekit::reasons::no_such_participant);
  if (group < 0 || group > static_cast<int>(division.plan.names.size()))
    co_return fail(meeting_reasons::breakouts_no_group);
  if (group == 0) {
    division.plan.assigned.erase(identity);
    division.at.erase(identity);
  } else {
    division.plan.assigned[identity] = division.at[identity] = group;
  }
  division.asking.erase(identity);
  bring(who.meeting.id, identity);
  tell_changed(who.meeting.id);
  co_return co_await keep(who.meeting.id);
}

Task<Result<void>> Breakouts::extend(Standing who, int64_t seconds) {
  if (!who.host) co_return fail(meeting_reasons::hosts_only);
  Division& division = *CO_TRY(divided(who.meeting.id));
  if (seconds < min_duration_s || seconds > max_duration_s)
    co_return fail(meeting_reasons::breakouts_plan, "duration");
  Monotonic now = context_.env.loop.now();
  Monotonic ends = division.ends.value_or(now) + seconds_us(seconds);
  if (ends - now > seconds_us(max_duration_s)) co_return fail(meeting_reasons::breakouts_plan, "duration");
  division.ends = ends;
  set_timer(who.meeting.id, division);
  tell_changed(who.meeting.id);
  co_return co_await keep(who.meeting.id);
}

Result<void> Breakouts::tell_all(const Standing& who, const std::string& text) {
  if (!who.host) return fail(meeting_reasons::hosts_only);
  TRY(divided(who.meeting.id));
  auto shown = utf8::trim(text);
  if (shown.empty() || shown.size() > max_message_bytes || !utf8::valid(shown))
    return fail(meeting_reasons::breakouts_message);
  std::string message;
  json::Writer(message)
      .begin_object()
      .field("kind", "message")
      .field("from", who.name)
      .field("text", shown)
      .end_object();
  send(who.meeting.id, topic, message);
  return {};
}

/// Hosts anywhere; others where they were put and back, and anywhere when all may choose. Who came by a link
/// goes only where they were put.
Task<Result<void>> Breakouts::go(Standing who, int group) {
  Division& division = *CO_TRY(divided(who.meeting.id));
  if (!who.present) co_return fail(livekit::reasons::no_such_participant);
  if (group < 0 || group > static_cast<int>(division.plan.names.size()))
    co_return fail(meeting_reasons::breakouts_no_group);
  auto assigned = division.plan.assigned.find(who.identity);
  bool own = assigned != division.plan.assigned.end() && assigned->second == group;
  if (group > 0 && !who.host && !own && !(division.plan.choose && who.verified))
    co_return fail(meeting_reasons::breakouts_not_yours);
  if (group == 0) {
    division.at.erase(who.identity);
  } else {
    division.at[who.identity] = group;
    if (division.plan.choose && !who.host) division.plan.assigned[who.identity] = group;
  }
  division.asking.erase(who.identity);
  bring(who.meeting.id, who.identity);
  tell_changed(who.meeting.id);
  co_return co_await keep(who.meeting.id);
}

Task<Result<void>> Breakouts::ask_for_help(Standing who, bool asking) {
  Division& division = *CO_TRY(divided(who.meeting.id));
  if (!who.present) co_return fail(livekit::reasons::no_such_participant);
  bool changed =
      asking ? division.asking.insert(who.identity).second : division.asking.erase(who.identity) > 0;
  if (!changed) co_return Result<void>();
  tell_changed(who.meeting.id);
  co_return co_await keep(who.meeting.id);
}

void Breakouts::forget(MeetingId meeting, const std::string& identity) {
  auto found = divided_.find(meeting);
  if (found == divided_.end()) return;
  found->second.plan.assigned.erase(identity);
  found->second.at.erase(identity);
  found->second.asking.erase(identity);
  keep_later(meeting);
}

void Breakouts::forget(MeetingId meeting) {
  auto found = divided_.find(meeting);
  if (found == divided_.end()) return;
  context_.env.loop.cancel(found->second.timer);
  divided_.erase(found);
}

void Breakouts::restore(MeetingId meeting, const std::string& kept) {
  auto read = read_division(kept, context_.env.clock.now(), context_.env.loop.now());
  if (!read) return;
  auto [found, added] = divided_.try_emplace(meeting, std::move(*read));
  if (added) set_timer(meeting, found->second);
}

/// Applied already: of two acts at once the later one writes what both have done.
Task<Result<void>> Breakouts::keep(MeetingId meeting) {
  const Division* division = find(meeting);
  Instant now = context_.env.clock.now();
  auto written = division ? write_division(*division, now, context_.env.loop.now()) : std::string();
  co_return co_await context_.database.write([meeting, now, written](store::Transaction& transaction) {
    return meeting_store::keep_division(transaction, meeting, now, written);
  });
}

void Breakouts::keep_later(MeetingId meeting) {
  spawn([](Breakouts& self, MeetingId which) -> Task<void> {
    auto kept = co_await self.keep(which);
    if (!kept) log_event(Level::warning, "groups_not_kept", {{"reason", kept.error().reason->id}});
  }(*this, meeting));
}

void Breakouts::send(MeetingId meeting, std::string_view about, const std::string& text,
                     const std::vector<std::string>& identities) {
  for (const auto& room : rooms_of(meeting))
    (void)server_->send_data(room, as_bytes(text), std::string(about), identities, true);
}

void Breakouts::bring(MeetingId meeting, const std::string& identity) {
  auto room = room_of(meeting, identity);
  auto wanted = room_name(meeting, place_of(meeting, identity));
  if (!room || *room == wanted) return;
  moving_ = identity;
  // Whoever can't be moved is told that the groups changed, and comes through the door.
  (void)server_->move_participant(*room, identity, wanted);
  moving_.clear();
}

void Breakouts::bring_all_back(MeetingId meeting) {
  auto found = divided_.find(meeting);
  if (found == divided_.end()) return;
  context_.env.loop.cancel(found->second.timer);
  found->second.at.clear();
  auto rooms = rooms_of(meeting);
  for (const auto& room : rooms)
    for (const auto& one : server_->participants(room)) bring(meeting, one.identity);
  divided_.erase(found);
  tell_changed(meeting);
  // Whoever is left there has no connection: the door leads them to the others.
  for (size_t group = 1; group < rooms.size(); ++group) (void)server_->delete_room(rooms[group]);
}

void Breakouts::set_timer(MeetingId meeting, Division& division) {
  context_.env.loop.cancel(division.timer);
  division.timer = 0;
  if (!division.ends) return;
  division.timer = context_.env.loop.call_at(*division.ends, [this, meeting] {
    bring_all_back(meeting);
    keep_later(meeting);
  });
}

void Breakouts::tell_changed(MeetingId meeting) { send(meeting, topic, R"({"kind":"changed"})"); }

}  // namespace parvis
