#include "core/testing.h"

namespace parvis {

TestHouse::TestHouse(store::TestDatabase& database) : at(database) {
  reload();
  for (std::string name : {"mte", "mef"})
    (void)run(people->create_administration(
        {.id = {}, .name = "Ministère " + name, .short_name = name, .domains = {name + ".example.fr"}}, {}));
}

void TestHouse::reload() {
  people = std::move(*run(load_people(at.env(), at.database(), events)));
  notifications = make_notifications(at.env(), at.database(), events);
  mailer = make_mailer(at.env(), at.database(), {.directory = at.directory()});
  spaces = std::move(*run(load_spaces({at.env(), at.database(), events, *people, *notifications, *mailer})));
  access = std::make_unique<Access>(*people, *spaces);
}

Actor TestHouse::add(const std::string& name, const std::string& domain, InstanceRole role) {
  auto id = run(people->create({.email = name + "@" + domain,
                                .display_name = name,
                                .given_name = name,
                                .family_name = "Essai",
                                .instance_role = role,
                                .state = PersonState::active},
                               {}));
  CHECK(id);
  return {*id};
}

Actor TestHouse::agent(const std::string& name) { return add(name, "mte.example.fr", InstanceRole::none); }
Actor TestHouse::external(const std::string& name) {
  return add(name, "association.example", InstanceRole::none);
}
Actor TestHouse::administrator(const std::string& name) {
  return add(name, "mte.example.fr", InstanceRole::administrator);
}

SpaceId TestHouse::space(Actor animator, SpaceKind kind, Visibility visibility, Joining joining) {
  auto id = run(spaces->create(Actor::system(), {.kind = kind,
                                                 .name = "Espace d’essai",
                                                 .description = "",
                                                 .purpose_template = "projet",
                                                 .visibility = visibility,
                                                 .joining = joining}));
  CHECK(id);
  CHECK(run(spaces->set_member(Actor::system(), *id, animator.person, Role::animator)));
  return *id;
}

}  // namespace parvis
