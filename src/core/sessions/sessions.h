#pragma once
// One list of sessions for every door: a browser (cookie), a Matrix client (bearer token), later WebDAV (app
// password). A session is a Matrix device. Tokens are stored hashed; memory answers each request. Loop thread
// only.
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/events.h"
#include "store/database.h"

namespace parvis {

enum class SessionKind : uint8_t { web, matrix, application };

struct Session {
  SessionId id;
  PersonId person;
  SessionKind kind = SessionKind::web;
  std::string device_id;    // Matrix device id, unique per person
  std::string device_name;  // "Firefox sur Windows", "nheko"
  Instant created_at, last_seen_at;
  std::string last_network;  // shortened: 10.1.2.0/24
  std::string csrf;          // web only
};

class Sessions {
 public:
  virtual ~Sessions() = default;
  struct Opened {
    std::string token;
    std::shared_ptr<const Session> session;
  };
  /// Same device_id for the same person replaces its token (Matrix login semantics). At most 50 per person:
  /// the oldest goes.
  virtual Task<Result<Opened>> open(PersonId person, SessionKind kind, std::string device_id,
                                    std::string device_name, std::string network) = 0;
  /// Null when unknown, ended, or its person is not active.
  virtual std::shared_ptr<const Session> by_token(std::string_view token) const = 0;
  virtual std::vector<std::shared_ptr<const Session>> of(PersonId person) const = 0;
  virtual Task<Result<void>> rename(SessionId session, std::string device_name) = 0;
  virtual Task<Result<void>> end(SessionId session, PersonId actor) = 0;
  virtual Task<Result<void>> end_all(PersonId person, SessionId except, PersonId actor) = 0;
  virtual void seen(SessionId session,
                    const std::string& network) = 0;  // written lazily, at most once a minute
  /// Writes what seen() left in memory; called each minute from inside, and by the owner before it stops.
  virtual Task<void> flush() = 0;
  virtual size_t count() const = 0;

  static constexpr size_t max_per_person = 50;
  static constexpr int64_t web_idle_ms = int64_t{30} * 24 * 3600 * 1000;  // then it no longer opens anything
  static constexpr int64_t client_idle_ms = int64_t{365} * 24 * 3600 * 1000;  // Matrix and applications
};

/// The arguments must outlive the result. When a person stops being active, every session of theirs ends in
/// the same turn.
Task<Result<std::unique_ptr<Sessions>>> load_sessions(Env& env, store::Database& database, Events& events,
                                                      const class People& people);

}  // namespace parvis
