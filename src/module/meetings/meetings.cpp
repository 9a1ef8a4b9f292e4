#include "module/meetings/meetings.h"

#include <algorithm>

#include "base/utf8.h"
#include "core/network_policy/network_policy.h"
#include "core/secret.h"
#include "module/chat/api.h"
#include "module/documents/api.h"
#include "module/meetings/access_token.h"
#include "module/meetings/automation.h"
#include "module/meetings/reasons.h"
#include "module/meetings/room_messages.h"

namespace parvis {
namespace {

constexpr size_t max_origin_bytes = 255;

Object object_of(const Meeting& meeting) { return Object::of_space(meeting.space); }

std::string metadata_of(bool verified, bool host, std::string_view organisation) {
  std::string out;
  json::Writer writer(out);
  writer.begin_object().field("verified", verified).field("host", host);
  if (!organisation.empty()) writer.field("organisation", organisation);
  writer.end_object();
  return out;
}

}  // namespace

Meetings::Meetings(Context& context, NetworkPolicy& policy)
    : context_(context),
      policy_(policy),
      waiting_(context.env),
      breakouts_(context),
      continuity_(context, breakouts_),
      reviewing_(context.env.loop, review_every_us, [this] { review_receptions(); }) {
  policy.changed.listen([this](const NetworkPolicy::Changed&) { review_receptions(); });
  context.events.membership.listen([this](const MembershipChanged& event) { review_space(event.space); });
  context.events.space.listen([this](const SpaceChanged& event) { review_space(event.space); });
  context.events.person.listen([this](const PersonChanged& event) { review_person(event.person); });
}

void Meetings::use_server(livekit::Server& server, std::string secret) {
  server_ = &server;
  breakouts_.use_server(server);
  secret_ = std::move(secret);
  server.use_token_source([this](const livekit::Grant& grant) { return token_for(grant); });
}

std::string Meetings::token_for(const livekit::Grant& grant) const {
  bool needs_images = guests_exempt_.contains(grant.identity);
  return write_access_token({.grant = grant, .needs_images = needs_images}, secret_,
                            context_.env.clock.now());
}

Task<Result<Meeting>> Meetings::load(std::string text) {
  auto id = MeetingId::parse(text);
  if (!id) co_return fail(reasons::not_found, "meeting id");
  auto found = CO_TRY(co_await context_.database.read(
      [id = *id](store::Reader& reader) { return meeting_store::find(reader, id); }));
  if (!found) co_return fail(reasons::not_found, "meeting");
  co_return std::move(*found);
}

Task<Result<Meeting>> Meetings::readable(Actor actor, std::string id) {
  auto meeting = CO_TRY(co_await load(std::move(id)));
  auto decision = context_.access.may(actor, Action::meeting_join, object_of(meeting));
  // A meeting is known to those who may enter; to others it does not exist.
  if (!decision.allowed) co_return fail(reasons::not_found, std::string(decision.rule->id));
  co_return meeting;
}

Task<Result<bool>> Meetings::is_host(Actor actor, const Meeting& meeting) {
  if (context_.access.may(actor, Action::meeting_host, object_of(meeting)).allowed) co_return true;
  co_return co_await context_.database.read(
      [id = meeting.id, identity = identity_of(actor.person)](store::Reader& reader) {
        return meeting_store::has_mark(reader, id, identity, meeting_store::Mark::host);
      });
}

Task<Result<Meeting>> Meetings::hosted(Actor actor, std::string id) {
  auto meeting = CO_TRY(co_await readable(actor, std::move(id)));
  if (!CO_TRY(co_await is_host(actor, meeting))) co_return fail(meeting_reasons::hosts_only);
  co_return meeting;
}

Task<Result<Meetings::Seen>> Meetings::seen(Actor actor, Meeting meeting) {
  Seen out{.join = context_.access.may(actor, Action::meeting_join, object_of(meeting)).allowed};
  out.host = CO_TRY(co_await is_host(actor, meeting));
  for (const auto& one : breakouts_.participants(meeting.id)) {
    if (one.permission.hidden) continue;
    ++out.participants;
    if (!out.started_at_ms || one.joined_at_ms < out.started_at_ms) out.started_at_ms = one.joined_at_ms;
  }
  out.meeting = std::move(meeting);
  co_return out;
}

Task<Result<std::vector<Meetings::Seen>>> Meetings::list(Actor actor, SpaceId space) {
  CO_TRY(context_.access.require(actor, Action::meeting_join, Object::of_space(space)));
  auto found = CO_TRY(co_await context_.database.read(
      [space](store::Reader& reader) { return meeting_store::list(reader, space); }));
  std::vector<Seen> out;
  for (auto& meeting : found) out.push_back(CO_TRY(co_await seen(actor, std::move(meeting))));
  co_return out;
}

Task<Result<void>> Meetings::check_origin(Actor actor, const Meeting& meeting) {
  const std::string &kind = meeting.origin_kind, &id = meeting.origin_id;
  if (id.empty() || id.size() > max_origin_bytes || !utf8::valid(id))
    co_return fail(meeting_reasons::origin, "id");
  if (kind == "space" && id == meeting.space.text()) co_return Result<void>();
  if (kind == "room" && id.starts_with('!')) co_return Result<void>();
  auto document = kind == "document" && documents_ ? DocumentId::parse(id) : std::nullopt;
  if (!document) co_return fail(meeting_reasons::origin, kind);
  auto record = CO_TRY(co_await documents_->find(*document));
  CO_TRY(
      context_.access.require(actor, Action::document_read, Object::of_space(record.space, record.author)));
  if (record.space != meeting.space) co_return fail(meeting_reasons::origin, "another space's document");
  co_return Result<void>();
}

Task<Result<Meetings::Seen>> Meetings::open(Actor actor, SpaceId space, Origin origin, std::string name,
                                            bool* made) {
  auto rule = CO_TRY(context_.access.require(actor, Action::meeting_join, Object::of_space(space)));
  if (origin.kind.empty()) origin = {"space", space.text()};
  const Space* of = context_.spaces.find(space);
  if (name.empty() && of) name = of->name;
  if (name.size() > max_name_bytes || !utf8::valid(name)) co_return fail(meeting_reasons::name);
  Meeting meeting{.id = context_.env.new_id<MeetingId>(),
                  .space = space,
                  .origin_kind = origin.kind,
                  .origin_id = origin.id,
                  .name = std::move(name),
                  .guest_key = {},
                  .document_id = {},
                  .created_by = actor.person,
                  .created_at = context_.env.clock.now()};
  CO_TRY(co_await check_origin(actor, meeting));
  auto known = CO_TRY(co_await context_.database.read(
      [meeting](store::Reader& reader) { return meeting_store::by_origin(reader, meeting); }));
  if (known) co_return co_await seen(actor, std::move(*known));
  rule = CO_TRY(context_.access.require(actor, Action::meeting_open, Object::of_space(space)));
  auto kept = CO_TRY(co_await context_.database.write(
      [meeting, rule = rule->id](store::Transaction& transaction) -> Result<Meeting> {
        if (TRY(meeting_store::count(transaction, meeting.space)) >= max_per_space)
          return fail(meeting_reasons::too_many);
        if (TRY(meeting_store::insert(transaction, meeting))) {
          TRY(transaction.publish({.kind = "meeting.created",
                                   .actor = meeting.created_by.text(),
                                   .space = meeting.space.text(),
                                   .subject = meeting.id.text(),
                                   .payload = "",
                                   .rule = rule}));
        }
        return *TRY(meeting_store::by_origin(transaction, meeting));
      }));
  *made = kept.id == meeting.id;
  co_return co_await seen(actor, std::move(kept));
}

Task<Result<Meetings::Seen>> Meetings::find(Actor actor, std::string id) {
  auto meeting = CO_TRY(co_await readable(actor, std::move(id)));
  co_return co_await seen(actor, std::move(meeting));
}

Task<Result<void>> Meetings::save(Meeting meeting, Actor actor, std::string kind) {
  co_return co_await context_.database.write(
      [meeting, actor, kind](store::Transaction& transaction) -> Result<void> {
        TRY(meeting_store::update(transaction, meeting));
        TRY(transaction.publish({.kind = kind,
                                 .actor = actor.person.text(),
                                 .space = meeting.space.text(),
                                 .subject = meeting.id.text(),
                                 .payload = "",
                                 .rule = "host"}));
        return {};
      });
}

Task<Result<Meetings::Seen>> Meetings::change(Actor actor, std::string id, Change change) {
  auto meeting = CO_TRY(co_await hosted(actor, std::move(id)));
  if (change.name) {
    if (change.name->empty() || change.name->size() > max_name_bytes || !utf8::valid(*change.name))
      co_return fail(meeting_reasons::name);
    meeting.name = *change.name;
  }
  if (change.lobby) meeting.lobby = *change.lobby;
  if (change.locked) meeting.locked = *change.locked;
  bool guest_chat_before = meeting.guest_chat;
  if (change.guest_chat) meeting.guest_chat = *change.guest_chat;
  if (change.guests && !*change.guests) meeting.guest_key.clear();
  if ((change.guests.value_or(false) && meeting.guest_key.empty()) ||
      (change.new_guest_link && !meeting.guest_key.empty()))
    meeting.guest_key = new_secret(context_.env.random);
  CO_TRY(co_await save(meeting, actor, "meeting.changed"));
  tell_state(meeting);
  CO_TRY(co_await follow_guest_chat(meeting, guest_chat_before));
  co_return co_await seen(actor, std::move(meeting));
}

/// To those who are there. What automation keeps in the room's metadata stays.
void Meetings::tell_state(const Meeting& meeting) {
  auto own = breakouts_.rooms_of(meeting.id);
  for (const auto& room : server_->rooms()) {
    if (std::ranges::find(own, room.name) == own.end()) continue;
    auto of_automation = room_messages::automation_metadata(room.metadata);
    (void)server_->set_room_metadata(room.name, room_messages::room_metadata(meeting.locked, of_automation));
  }
}

Task<Result<std::string>> Meetings::notes(Actor actor, std::string id, std::string title) {
  auto meeting = CO_TRY(co_await readable(actor, std::move(id)));
  if (auto kept = DocumentId::parse(meeting.document_id); kept && documents_) {
    auto document = co_await documents_->find(*kept);
    if (document && !document->deleted_at) co_return meeting.document_id;
  }
  if (!documents_) co_return fail(reasons::not_found, "documents");
  auto made = CO_TRY(co_await documents_->create(
      actor, {.space = meeting.space, .parent = {}, .title = std::move(title), .template_id = "minutes"}));
  meeting.document_id = made.id.text();
  CO_TRY(co_await save(meeting, actor, "meeting.changed"));
  co_return meeting.document_id;
}

Task<Result<std::string>> Meetings::add_to_notes(Actor actor, std::string id, std::string title,
                                                 Passage passage) {
  auto document = CO_TRY(co_await notes(actor, std::move(id), std::move(title)));
  auto parsed = DocumentId::parse(document);
  if (!parsed) co_return fail(reasons::not_found, "document");
  CO_TRY(co_await documents_->append(actor, *parsed, std::move(passage)));
  co_return document;
}

Meetings::Entry Meetings::entry_of(livekit::Grant grant, std::string_view address) const {
  Entry out;
  auto meeting = meeting_of_room(grant.room);
  out.reception =
      reception(grant.identity, address, exempt(grant.identity), urgent_until(meeting, grant.identity));
  out.images_needed = out.reception.exempt || (meeting && images_needed(*meeting));
  out.token = token_for(grant);
  out.host = grant.permission.room_admin;
  if (meeting && !person_of(grant.identity)) out.chat_key = chat_key_of(meeting->text(), grant.identity);
  out.grant = std::move(grant);
  return out;
}

bool Meetings::belongs_inside(MeetingId meeting, const std::string& identity) const {
  if (breakouts_.room_of(meeting, identity) || continuity_.awaits(meeting, identity)) return true;
  auto live = live_.find(meeting);
  if (live == live_.end()) return false;
  auto cut_off = live->second.cut_off.find(identity);
  return cut_off != live->second.cut_off.end() && context_.env.loop.now() - cut_off->second < cut_off_for_us;
}

Task<Result<livekit::Grant>> Meetings::grant_for(Actor actor, Meeting meeting) {
  std::string identity = identity_of(actor.person);
  bool barred = CO_TRY(co_await context_.database.read([id = meeting.id, identity](store::Reader& reader) {
    return meeting_store::has_mark(reader, id, identity, meeting_store::Mark::barred);
  }));
  if (barred) co_return fail(meeting_reasons::barred);
  bool host = CO_TRY(co_await is_host(actor, meeting));
  if (meeting.locked && !host && !belongs_inside(meeting.id, identity))
    co_return fail(meeting_reasons::locked);
  const Person* person = context_.people.find(actor.person);
  if (!person) co_return fail(reasons::not_found, "person");
  const Administration* administration = context_.people.administration(person->administration);
  co_return bounded(
      {.room = room_name(meeting.id, breakouts_.place_of(meeting.id, identity)),
       .identity = identity,
       .name = person->display_name,
       .metadata = metadata_of(true, host, administration ? administration->short_name : ""),
       .attributes = {},
       .permission = {.update_own_attributes = true, .room_admin = host, .publish_sources = {}}});
}

Task<Result<Meetings::Entry>> Meetings::join(Actor actor, std::string id, std::string address) {
  auto meeting = CO_TRY(co_await readable(actor, std::move(id)));
  co_return entry_of(CO_TRY(co_await grant_for(actor, std::move(meeting))), address);
}

livekit::Grant Meetings::guest_grant(const Meeting& meeting, const std::string& identity,
                                     const std::string& name) const {
  return {.room = room_name(meeting.id, breakouts_.place_of(meeting.id, identity)),
          .identity = identity,
          .name = name,
          .metadata = metadata_of(false, false, ""),
          .attributes = {},
          .permission = {.update_own_attributes = true, .publish_sources = {}}};
}

Task<Result<Meetings::GuestView>> Meetings::guest_view(std::string id, std::string key) {
  auto meeting = co_await load(std::move(id));
  if (!meeting || meeting->guest_key.empty() || !equal_secret(as_bytes(meeting->guest_key), as_bytes(key)))
    co_return fail(meeting_reasons::guest_link);
  bool live = !breakouts_.participants(meeting->id).empty();
  co_return GuestView{std::move(*meeting), live};
}

Task<Result<Meetings::Entry>> Meetings::guest_join(std::string id, std::string key, Guest guest) {
  auto view = CO_TRY(co_await guest_view(std::move(id), std::move(key)));
  auto shown = std::string(utf8::trim(guest.name));
  if (shown.empty() || shown.size() > max_guest_name_bytes || !utf8::valid(shown))
    co_return fail(meeting_reasons::guest_name);
  if (view.meeting.locked) co_return fail(meeting_reasons::locked);
  std::string identity = "g:" + new_secret(context_.env.random).substr(0, 16);
  if (guest.needs_images) exempt_guest(identity, view.meeting.id);
  // Where a guest was excluded, all guests wait: a name and a link are quickly had again.
  auto excluded = CO_TRY(co_await context_.database.read([id = view.meeting.id](store::Reader& reader) {
    return meeting_store::marked(reader, id, meeting_store::Mark::barred);
  }));
  bool careful = std::ranges::any_of(excluded, [](const auto& one) { return !person_of(one.identity); });
  if (!view.meeting.lobby && !careful)
    co_return entry_of(guest_grant(view.meeting, identity, shown), guest.address);
  Entry out;
  out.ticket = CO_TRY(waiting_.enter(view.meeting.id, shown, identity));
  tell_hosts_who_waits(view.meeting.id);
  co_return out;
}

Task<Result<Meetings::Entry>> Meetings::guest_ask(std::string id, std::string ticket, std::string address) {
  auto meeting = CO_TRY(co_await load(std::move(id)));
  auto guest = CO_TRY(waiting_.ask(meeting.id, ticket));
  if (meeting.guest_key.empty()) co_return fail(meeting_reasons::guest_link);
  if (guest.verdict == WaitingRoom::Verdict::admitted)
    co_return entry_of(guest_grant(meeting, guest.identity, guest.name), address);
  Entry out;
  out.ticket = ticket;
  co_return out;
}

Task<Result<std::vector<WaitingRoom::Guest>>> Meetings::waiting(Actor actor, std::string id) {
  auto meeting = CO_TRY(co_await hosted(actor, std::move(id)));
  co_return waiting_.waiting(meeting.id);
}

Task<Result<void>> Meetings::decide(Actor actor, std::string id, std::string ticket, bool admit) {
  auto meeting = CO_TRY(co_await hosted(actor, std::move(id)));
  if (!waiting_.decide(meeting.id, ticket, admit)) co_return fail(reasons::not_found, "ticket");
  tell_hosts_who_waits(meeting.id);
  co_return Result<void>();
}

void Meetings::tell_hosts_who_waits(MeetingId meeting) {
  std::vector<std::string> hosts;
  for (const auto& one : breakouts_.participants(meeting)) {
    if (one.permission.room_admin) hosts.push_back(one.identity);
  }
  if (hosts.empty()) return;
  std::string text;
  json::Writer(text)
      .begin_object()
      .field("waiting", static_cast<int64_t>(waiting_.waiting(meeting).size()))
      .end_object();
  breakouts_.send(meeting, "parvis.lobby", text, hosts);
}

Task<Result<std::vector<Attendance>>> Meetings::attendance(Actor actor, std::string id) {
  auto meeting = CO_TRY(co_await hosted(actor, std::move(id)));
  co_return co_await context_.database.read(
      [id = meeting.id](store::Reader& reader) { return meeting_store::attendance(reader, id); });
}

Task<Result<livekit::Grant>> Meetings::admit(std::string token, std::string address) {
  auto issuer = CO_TRY(token_issuer_of(token));
  if (automation_ && issuer != token_issuer) co_return co_await automation_->admit(std::move(token));
  auto read = CO_TRY(read_access_token(token, secret_, context_.env.clock.now()));
  auto& grant = read.grant;
  if (grant.room.starts_with(check_prefix)) co_return std::move(grant);
  auto of = meeting_of_room(grant.room);
  auto meeting = CO_TRY(co_await load(of ? of->text() : ""));
  if (auto person = person_of(grant.identity)) {
    CO_TRY(context_.access.require({*person, false}, Action::meeting_join, object_of(meeting)));
    grant = CO_TRY(co_await grant_for({*person, false}, meeting));
  } else {
    bool barred = CO_TRY(
        co_await context_.database.read([id = meeting.id, identity = grant.identity](store::Reader& reader) {
          return meeting_store::has_mark(reader, id, identity, meeting_store::Mark::barred);
        }));
    if (barred) co_return fail(meeting_reasons::barred);
    if (is_bot(grant.identity)) {
      if (!automation_ || !automation_->may_stay(grant.identity, meeting.space))
        co_return fail(meeting_reasons::token, "key");
    } else if (meeting.guest_key.empty()) {
      co_return fail(meeting_reasons::guest_link);
    }
  }
  grant.room = room_name(meeting.id, breakouts_.place_of(meeting.id, grant.identity));
  follow(meeting);
  if (read.needs_images) exempt_guest(grant.identity, meeting.id);
  auto& live = live_[meeting.id];
  live.guest_salon = meeting.guest_chat ? salon_of(meeting) : "";
  auto fresh =
      reception(grant.identity, address, exempt(grant.identity), urgent_until(meeting.id, grant.identity));
  // Whoever comes back by another network keeps what they chose.
  if (auto known = live.receptions.find(grant.identity); known != live.receptions.end()) {
    known->second.network = fresh.network;
    review_receptions(meeting.id, live);
  } else {
    live.receptions[grant.identity] = std::move(fresh);
  }
  co_return bounded(std::move(grant));
}

void Meetings::seat(livekit::Grant& grant) {
  auto meeting = meeting_of_room(grant.room);
  if (!meeting) return;
  grant.room = room_name(*meeting, breakouts_.place_of(*meeting, grant.identity));
  auto elsewhere = breakouts_.room_of(*meeting, grant.identity);
  if (elsewhere && *elsewhere != grant.room) (void)server_->remove_participant(*elsewhere, grant.identity);
}

Task<Result<Standing>> Meetings::standing(Actor actor, std::string id) {
  Standing out{
      .meeting = CO_TRY(co_await readable(actor, std::move(id))), .actor = actor, .identity = {}, .name = {}};
  const Person* person = context_.people.find(actor.person);
  if (!person) co_return fail(reasons::not_found, "person");
  out.identity = identity_of(actor.person);
  out.name = person->display_name;
  out.verified = true;
  out.host = CO_TRY(co_await is_host(actor, out.meeting));
  out.present = breakouts_.room_of(out.meeting.id, out.identity).has_value();
  co_return out;
}

Task<Result<Standing>> Meetings::guest_standing(std::string id, std::string token) {
  auto grant = CO_TRY(read_access_token(token, secret_, context_.env.clock.now(), TokenAge::any)).grant;
  auto of = meeting_of_room(grant.room);
  if (!of || of->text() != id || person_of(grant.identity)) co_return fail(meeting_reasons::token, "room");
  auto meeting = CO_TRY(co_await load(std::move(id)));
  auto room = breakouts_.room_of(meeting.id, grant.identity);
  if (!room) co_return fail(meeting_reasons::token, "not there");
  co_return Standing{.meeting = std::move(meeting),
                     .actor = {},
                     .identity = grant.identity,
                     .name = grant.name,
                     .present = true};
}

std::string Meetings::room_of(MeetingId meeting, const std::string& identity) const {
  return breakouts_.room_of(meeting, identity).value_or(room_name(meeting, 0));
}

void Meetings::send_away(MeetingId meeting, const std::string& identity) {
  breakouts_.forget(meeting, identity);
  if (auto live = live_.find(meeting); live != live_.end()) live->second.cut_off.erase(identity);
  (void)server_->remove_participant(room_of(meeting, identity), identity);
}

void Meetings::review_space(SpaceId space) {
  for (const auto& [meeting, live] : live_) {
    if (live.space != space) continue;
    for (const auto& one : breakouts_.participants(meeting)) {
      auto person = person_of(one.identity);
      if (person &&
          !context_.access.may({*person, false}, Action::meeting_join, Object::of_space(space)).allowed)
        send_away(meeting, one.identity);
    }
  }
  review_bots();
}

void Meetings::review_bots() {
  if (!automation_ || !server_) return;
  for (const auto& [meeting, live] : live_) {
    for (const auto& one : breakouts_.participants(meeting)) {
      if (is_bot(one.identity) && !automation_->may_stay(one.identity, live.space))
        send_away(meeting, one.identity);
    }
  }
}

void Meetings::review_person(PersonId person) {
  std::vector<MeetingId> meetings;
  for (const auto& [meeting, live] : live_) {
    if (!context_.access.may({person, false}, Action::meeting_join, Object::of_space(live.space)).allowed)
      meetings.push_back(meeting);
  }
  for (const auto& meeting : meetings) send_away(meeting, identity_of(person));
  review_bots();
}

}  // namespace parvis
