#include "module/documents/relay.h"

#include <algorithm>

#include "engine/crdt/hocuspocus.h"
#include "engine/crdt/sync_protocol.h"
#include "engine/crdt/update.h"
#include "module/documents/document_store.h"
#include "module/documents/reasons.h"
#include "platform/log.h"

namespace parvis {
namespace {

constexpr int64_t sweep_every_us = seconds_us(10);
constexpr uint16_t forbidden_close = 4403;

http::SharedBytes shared(const Bytes& bytes) { return std::make_shared<const std::string>(as_text(bytes)); }

/// One message, framed once for each form of address.
class Framed {
 public:
  explicit Framed(const Told& told) : told_(told) {}
  const http::SharedBytes& of(const Seat& seat) {
    if (!seat.hocuspocus) {
      if (!plain_) {
        plain_ = shared(told_.awareness ? crdt::encode_awareness_message(*told_.content)
                                        : crdt::encode_sync_message(crdt::SyncStep::update, *told_.content));
      }
      return plain_;
    }
    auto found = std::ranges::find(addressed_, seat.address, &Addressed::address);
    if (found != addressed_.end()) return found->bytes;
    auto bytes = told_.awareness
                     ? crdt::hocuspocus_awareness(seat.address, *told_.content)
                     : crdt::hocuspocus_sync(seat.address, crdt::SyncStep::update, *told_.content);
    return addressed_.emplace_back(seat.address, shared(std::move(bytes))).bytes;
  }
  const Seat* from() const { return told_.from; }

 private:
  struct Addressed {
    std::string_view address;
    http::SharedBytes bytes;
  };
  const Told& told_;
  http::SharedBytes plain_;
  std::vector<Addressed> addressed_;
};

void tell_all(LiveDocument& live, std::span<const Told> told) {
  std::vector<Framed> messages(told.begin(), told.end());
  auto seats = live.seats;  // a socket that overflows leaves
  for (auto& seat : seats) {
    if (!seat->socket) continue;
    seat->socket->cork();
    for (auto& message : messages)
      if (message.from() != seat.get()) seat->socket->send(message.of(*seat), true);
    seat->socket->uncork();
  }
}

/// The state with the name and id of who is signed in; a client may not pass for somebody else, so one that
/// cannot be read here is refused.
Result<std::string> bound_state(std::string_view state, const Person& person) {
  auto parsed = TRY(json::parse(state, {.max_bytes = Relay::max_awareness_bytes, .max_depth = 32}));
  if (!parsed.is_object()) return std::string(state);
  auto& object = parsed.as_object();
  json::Object user;
  if (auto* given = object.if_contains("user"); given && given->is_object()) user = given->as_object();
  user["name"] = person.display_name;
  user["id"] = person.id.text();
  object["user"] = std::move(user);
  std::string out;
  json::Writer(out).value(parsed);
  return out;
}

}  // namespace

Relay::Relay(Context& context)
    : context_(context), sweeping_(context.env.loop, sweep_every_us, [this] { sweep(); }) {
  auto& events = context.events;
  events.membership.listen([this](const MembershipChanged& changed) {
    decide_again([&](const Seat& seat, const LiveDocument&) { return seat.person == changed.person; });
  });
  events.space.listen([this](const SpaceChanged& changed) {
    decide_again([&](const Seat&, const LiveDocument& live) { return live.record.space == changed.space; });
  });
  events.person.listen([this](const PersonChanged& changed) {
    decide_again([&](const Seat& seat, const LiveDocument&) { return seat.person == changed.person; });
  });
  events.session_ended.listen([this](const SessionEnded& ended) {
    for (auto& [id, live] : documents_) {
      auto seats = live->seats;
      for (auto& seat : seats)
        if (seat->session == ended.session) refuse(*live, seat, reasons::unauthenticated);
    }
  });
}

Result<void> Relay::join(LiveDocument& live, const std::shared_ptr<Seat>& seat) {
  if (live.broken) return fail(reasons::unavailable, "document must be opened again", 1000);
  Actor actor{seat->person, false};
  auto object = Object::of_space(live.record.space, live.record.author);
  TRY(context_.access.require(actor, Action::document_read, object));
  auto mine = std::ranges::count_if(live.seats, [&](auto& one) { return one->person == seat->person; });
  if (live.seats.size() >= max_seats || static_cast<size_t>(mine) >= max_seats_per_person)
    return fail(document_reasons::crowded);
  seat->may_write = context_.access.may(actor, Action::document_write, object).allowed;
  fill_rate(*seat);
  live.seats.push_back(seat);
  return {};
}

void Relay::leave(LiveDocument& live, const std::shared_ptr<Seat>& seat) {
  seat->socket = nullptr;
  if (std::erase(live.seats, seat) == 0) return;
  auto gone = live.awareness.remove(seat->clients);
  if (!gone.empty())
    tell(live, {.awareness = true, .content = std::make_shared<const Bytes>(std::move(gone))});
  if (live.seats.empty()) live.writers.clear();
  live.idle_since = context_.env.loop.now();
}

void Relay::fill_rate(Seat& seat) {
  seat.tokens = message_burst;
  seat.tokens_at = context_.env.loop.now();
}

Result<void> Relay::take_rate(Seat& seat) {
  Monotonic now = context_.env.loop.now();
  double gained = static_cast<double>(now - seat.tokens_at) * messages_per_second / 1e6;
  seat.tokens = std::min(message_burst, seat.tokens + gained);
  seat.tokens_at = now;
  if (seat.tokens < 1) return fail(document_reasons::flood, "", 1000);
  seat.tokens -= 1;
  return {};
}

void Relay::charge_answer(Seat& seat, size_t bytes) {
  double cost = static_cast<double>(bytes) / static_cast<double>(answer_bytes_per_token);
  seat.tokens -= std::min(cost, message_burst / 2);
}

Result<void> Relay::check(LiveDocument& live, PersonId author, bool may_write, ByteView update,
                          size_t max_bytes, Checked& out) {
  if (live.broken) return fail(reasons::unavailable, "document must be opened again", 1000);
  if (update.size() > max_bytes) return fail(reasons::too_large, "update");
  auto summary = TRY(crdt::summarize_update(update, crdt::Format::v1));
  if (summary.empty()) {
    out.nothing_new = true;
    return {};
  }
  if (!may_write) {
    out.nothing_new = TRY(live.doc.contains_update(update, crdt::Format::v1));
    if (out.nothing_new) return {};
    return fail(reasons::forbidden, "may not write");
  }
  // Deletions make a full document smaller.
  bool adds = !summary.clients.empty();
  if (adds && live.doc.memory() + update.size() > max_document_memory)
    return fail(document_reasons::too_large);
  // Two writers with one client number diverge silently: the first who writes with it keeps it.
  for (auto& client : summary.clients) {
    if (client.end_clock <= live.doc.clock(client.client)) continue;
    auto owner = live.writers.find(client.client);
    if (owner != live.writers.end() && owner->second != author) return fail(document_reasons::client_taken);
    // An update of several clients is a merge of what its sender learned; it says nothing of who writes.
    if (summary.clients.size() == 1) out.writer = client.client;
  }
  return {};
}

void Relay::receive(std::shared_ptr<LiveDocument> live, std::shared_ptr<Seat> from, PersonId author,
                    bool may_write, ByteView update, Done done, size_t max_bytes) {
  Checked found;
  auto checked = check(*live, author, may_write, update, max_bytes, found);
  if (!checked || (found.nothing_new && live->pending_writes == 0)) return done(std::move(checked));
  if (found.nothing_new) {
    // Known here is not yet kept: what it repeats may still be on its way to the disk.
    return keep(*live, {.author = author, .content = nullptr, .done = std::move(done)});
  }
  auto applied = live->doc.apply_update(update, crdt::Format::v1);
  // A deferred update was taken; anything else left the document as it was.
  if (!applied && !applied.error().is(crdt::reasons::deferred)) return done(std::move(applied));
  if (found.writer) live->writers.try_emplace(*found.writer, author);
  live->changed.notify_all();
  ++live->logged;
  live->logged_bytes += update.size();
  live->unindexed = true;
  auto content = std::make_shared<const Bytes>(update.begin(), update.end());
  live->beat.told.push_back({.from = from.get(), .content = content});
  auto now = context_.env.clock.now();
  keep(*live, {author, now, live->spells.since(author, now), content, std::move(done)});
  if (live->logged_bytes >= compact_open_from_bytes && !live->compacting) spawn(compact(std::move(live)));
}

void Relay::keep(LiveDocument& live, Unkept update) {
  ++live.pending_writes;
  if (update.content) live.beat.bytes += update.content->size();
  live.beat.unkept.push_back(std::move(update));
  beat(live);
}

void Relay::tell(LiveDocument& live, Told told) {
  live.beat.bytes += told.content->size();
  live.beat.told.push_back(std::move(told));
  beat(live);
}

/// The first thing said after a silence goes out at once; what follows within a beat goes out together: one
/// write per socket and one in the log, because a hundred people who type would cost a write for each of the
/// others, and a turn of the disk for each key.
void Relay::beat(LiveDocument& live) {
  auto& loop = context_.env.loop;
  Monotonic due = live.beaten_at + beat_us;
  bool full = std::max(live.beat.told.size(), live.beat.unkept.size()) >= max_beat_updates ||
              live.beat.bytes >= max_beat_bytes;
  if (full || due <= loop.now()) return end_beat(live);
  if (std::exchange(live.beat_is_due, true)) return;
  loop.call_at(due, [this, weak = live.weak_from_this()] {
    auto found = weak.lock();
    if (!found) return;
    found->beat_is_due = false;
    end_beat(*found);
  });
}

void Relay::end_beat(LiveDocument& live) {
  live.beaten_at = context_.env.loop.now();
  auto beat = std::exchange(live.beat, {});
  if (!beat.told.empty()) tell_all(live, beat.told);
  if (beat.unkept.empty()) return;
  std::vector<document_store::Update> updates;
  for (auto& one : beat.unkept)
    if (one.content) updates.push_back({one.author, one.at, one.writing_since, one.content});
  context_.database.submit_write(
      [id = live.record.id, updates = std::move(updates)](store::Transaction& transaction) {
        return document_store::append(transaction, id, updates);
      },
      [this, held = live.shared_from_this(), updates = std::move(beat.unkept)](Result<void> outcome) mutable {
        written(held, std::move(updates), std::move(outcome));
      });
}

Task<Result<void>> Relay::receive_and_wait(std::shared_ptr<LiveDocument> live, PersonId author,
                                           bool may_write, Bytes update, size_t max_bytes) {
  struct Outcome {
    std::optional<Result<void>> result;
    Signal arrived;
  };
  auto outcome = std::make_shared<Outcome>();
  receive(
      std::move(live), nullptr, author, may_write, update,
      [outcome](Result<void> result) {
        outcome->result = std::move(result);
        outcome->arrived.notify_all();
      },
      max_bytes);
  while (!outcome->result) (void)co_await outcome->arrived.wait(context_.env.loop);
  co_return std::move(*outcome->result);
}

void Relay::written(const std::shared_ptr<LiveDocument>& live, std::vector<Unkept> updates,
                    Result<void> outcome) {
  live->pending_writes -= updates.size();
  if (outcome && live->broken) outcome = fail(reasons::unavailable, "an earlier update was not kept", 1000);
  for (auto& update : updates) update.done(outcome);
  if (outcome || live->broken) return;
  // Memory is ahead of the log: whoever is here must open the stored document and send again what it lacks.
  const Reason& why = *outcome.error().reason;
  log_event(Level::error, "documents.append_failed",
            {{"document", live->record.id.text()}, {"reason", why.id}});
  live->broken = true;
  auto found = documents_.find(live->record.id);
  if (found != documents_.end() && found->second == live) documents_.erase(found);
  auto seats = live->seats;
  for (auto& seat : seats) refuse(*live, seat, why);
}

Result<void> Relay::receive_awareness(LiveDocument& live, Seat& from, ByteView update) {
  const Person* person = context_.people.find(from.person);
  if (!person) return fail(reasons::forbidden, "person");
  if (update.size() > max_awareness_bytes) return fail(reasons::too_large, "awareness");
  auto entries = TRY(crdt::decode_awareness(update));
  std::vector<std::string> states;
  std::vector<crdt::AwarenessEntry> mine;
  states.reserve(entries.size());
  for (auto& entry : entries) {
    bool known = std::ranges::find(from.clients, entry.client) != from.clients.end();
    if (!known) {
      // Providers repeat what they heard of others: not theirs to say.
      bool taken = std::ranges::any_of(live.seats, [&](auto& seat) {
        return std::ranges::find(seat->clients, entry.client) != seat->clients.end();
      });
      if (taken || entry.state == "null" || from.clients.size() >= max_seats_per_person) continue;
      auto writer = live.writers.find(entry.client);
      if (writer != live.writers.end() && writer->second != from.person) continue;
      from.clients.push_back(entry.client);
    }
    states.push_back(entry.state == "null" ? "null" : TRY(bound_state(entry.state, *person)));
    mine.push_back({entry.client, entry.clock, states.back()});
  }
  if (mine.empty()) return {};
  auto bound = crdt::encode_awareness(mine);
  auto changes = TRY(live.awareness.apply(bound));
  tell(live, {.awareness = true, .content = std::make_shared<const Bytes>(std::move(bound))});
  return {};
}

void Relay::refuse(LiveDocument& live, const std::shared_ptr<Seat>& seat, const Reason& reason) {
  auto* socket = seat->socket;
  leave(live, seat);
  if (!socket) return;
  if (seat->hocuspocus) {
    socket->send(shared(crdt::hocuspocus_denied(seat->address, reason.id)), true);
    socket->send(shared(crdt::hocuspocus_close(seat->address, reason.id)), true);
  } else {
    socket->send(shared(crdt::encode_permission_denied(reason.id)), true);
    socket->close(forbidden_close, reason.id);
  }
}

void Relay::decide_again(const std::function<bool(const Seat&, const LiveDocument&)>& concerned) {
  for (auto& [id, live] : documents_) {
    auto object = Object::of_space(live->record.space, live->record.author);
    auto seats = live->seats;
    for (auto& seat : seats) {
      if (!concerned(*seat, *live)) continue;
      Actor actor{seat->person, false};
      auto read = context_.access.may(actor, Action::document_read, object);
      if (!read.allowed) {
        refuse(*live, seat, *read.error().reason);
        continue;
      }
      bool may_write = context_.access.may(actor, Action::document_write, object).allowed;
      if (may_write == seat->may_write) continue;
      seat->may_write = may_write;
      if (seat->hocuspocus && seat->socket)
        seat->socket->send(shared(crdt::hocuspocus_authenticated(seat->address, !may_write)), true);
    }
  }
}

void Relay::close(DocumentId id, const Reason& reason) {
  auto found = documents_.find(id);
  if (found == documents_.end()) return;
  auto live = found->second;
  documents_.erase(found);
  live->broken = true;
  auto seats = live->seats;
  for (auto& seat : seats) refuse(*live, seat, reason);
  live->changed.notify_all();
}

void Relay::release_waiting() {
  stopping_ = true;
  for (auto& [id, live] : documents_) {
    for (auto& seat : live->seats)
      if (seat->socket) seat->socket->close(1001, "going away");
    live->changed.notify_all();
  }
}

}  // namespace parvis
