// Who receives what of the meetings that take place: kept within the network policy, told to each.
#include "core/network_policy/network_policy.h"
#include "core/network_policy/reasons.h"
#include "module/meetings/meetings.h"

namespace parvis {
namespace {

/// The policy is for people: a bot runs in a machine room.
bool is_bound(std::string_view identity) { return !identity.starts_with("a:"); }

}  // namespace

bool Meetings::exempt(std::string_view identity) const {
  auto person = person_of(identity);
  return person ? policy_.exempt(*person) : guests_exempt_.contains(std::string(identity));
}

void Meetings::exempt_guest(const std::string& identity, MeetingId meeting) {
  if (guests_exempt_.size() < max_exempt_guests) guests_exempt_[identity] = meeting;
}

Instant Meetings::urgent_until(std::optional<MeetingId> meeting, std::string_view identity) const {
  auto person = person_of(identity);
  return person && meeting ? policy_.beyond_until(*person, meeting->text()) : Instant{};
}

Reception Meetings::reception(std::string_view identity, std::string_view address, bool exempt,
                              Instant urgent_until) const {
  Reception out;
  out.network = policy_.network(address);
  out.exempt = exempt;
  out.urgent_until = urgent_until;
  out.review(policy_.applied(out.network, exempt), context_.env.clock.now(), identity);
  return out;
}

bool Meetings::images_needed(MeetingId meeting) const {
  auto live = live_.find(meeting);
  if (live == live_.end()) return false;
  for (const auto& [identity, reception] : live->second.receptions) {
    if (reception.exempt && live->second.present.contains(identity)) return true;
  }
  return false;
}

livekit::Grant Meetings::bounded(livekit::Grant grant) const {
  auto meeting = meeting_of_room(grant.room);
  auto live = meeting ? live_.find(*meeting) : live_.end();
  if (live == live_.end() || !is_bound(grant.identity)) return grant;
  auto found = live->second.receptions.find(grant.identity);
  if (found == live->second.receptions.end()) return grant;
  auto mode = found->second.mode();
  bool needed = found->second.exempt || images_needed(*meeting);
  grant.images = images_of(mode, needed);
  if (!camera_allowed(mode, needed)) grant.permission.publish_sources = sources_without_camera();
  return grant;
}

void Meetings::review_receptions() {
  for (auto& [meeting, live] : live_) review_receptions(meeting, live);
}

void Meetings::review_receptions(MeetingId meeting, Live& live) {
  Instant now = context_.env.clock.now();
  std::set<std::string> changed;
  bool needed_before = live.images_needed;
  for (auto& [identity, reception] : live.receptions) {
    reception.exempt = exempt(identity);
    reception.urgent_until = urgent_until(meeting, identity);
    auto applied = policy_.applied(reception.network, reception.exempt);
    if (reception.review(applied, now, identity)) changed.insert(identity);
  }
  live.images_needed = images_needed(meeting);
  auto there = breakouts_.participants(meeting);
  if (live.receptions.size() > max_receptions + there.size()) {
    // Of those who asked for the door and never came in.
    std::erase_if(live.receptions, [&](const auto& one) { return !live.present.contains(one.first); });
  }
  for (const auto& one : there) {
    if (!is_bound(one.identity)) continue;
    std::string room = room_of(meeting, one.identity);
    auto& reception = live.receptions[one.identity];
    auto permission = one.permission;
    bool camera = camera_allowed(reception.mode(), live.images_needed);
    permission.publish_sources = camera ? std::vector<livekit::Source>() : sources_without_camera();
    (void)server_->set_images(room, one.identity, images_of(reception.mode(), live.images_needed));
    if (permission != one.permission) {
      (void)server_->update_participant(
          room, one.identity,
          {.name = std::nullopt, .metadata = std::nullopt, .attributes = {}, .permission = permission});
    }
    if (changed.contains(one.identity) || live.images_needed != needed_before)
      tell_reception(meeting, one.identity, reception, live.images_needed);
  }
}

/// A choice is an attribute, so that any client can make it; what stands above it is decided here.
void Meetings::on_participant_changed(const std::string& room, const livekit::ParticipantDescription& who) {
  auto meeting = meeting_of_room(room);
  auto live = meeting ? live_.find(*meeting) : live_.end();
  if (live == live_.end() || !is_bound(who.identity)) return;
  auto written = who.attributes.find(std::string(mode_attribute));
  auto chosen = written == who.attributes.end() ? std::nullopt : parse_mode(written->second);
  live->second.receptions[who.identity].chosen = chosen;
  review_receptions(*meeting, live->second);
}

void Meetings::tell_reception(MeetingId meeting, const std::string& identity, const Reception& reception,
                              bool needed) {
  if (!is_bound(identity)) return;
  auto person = person_of(identity);
  const Person* known = person ? context_.people.find(*person) : nullptr;
  std::string text;
  json::Writer out(text);
  write_reception(out, reception, needed, context_.env.clock.now(),
                  parse_language(known ? known->language : "fr"));
  breakouts_.send(meeting, "parvis.reception", text, {identity});
}

Task<Result<Reception>> Meetings::go_beyond(Actor actor, std::string id, std::string reason) {
  auto meeting = CO_TRY(co_await readable(actor, std::move(id)));
  std::string identity = identity_of(actor.person);
  auto inside = [&]() -> Result<Reception*> {
    auto live = live_.find(meeting.id);
    if (live == live_.end() || !breakouts_.room_of(meeting.id, identity))
      return fail(livekit::reasons::no_such_participant);
    auto& reception = live->second.receptions[identity];
    const auto& applied = reception.applied();
    if (!applied.limited() || !applied.until || !applied.meetings.urgent)
      return fail(policy_reasons::no_override);
    return &reception;
  };
  Instant until = *CO_TRY(inside())->applied().until;
  CO_TRY(co_await policy_.go_beyond({.person = actor.person,
                                     .space = meeting.space,
                                     .subject = meeting.id.text(),
                                     .reason = std::move(reason),
                                     .until = until}));
  CO_TRY(inside());  // the meeting may be over by now
  review_receptions(meeting.id, live_[meeting.id]);
  co_return live_[meeting.id].receptions[identity];
}

}  // namespace parvis
