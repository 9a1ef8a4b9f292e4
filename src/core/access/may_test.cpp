#include <doctest/doctest.h>

#include "core/access/may.h"

#include "core/access/rights_table.h"
#include "core/testing.h"

using namespace parvis;

TEST_CASE("every action about a space has one row, with roles in order of strength or a reason not to") {
  for (const auto& right : space_rights) {
    CAPTURE(action_name(right.action));
    CHECK_EQ(parse_action(action_name(right.action)), right.action);
    // An animator may do whatever a lesser role may, but joining, which is for strangers.
    if (!right.members.empty()) CHECK(right.members.ends_with('a'));
    // Strangers never write, but to ask to join.
    if (!right.agents.empty() && right.action != Action::space_join) CHECK_FALSE(right.writes);
    CHECK_FALSE(right.agents.contains('s'));
  }
}

TEST_CASE("a secret space and an absent one are refused alike, for every action and stranger") {
  store::for_each_engine([](store::TestDatabase& at) {
    TestHouse house(at);
    auto claire = house.agent("claire"), stranger = house.agent("idriss"), outside = house.external("paul");
    auto admin = house.administrator("admin");
    auto secret = house.space(claire, SpaceKind::community, Visibility::secret, Joining::invitation);
    auto absent = house.at.env().new_id<SpaceId>();
    for (const auto& right : space_rights)
      for (auto actor : {stranger, outside, admin})
        for (auto id : {secret, absent}) {
          auto decision = house.access->may(actor, right.action, Object::of_space(id));
          CHECK_FALSE(decision.allowed);
          CHECK_EQ(decision.error().code(), Code::not_found);
        }
    CHECK(house.access->visible_spaces(stranger, Action::space_see).empty());
  });
}

TEST_CASE("the table decides for each role and each kind of member") {
  store::for_each_engine([](store::TestDatabase& at) {
    TestHouse house(at);
    auto claire = house.agent("claire"), member = house.agent("idriss"), outside = house.external("paul");
    auto space = house.space(claire);
    REQUIRE(!!house.run(house.spaces->open_to_externals(claire, space)));
    for (auto role : {Role::guest, Role::visitor, Role::contributor, Role::animator}) {
      for (auto actor : {member, outside}) {
        bool external = actor.person == outside.person;
        if (external && role == Role::animator) continue;
        REQUIRE(!!house.run(house.spaces->set_member(claire, space, actor.person, role)));
        for (const auto& right : space_rights) {
          CAPTURE(action_name(right.action));
          CAPTURE(role_name(role));
          bool expected =
              right.members.contains("gvca"[static_cast<size_t>(role)]) && (!external || right.externals);
          auto object = Object::of_space(space, actor.person);
          CHECK_EQ(house.access->may(actor, right.action, object).allowed, expected);
        }
      }
    }
  });
}

TEST_CASE("what is one's own is nobody else's") {
  store::for_each_engine([](store::TestDatabase& at) {
    TestHouse house(at);
    auto claire = house.agent("claire"), idriss = house.agent("idriss");
    auto space = house.space(claire);
    REQUIRE(!!house.run(house.spaces->set_member(claire, space, idriss.person, Role::contributor)));
    CHECK(
        house.access->may(idriss, Action::message_edit_own, Object::of_space(space, idriss.person)).allowed);
    auto refused =
        house.access->may(idriss, Action::message_edit_own, Object::of_space(space, claire.person));
    CHECK_EQ(refused.rule->id, "not_yours");
    // An animator removes a message, but never rewrites it.
    CHECK(house.access->may(claire, Action::message_redact_any, Object::of_space(space, idriss.person))
              .allowed);
    CHECK_FALSE(
        house.access->may(claire, Action::message_edit_own, Object::of_space(space, idriss.person)).allowed);
  });
}

TEST_CASE("the explanation names exactly those who may, and why") {
  store::for_each_engine([](store::TestDatabase& at) {
    TestHouse house(at);
    auto claire = house.agent("claire"), idriss = house.agent("idriss");
    auto space = house.space(claire, SpaceKind::community, Visibility::open, Joining::free);
    REQUIRE(!!house.run(house.spaces->set_member(claire, space, idriss.person, Role::visitor)));
    auto readers = house.access->explain(Action::message_read, Object::of_space(space));
    CHECK_EQ(readers.everyone->id, "open_space");
    REQUIRE_EQ(readers.people.size(), 2);
    CHECK_EQ(readers.people[0].person, claire.person);
    auto writers = house.access->explain(Action::message_send, Object::of_space(space));
    CHECK_FALSE(writers.everyone);
    REQUIRE_EQ(writers.people.size(), 1);
    CHECK_EQ(writers.people[0].rule->id, "animator");
  });
}

TEST_CASE("externals know the people of their spaces, and nobody else") {
  store::for_each_engine([](store::TestDatabase& at) {
    TestHouse house(at);
    auto claire = house.agent("claire"), idriss = house.agent("idriss"), outside = house.external("paul");
    auto space = house.space(claire);
    REQUIRE(!!house.run(house.spaces->open_to_externals(claire, space)));
    REQUIRE(!!house.run(house.spaces->set_member(claire, space, outside.person, Role::guest)));
    CHECK(house.access->may(outside, Action::person_see, Object::of_person(claire.person)).allowed);
    CHECK_EQ(house.access->may(outside, Action::person_see, Object::of_person(idriss.person)).error().code(),
             Code::not_found);
    CHECK_FALSE(house.access->may(outside, Action::direct_message, Object::of_person(claire.person)).allowed);
    CHECK(house.access->may(claire, Action::direct_message, Object::of_person(outside.person)).allowed);
    CHECK_FALSE(house.access->may(idriss, Action::direct_message, Object::of_person(outside.person)).allowed);
    CHECK_FALSE(house.access->may(outside, Action::directory_search, Object::instance()).allowed);
  });
}
