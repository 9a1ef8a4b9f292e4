#pragma once
// What a module is given. Owned by main/wiring; outlives every module.
#include <string>

#include "core/access/may.h"
#include "core/events.h"
#include "core/http/router.h"
#include "core/people/people.h"
#include "core/sessions/sessions.h"
#include "core/spaces/spaces.h"
#include "platform/env.h"
#include "store/database.h"

namespace parvis {

namespace store {
class Blobs;
class SearchIndex;
class Jobs;
class Outbox;
}  // namespace store
class Meter;
class Notifications;
class Mailer;
class Audit;

struct Configuration {
  std::string server_name = "localhost";             // Matrix server name, and the house's
  std::string public_url = "http://127.0.0.1:8080";  // no trailing slash
  std::string instance_name = "Parvis";
  std::string data_directory = "var";
  std::string web_directory;    // web/dist
  std::string build = "0.1.0";  // told to live clients, so that an old page knows it is old
};

struct Context {
  Env& env;
  const Configuration& configuration;
  store::Database& database;
  store::Blobs& blobs;
  store::SearchIndex& search;
  store::Jobs& jobs;      // handle() in a factory, before start
  store::Outbox& outbox;  // subscribe() in a factory, before start
  Events& events;
  People& people;
  Spaces& spaces;
  Sessions& sessions;
  Access& access;
  Meter& meter;
  Notifications& notifications;
  Mailer& mailer;
  http::Router& router;
  Audit& audit;
};

/// A tool of the house. Created by its factory with the Context, routes added in the constructor's factory,
/// started once.
class Module {
 public:
  virtual ~Module() = default;
  virtual std::string_view name() const = 0;
  virtual Task<Result<void>> start() = 0;  // load what must be in memory; subscribe
  /// The server is about to stop: answers what waits (long polls, sockets) and lets nothing wait any more.
  /// Called once, before the connections are given their time to finish.
  virtual void release_waiting() {}
  virtual Task<void> drain(Monotonic deadline) = 0;  // the connections are gone: write what memory holds
};

/// The session of a request that passed the application's checks; null on anonymous routes without one.
const Session* session_of(const http::Request& request);
Actor actor_of(const http::Request& request);

}  // namespace parvis
