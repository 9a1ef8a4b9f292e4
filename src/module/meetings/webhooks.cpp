#include "module/meetings/webhooks.h"

#include "core/secret.h"
#include "livekit_webhook.pb.h"
#include "module/meetings/automation.h"
#include "platform/log.h"

namespace parvis {
namespace {

constexpr std::string_view job_kind = "meetings.webhook";
constexpr size_t id_characters = 26;  // of a meeting, with which its rooms' names begin
constexpr int64_t enough_time_us = 2 * Outgoing::patience_us;

/// A reply after which another attempt may go better.
bool worth_another(int status) { return status >= 500 || status == 408 || status == 425 || status == 429; }
bool taken(int status) { return status >= 200 && status < 300; }

bool reaches(const MeetingKey& key, const Meeting& meeting) {
  return key.space.empty() || key.space == meeting.space;
}

}  // namespace

Webhooks::Webhooks(Context& context, MeetingKeys& keys, Outgoing outgoing)
    : context_(context), keys_(keys), outgoing_(std::move(outgoing)) {
  context.jobs.handle({.name = std::string(job_kind),
                       .run = [this](store::Job job) { return run(std::move(job)); },
                       .concurrency = 4,
                       .deadline_ms = 180'000,
                       .max_attempts = 1'000});
  keys_.use_url_check([this](const std::string& url) -> Result<void> {
    TRY(outgoing_.check(url));
    return {};
  });
}

Task<Result<void>> Webhooks::start() {
  last_position_ = CO_TRY(co_await context_.database.read(key_store::last_position));
  co_return Result<void>();
}

void Webhooks::on_room_started(const livekit::RoomDescription& room) {
  rooms_[room.name] = room;
  tell("room_started", room.name, nullptr, nullptr);
}
void Webhooks::on_room_finished(const livekit::RoomDescription& room) {
  tell("room_finished", room.name, nullptr, nullptr);
  rooms_.erase(room.name);
}
void Webhooks::on_participant_joined(const std::string& room, const Participant& who) {
  tell("participant_joined", room, &who, nullptr);
}
void Webhooks::on_participant_left(const std::string& room, const Participant& who, std::string_view) {
  tell("participant_left", room, &who, nullptr);
}
void Webhooks::on_participant_aborted(const std::string& room, const Participant& who, std::string_view) {
  tell("participant_connection_aborted", room, &who, nullptr);
}
void Webhooks::on_track_published(const std::string& room, const Participant& who, const Track& track) {
  tell("track_published", room, &who, &track);
}
void Webhooks::on_track_unpublished(const std::string& room, const Participant& who, const Track& track) {
  tell("track_unpublished", room, &who, &track);
}

void Webhooks::tell(const std::string& kind, const std::string& room, const Participant* who,
                    const Track* track) {
  std::vector<MeetingKey> concerned;
  for (const auto& [id, key] : keys_.all()) {
    if (!key.webhook_url.empty() && keys_.find(id)) concerned.push_back(key);
  }
  if (concerned.empty() || (who && who->permission.hidden)) return;
  auto event = std::make_shared<Event>();
  event->set_event(kind);
  event->set_id("EV_" + new_secret(context_.env.random).substr(0, 16));
  event->set_created_at(context_.env.clock.now().ms / 1000);
  auto known = rooms_.find(room);
  if (known != rooms_.end()) *event->mutable_room() = room_messages::room_info(known->second, room);
  if (who) *event->mutable_participant() = room_messages::participant_info(*who);
  if (track) *event->mutable_track() = room_messages::track_info(*track);
  auto first = last_position_ + 1;
  last_position_ += static_cast<int64_t>(concerned.size());
  spawn(keep(room, std::move(event), std::move(concerned), first));
}

/// Writes come one after the other: events are kept in the order in which they happened.
Task<void> Webhooks::keep(std::string room, std::shared_ptr<const Event> event, std::vector<MeetingKey> keys,
                          int64_t position) {
  auto* jobs = &context_.jobs;
  Instant now = context_.env.clock.now();
  auto kept = co_await context_.database.write([=](store::Transaction& transaction) -> Result<void> {
    auto id = MeetingId::parse(std::string_view(room).substr(0, id_characters));
    auto meeting = id ? TRY(meeting_store::find(transaction, *id)) : std::nullopt;
    if (!meeting) return {};
    int64_t at = position;
    for (const auto& key : keys) {
      if (!reaches(key, *meeting) || TRY(key_store::waiting(transaction, key.id)) >= max_waiting) continue;
      Event told = *event;
      told.mutable_room()->set_name(Automation::name_of(key, *meeting) + room.substr(id_characters));
      auto body = room_messages::render(room_messages::Format::json, told);
      TRY(key_store::append(transaction, key.id, room, {.position = at++, .body = body, .created_at = now}));
      std::string payload;
      json::Writer(payload).begin_object().field("key", key.id.text()).field("room", room).end_object();
      TRY(jobs->enqueue(transaction, job_kind, payload));
    }
    return {};
  });
  if (!kept) log_event(Level::warning, "webhook_not_kept", {{"reason", kept.error().reason->id}});
}

Task<Result<void>> Webhooks::run(store::Job job) {
  auto payload = CO_TRY(json::parse(job.payload));
  auto key = MeetingKeyId::parse(json::text(payload, "key").value_or(""));
  if (!key) co_return fail(reasons::malformed, "job");
  Place place{*key, std::string(json::text(payload, "room").value_or(""))};
  if (busy_.contains(place)) {
    again_.insert(place);
    co_return Result<void>();
  }
  // The job whose attempt failed comes back by itself, and then takes everything.
  if (job.attempt == 1 && pausing_.contains(place)) co_return Result<void>();
  busy_.insert(place);
  auto told = co_await deliver_all(place, Monotonic{job.deadline.us - enough_time_us});
  busy_.erase(place);
  if (told) {
    pausing_.erase(place);
  } else {
    pausing_.insert(place);
  }
  co_return told;
}

Task<Result<void>> Webhooks::deliver_all(Place place, Monotonic until) {
  for (;;) {
    again_.erase(place);
    auto next = CO_TRY(co_await context_.database.read(
        [place](store::Reader& reader) { return key_store::next(reader, place.first, place.second); }));
    if (next) {
      CO_TRY(co_await deliver(place, std::move(*next)));
    } else if (!again_.contains(place)) {
      co_return Result<void>();
    }
    if (context_.env.loop.now() > until) co_return fail(reasons::unavailable, "more to tell than time");
  }
}

Task<Result<void>> Webhooks::deliver(Place place, WebhookEvent event) {
  Instant now = context_.env.clock.now();
  const MeetingKey* key = keys_.find(place.first);
  Delivery delivery{.at = now, .status = 0, .failure = {}};
  bool later = false;
  bool wanted = key && !key->webhook_url.empty() && now.ms - event.created_at.ms < tell_within_ms;
  if (wanted) {
    Outgoing::Headers headers{{"Content-Type", "application/webhook+json"},
                              {"Authorization", authorization(place.first, event.body)}};
    auto status = co_await outgoing_.post(key->webhook_url, std::move(headers), event.body);
    if (status) {
      delivery.status = *status;
      later = worth_another(*status);
      if (!taken(*status)) delivery.failure = "refused";
    } else {
      delivery.failure = std::string(status.error().reason->id);
      later = !status.error().is(reasons::address_not_allowed);
    }
  }
  CO_TRY(co_await context_.database.write([position = event.position, place, delivery, wanted,
                                           later](store::Transaction& transaction) -> Result<void> {
    if (!later) TRY(key_store::drop(transaction, position));
    if (wanted) TRY(key_store::set_delivery(transaction, place.first, delivery));
    return {};
  }));
  if (wanted) keys_.delivered(place.first, delivery);
  if (later) co_return fail(reasons::no_reply, delivery.failure);
  co_return Result<void>();
}

std::string Webhooks::authorization(MeetingKeyId key, const std::string& body) const {
  Bytes hash;
  CHECK(from_hex(hash_secret(body), hash));
  int64_t now = context_.env.clock.now().ms / 1000;
  std::string claims;
  json::Writer(claims)
      .begin_object()
      .field("iss", key.text())
      .field("nbf", now - token_clock_skew_s)
      .field("exp", now + token_life_s)
      .field("sha256", to_base64(hash, Base64::standard_padded))
      .end_object();
  return sign_token(claims, keys_.secret_of(key));
}

}  // namespace parvis
