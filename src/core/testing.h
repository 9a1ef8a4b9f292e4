#pragma once
// For tests of the core and of modules: a small house on a fresh database. Two administrations
// ("mte.example.fr", "mef.example.fr"), people by first name; every other address is an external's. Not part
// of the product.
#include <string>

#include "core/access/may.h"
#include "core/mailer.h"
#include "core/notifications.h"
#include "core/people/people.h"
#include "core/spaces/spaces.h"
#include "store/testing.h"

namespace parvis {

class TestHouse {
 public:
  explicit TestHouse(store::TestDatabase& at);

  store::TestDatabase& at;
  Events events;
  std::unique_ptr<People> people;
  std::unique_ptr<Notifications> notifications;
  std::unique_ptr<Mailer> mailer;
  std::unique_ptr<Spaces> spaces;
  std::unique_ptr<Access> access;

  /// An active agent of the first administration, "name@mte.example.fr".
  Actor agent(const std::string& name);
  /// An active person from outside, "name@association.example".
  Actor external(const std::string& name);
  Actor administrator(const std::string& name);
  /// A space animated by `animator`.
  SpaceId space(Actor animator, SpaceKind kind = SpaceKind::project,
                Visibility visibility = Visibility::closed, Joining joining = Joining::approval);
  template <class T>
  T run(Task<T> task) {
    return at.run(std::move(task));
  }
  /// Reads everything again from the database, as a restart does.
  void reload();

 private:
  Actor add(const std::string& name, const std::string& domain, InstanceRole role);
};

}  // namespace parvis
