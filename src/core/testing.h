#pragma once
// For tests of the core and of modules: a small house on a fresh database. Two administrations
// ("mte.example.fr", "mef.example.fr"), people by first name; every other address is an external's. Requests
// go through the whole application, without a network. Not part of the product.
#include <string>

#include "core/application.h"
#include "core/audit/audit.h"
#include "core/context.h"
#include "core/mailer.h"
#include "core/meter.h"
#include "core/notifications.h"
#include "store/blobs.h"
#include "store/search_index.h"
#include "store/testing.h"

namespace parvis {

class TestHouse {
 public:
  explicit TestHouse(store::TestDatabase& at);
  ~TestHouse();

  store::TestDatabase& at;
  Events events;
  Configuration configuration;
  std::unique_ptr<store::Blobs> blobs;
  std::unique_ptr<store::SearchIndex> search;
  std::unique_ptr<store::Jobs> jobs;
  std::unique_ptr<store::Outbox> outbox;
  std::unique_ptr<People> people;
  std::unique_ptr<Notifications> notifications;
  std::unique_ptr<Mailer> mailer;
  std::unique_ptr<Spaces> spaces;
  std::unique_ptr<Sessions> sessions;
  std::unique_ptr<Access> access;
  std::unique_ptr<Meter> meter;
  std::unique_ptr<Audit> audit;
  std::unique_ptr<http::Router> router;
  std::unique_ptr<Context> context;
  std::unique_ptr<HouseApplication> application;

  /// An active agent of the first administration, "name@mte.example.fr".
  Actor agent(const std::string& name);
  /// An active person from outside, "name@association.example".
  Actor external(const std::string& name);
  Actor administrator(const std::string& name);
  /// A space animated by `animator`.
  SpaceId space(Actor animator, SpaceKind kind = SpaceKind::project,
                Visibility visibility = Visibility::closed, Joining joining = Joining::approval);

  /// Adds a module's routes and starts it: house.add(make_spaces_module).
  template <class Factory>
  Module& add(Factory factory) {
    return start(factory(*context));
  }
  /// Begins the work in the background: jobs, projections of the outbox. After the modules are added.
  void start_background();
  /// Runs the loop until `done` says so; false after some ten seconds.
  bool wait_until(const std::function<bool()>& done);

  struct SignedIn {
    std::string token, csrf;
    SessionId session;
  };
  SignedIn sign_in(Actor actor, SessionKind kind = SessionKind::web);

  struct Call {
    std::string method = "GET", target, body;
    const SignedIn* as = nullptr;  // by cookie for a web session, else by bearer token
    std::vector<std::pair<std::string, std::string>> headers;
    std::string peer = "192.0.2.7";
    bool csrf = true;  // sends what the web app sends with unsafe methods
  };
  struct Answer {
    http::Response response;
    int status;
    std::string text;
    json::Value json;  // null when the text is none
    std::string_view header(std::string_view name) const { return response.header(name); }
  };
  Answer call(Call call);
  Answer get(const SignedIn& as, const std::string& target) { return call({.target = target, .as = &as}); }
  Answer send(const SignedIn& as, const std::string& method, const std::string& target,
              const std::string& body = "") {
    return call({.method = method, .target = target, .body = body, .as = &as});
  }

  template <class T>
  T run(Task<T> task) {
    return at.run(std::move(task));
  }
  /// Reads everything again from the database, as a restart does. Modules are gone: add them again.
  void reload();

 private:
  Actor add_person(const std::string& name, const std::string& domain, InstanceRole role);
  Module& start(std::unique_ptr<Module> module);
  std::vector<std::unique_ptr<Module>> modules_;
};

}  // namespace parvis
