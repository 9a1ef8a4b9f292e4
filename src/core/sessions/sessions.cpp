#include "core/sessions/sessions.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "base/utf8.h"
#include "core/people/login_throttle.h"
#include "core/people/people.h"
#include "core/periodic.h"
#include "core/secret.h"
#include "core/sessions/reasons.h"
#include "core/sessions/sessions_store.h"
#include "platform/log.h"

namespace parvis {
namespace {

constexpr size_t max_token_bytes = 200;
constexpr size_t max_device_id_bytes = 255;
constexpr size_t max_device_name_bytes = 200;
constexpr int64_t flush_every_us = seconds_us(60);

std::string make_device_id(Random& random) {
  constexpr std::string_view letters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
  std::array<uint8_t, 10> bytes;
  random.fill(bytes);
  std::string out;
  for (uint8_t byte : bytes) out += letters[byte % letters.size()];
  return out;
}

Result<std::string> clean_device_name(std::string_view name) {
  name = utf8::trim(name);
  if (name.size() > max_device_name_bytes || !utf8::valid(name)) return fail(reasons::device_name_malformed);
  for (char c : name) {
    if (static_cast<uint8_t>(c) < 0x20) return fail(reasons::device_name_malformed);
  }
  return std::string(name);
}

class StoredSessions final : public Sessions {
 public:
  StoredSessions(Env& env, store::Database& database, Events& events, const People& people)
      : env_(env),
        database_(database),
        events_(events),
        people_(people),
        flushing_(env.loop, flush_every_us, [this] { spawn(flush()); }) {
    events_.person.listen([this](const PersonChanged& changed) { person_changed(changed.person); });
  }

  Task<Result<void>> load();

  Task<Result<Opened>> open(PersonId person, SessionKind kind, std::string device_id, std::string device_name,
                            std::string network) override;
  std::shared_ptr<const Session> by_token(std::string_view token) const override;
  std::vector<std::shared_ptr<const Session>> of(PersonId person) const override;
  Task<Result<void>> rename(SessionId session, std::string device_name) override;
  Task<Result<void>> end(SessionId session, PersonId actor) override;
  Task<Result<void>> end_all(PersonId person, SessionId except, PersonId actor) override;
  void seen(SessionId session, const std::string& network) override;
  Task<void> flush() override;
  size_t count() const override { return by_id_.size(); }

 private:
  struct Held {
    std::shared_ptr<Session> session;
    std::string token_hash;
  };
  void put(sessions_store::Row row);
  void forget(SessionId id);
  void person_changed(PersonId person);
  Task<Result<void>> remove_stored(std::vector<SessionId> ids, PersonId person, PersonId actor);
  bool expired(const Session& session) const;

  Env& env_;
  store::Database& database_;
  Events& events_;
  const People& people_;
  std::unordered_map<SessionId, Held> by_id_;
  std::unordered_map<std::string, SessionId> by_token_hash_;
  std::unordered_map<PersonId, std::vector<SessionId>> by_person_;
  std::unordered_set<SessionId> unsaved_;
  Periodic flushing_;
};

Task<Result<void>> StoredSessions::load() {
  auto rows =
      CO_TRY(co_await database_.read([](store::Reader& reader) { return sessions_store::load(reader); }));
  for (auto& row : rows) put(std::move(row));
  co_return Result<void>();
}

void StoredSessions::put(sessions_store::Row row) {
  SessionId id = row.session.id;
  by_token_hash_[row.token_hash] = id;
  by_person_[row.session.person].push_back(id);
  by_id_[id] = {std::make_shared<Session>(std::move(row.session)), std::move(row.token_hash)};
}

/// Out of memory at once; every listener closes what the session held open.
void StoredSessions::forget(SessionId id) {
  auto found = by_id_.find(id);
  if (found == by_id_.end()) return;
  auto session = found->second.session;
  by_token_hash_.erase(found->second.token_hash);
  by_id_.erase(found);
  unsaved_.erase(id);
  auto& siblings = by_person_[session->person];
  std::erase(siblings, id);
  if (siblings.empty()) by_person_.erase(session->person);
  events_.session_ended.tell({id, session->person, session->device_id});
}

bool StoredSessions::expired(const Session& session) const {
  int64_t idle_ms = session.kind == SessionKind::web ? web_idle_ms : client_idle_ms;
  return env_.clock.now() - session.last_seen_at > idle_ms;
}

Task<Result<Sessions::Opened>> StoredSessions::open(PersonId person, SessionKind kind, std::string device_id,
                                                    std::string device_name, std::string network) {
  if (device_id.size() > max_device_id_bytes || !utf8::valid(device_id)) {
    co_return fail(reasons::malformed, "device id");
  }
  sessions_store::Row row;
  Session& session = row.session;
  session.id = env_.new_id<SessionId>();
  session.person = person;
  session.kind = kind;
  session.device_id = device_id.empty() ? make_device_id(env_.random) : std::move(device_id);
  session.device_name = CO_TRY(clean_device_name(device_name));
  session.created_at = session.last_seen_at = env_.clock.now();
  session.last_network = network_prefix(network);
  if (kind == SessionKind::web) session.csrf = new_secret(env_.random);
  std::string token = new_secret(env_.random);
  row.token_hash = hash_secret(token);

  std::vector<SessionId> replaced;
  std::vector<std::shared_ptr<const Session>> siblings = of(person);
  for (auto& sibling : siblings) {
    if (sibling->device_id == session.device_id) replaced.push_back(sibling->id);
  }
  if (replaced.empty() && siblings.size() >= max_per_person) {
    auto oldest = std::ranges::min_element(siblings, {}, [](auto& one) { return one->last_seen_at; });
    replaced.push_back((*oldest)->id);
  }
  CO_TRY(co_await database_.write([row, replaced](store::Transaction& transaction) -> Result<int64_t> {
    for (SessionId id : replaced) TRY(sessions_store::remove(transaction, id));
    TRY(sessions_store::put(transaction, row));
    return transaction.publish({.kind = "session.opened",
                                .actor = row.session.person.text(),
                                .space = "",
                                .subject = row.session.id.text(),
                                .payload = "",
                                .rule = ""});
  }));
  for (SessionId id : replaced) forget(id);
  // Another sign-in of the same device may have been applied while this one was written.
  for (auto& sibling : of(person)) {
    if (sibling->device_id == row.session.device_id) forget(sibling->id);
  }
  SessionId id = row.session.id;
  put(std::move(row));
  co_return Opened{std::move(token), by_id_.at(id).session};
}

std::shared_ptr<const Session> StoredSessions::by_token(std::string_view token) const {
  if (token.empty() || token.size() > max_token_bytes) return nullptr;
  auto found = by_token_hash_.find(hash_secret(token));
  if (found == by_token_hash_.end()) return nullptr;
  const auto& session = by_id_.at(found->second).session;
  const Person* person = people_.find(session->person);
  if (!person || person->state != PersonState::active || expired(*session)) return nullptr;
  return session;
}

std::vector<std::shared_ptr<const Session>> StoredSessions::of(PersonId person) const {
  std::vector<std::shared_ptr<const Session>> out;
  auto found = by_person_.find(person);
  if (found == by_person_.end()) return out;
  for (SessionId id : found->second) out.push_back(by_id_.at(id).session);
  return out;
}

Task<Result<void>> StoredSessions::rename(SessionId id, std::string device_name) {
  if (!by_id_.contains(id)) co_return fail(reasons::not_found);
  std::string name = CO_TRY(clean_device_name(device_name));
  CO_TRY(co_await database_.write(
      [id, name](store::Transaction& transaction) { return sessions_store::rename(transaction, id, name); }));
  if (auto found = by_id_.find(id); found != by_id_.end()) found->second.session->device_name = name;
  co_return Result<void>();
}

Task<Result<void>> StoredSessions::remove_stored(std::vector<SessionId> ids, PersonId person,
                                                 PersonId actor) {
  co_return co_await database_.write([ids, person, actor](store::Transaction& transaction) -> Result<void> {
    for (SessionId id : ids) {
      TRY(sessions_store::remove(transaction, id));
      TRY(transaction.publish({.kind = "session.ended",
                               .actor = actor.empty() ? person.text() : actor.text(),
                               .space = "",
                               .subject = id.text(),
                               .payload = "",
                               .rule = ""}));
    }
    return {};
  });
}

Task<Result<void>> StoredSessions::end(SessionId id, PersonId actor) {
  auto found = by_id_.find(id);
  if (found == by_id_.end()) co_return fail(reasons::not_found);
  CO_TRY(co_await remove_stored({id}, found->second.session->person, actor));
  forget(id);
  co_return Result<void>();
}

Task<Result<void>> StoredSessions::end_all(PersonId person, SessionId except, PersonId actor) {
  std::vector<SessionId> ids;
  for (auto& session : of(person)) {
    if (session->id != except) ids.push_back(session->id);
  }
  if (ids.empty()) co_return Result<void>();
  CO_TRY(co_await remove_stored(ids, person, actor));
  for (SessionId id : ids) forget(id);
  co_return Result<void>();
}

/// A suspended person's doors close now; the rows follow (by_token() refuses them meanwhile, also after a
/// crash).
void StoredSessions::person_changed(PersonId person) {
  const Person* now = people_.find(person);
  if (now && now->state == PersonState::active) return;
  std::vector<SessionId> ids;
  for (auto& session : of(person)) ids.push_back(session->id);
  if (ids.empty()) return;
  for (SessionId id : ids) forget(id);
  spawn([](StoredSessions& self, std::vector<SessionId> gone, PersonId who) -> Task<void> {
    auto removed = co_await self.remove_stored(std::move(gone), who, {});
    if (!removed) log_event(Level::error, "sessions.remove_failed", {{"error", removed.error().reason->id}});
  }(*this, std::move(ids), person));
}

void StoredSessions::seen(SessionId id, const std::string& network) {
  auto found = by_id_.find(id);
  if (found == by_id_.end()) return;
  Session& session = *found->second.session;
  Instant now = env_.clock.now();
  constexpr int64_t resolution_ms = 60'000;
  if (now - session.last_seen_at < resolution_ms) return;
  session.last_seen_at = now;
  session.last_network = network_prefix(network);
  unsaved_.insert(id);
}

Task<void> StoredSessions::flush() {
  struct Seen {
    SessionId id;
    Instant at;
    std::string network;
  };
  std::vector<Seen> batch;
  for (SessionId id : unsaved_) {
    const Session& session = *by_id_.at(id).session;
    batch.push_back({id, session.last_seen_at, session.last_network});
  }
  unsaved_.clear();
  std::vector<SessionId> old;
  for (auto& [id, held] : by_id_) {
    if (expired(*held.session)) old.push_back(id);
  }
  for (SessionId id : old) forget(id);
  if (batch.empty() && old.empty()) co_return;
  auto written = co_await database_.write([batch, old](store::Transaction& transaction) -> Result<void> {
    for (auto& seen : batch) TRY(sessions_store::seen(transaction, seen.id, seen.at, seen.network));
    for (SessionId id : old) TRY(sessions_store::remove(transaction, id));
    return {};
  });
  // Losing a "last seen" is harmless; an expired session that stays stored is refused and tried again after a
  // restart.
  if (!written) log_event(Level::warning, "sessions.flush_failed", {{"error", written.error().reason->id}});
}

}  // namespace

Task<Result<std::unique_ptr<Sessions>>> load_sessions(Env& env, store::Database& database, Events& events,
                                                      const People& people) {
  auto sessions = std::make_unique<StoredSessions>(env, database, events, people);
  CO_TRY(co_await sessions->load());
  co_return std::unique_ptr<Sessions>(std::move(sessions));
}

}  // namespace parvis
