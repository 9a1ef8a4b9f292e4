// What the hosts of a meeting do to its participants.
#include "module/meetings/meetings.h"
#include "module/meetings/reasons.h"

namespace parvis {
namespace {

using meeting_store::Mark;

constexpr size_t max_identity_bytes = 128;  // a bot's names its key

}  // namespace

Task<Result<void>> Meetings::mute(Actor actor, std::string id, std::string identity, livekit::Source source) {
  auto meeting = CO_TRY(co_await hosted(actor, std::move(id)));
  auto room = room_of(meeting.id, identity);
  auto participant = CO_TRY(server_->participant(room, identity));
  for (const auto& track : participant.tracks) {
    if (source != livekit::Source::unknown && track.source != source) continue;
    CO_TRY(server_->mute_track(room, identity, track.sid, true));
  }
  co_return Result<void>();
}

/// Everyone's voice but the hosts', in the room where the host is.
Task<Result<void>> Meetings::mute_all(Actor actor, std::string id) {
  auto meeting = CO_TRY(co_await hosted(actor, std::move(id)));
  auto room = room_of(meeting.id, identity_of(actor.person));
  for (const auto& one : server_->participants(room)) {
    if (one.permission.room_admin) continue;
    for (const auto& track : one.tracks) {
      if (track.source == livekit::Source::microphone)
        (void)server_->mute_track(room, one.identity, track.sid, true);
    }
  }
  co_return Result<void>();
}

Task<Result<void>> Meetings::remove(Actor actor, std::string id, std::string identity, bool bar) {
  auto meeting = CO_TRY(co_await hosted(actor, std::move(id)));
  if (identity.empty() || identity.size() > max_identity_bytes)
    co_return fail(livekit::reasons::no_such_participant);
  if (!bar) CO_TRY(server_->participant(room_of(meeting.id, identity), identity));
  CO_TRY(co_await context_.database.write(
      [meeting, actor, identity, bar](store::Transaction& transaction) -> Result<void> {
        if (bar) TRY(meeting_store::set_mark(transaction, meeting.id, identity, Mark::barred, true));
        if (bar) TRY(meeting_store::set_mark(transaction, meeting.id, identity, Mark::host, false));
        TRY(transaction.publish({.kind = bar ? "meeting.barred" : "meeting.removed",
                                 .actor = actor.person.text(),
                                 .space = meeting.space.text(),
                                 .subject = meeting.id.text(),
                                 .payload = "",
                                 .rule = "host"}));
        return {};
      }));
  send_away(meeting.id, identity);
  co_return Result<void>();
}

Task<Result<std::vector<meeting_store::Marked>>> Meetings::forbidden(Actor actor, std::string id) {
  auto meeting = CO_TRY(co_await hosted(actor, std::move(id)));
  auto out = CO_TRY(co_await context_.database.read(
      [id = meeting.id](store::Reader& reader) { return meeting_store::marked(reader, id, Mark::barred); }));
  for (auto& one : out) {
    auto person = one.identity.starts_with("p:") ? PersonId::parse(std::string_view(one.identity).substr(2))
                                                 : std::nullopt;
    if (const Person* known = person ? context_.people.find(*person) : nullptr)
      one.name = known->display_name;
  }
  co_return out;
}

Task<Result<void>> Meetings::unbar(Actor actor, std::string id, std::string identity) {
  auto meeting = CO_TRY(co_await hosted(actor, std::move(id)));
  co_return co_await context_.database.write(
      [meeting, actor, identity](store::Transaction& transaction) -> Result<void> {
        TRY(meeting_store::set_mark(transaction, meeting.id, identity, Mark::barred, false));
        TRY(transaction.publish({.kind = "meeting.unbarred",
                                 .actor = actor.person.text(),
                                 .space = meeting.space.text(),
                                 .subject = meeting.id.text(),
                                 .payload = "",
                                 .rule = "host"}));
        return {};
      });
}

/// For this meeting alone, and for people with an account.
Task<Result<void>> Meetings::make_host(Actor actor, std::string id, std::string identity, bool host) {
  auto meeting = CO_TRY(co_await hosted(actor, std::move(id)));
  auto participant = CO_TRY(server_->participant(room_of(meeting.id, identity), identity));
  if (!identity.starts_with("p:")) co_return fail(meeting_reasons::hosts_only, "a guest");
  CO_TRY(co_await context_.database.write(
      [meeting, actor, identity, host](store::Transaction& transaction) -> Result<void> {
        TRY(meeting_store::set_mark(transaction, meeting.id, identity, Mark::host, host));
        TRY(transaction.publish({.kind = "meeting.host_made",
                                 .actor = actor.person.text(),
                                 .space = meeting.space.text(),
                                 .subject = meeting.id.text(),
                                 .payload = "",
                                 .rule = "host"}));
        return {};
      }));
  auto person = PersonId::parse(std::string_view(identity).substr(2));
  if (!person) co_return fail(livekit::reasons::no_such_participant);
  auto grant = CO_TRY(co_await grant_for({*person, false}, meeting));
  co_return server_->update_participant(
      room_of(meeting.id, identity), identity,
      {.name = std::nullopt, .metadata = grant.metadata, .attributes = {}, .permission = grant.permission});
}

Task<Result<void>> Meetings::lower_hand(Actor actor, std::string id, std::string identity) {
  auto meeting = CO_TRY(co_await hosted(actor, std::move(id)));
  co_return server_->update_participant(room_of(meeting.id, identity), identity,
                                        {.name = std::nullopt,
                                         .metadata = std::nullopt,
                                         .attributes = {{"hand", ""}},
                                         .permission = std::nullopt});
}

Task<Result<void>> Meetings::end(Actor actor, std::string id) {
  auto meeting = CO_TRY(co_await hosted(actor, std::move(id)));
  CO_TRY(co_await save(meeting, actor, "meeting.ended"));
  close_rooms(meeting.id);
  co_return Result<void>();
}

void Meetings::close_rooms(MeetingId meeting) {
  auto rooms = breakouts_.rooms_of(meeting);
  breakouts_.forget(meeting);
  for (const auto& room : rooms) (void)server_->delete_room(room);  // nobody may be there
  if (over_) over_(meeting);
}

}  // namespace parvis
