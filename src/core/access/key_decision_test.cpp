#include "core/access/key_decision.h"

#include <doctest/doctest.h>

#include "core/testing.h"

namespace parvis {

TEST_CASE("a key does what concerns meetings, where its maker may automate, and nothing else") {
  store::for_each_engine([](store::TestDatabase& at) {
    TestHouse house(at);
    auto claire = house.agent("claire"), admin = house.administrator("admin"), idriss = house.agent("idriss");
    auto space = house.space(claire);
    auto secret = house.space(idriss, SpaceKind::community, Visibility::secret, Joining::invitation);
    auto absent = house.at.env().new_id<SpaceId>();
    auto allowed = [&](KeyActor key, Action action, SpaceId where) {
      return may_by_key(*house.access, *house.spaces, key, action, where).allowed;
    };
    KeyActor of_space{claire.person, space}, of_house{admin.person, {}};
    for (size_t i = 0; i < static_cast<size_t>(Action::count_); ++i) {
      auto action = static_cast<Action>(i);
      CAPTURE(action_name(action));
      bool meetings =
          action == Action::meeting_join || action == Action::meeting_open || action == Action::meeting_host;
      CHECK_EQ(allowed(of_space, action, space), meetings);
      CHECK_FALSE(allowed(of_space, action, secret));
      CHECK_EQ(allowed(of_house, action, space), meetings);
      CHECK_EQ(allowed(of_house, action, secret), meetings);
      CHECK_FALSE(allowed(of_house, action, absent));
    }
    CHECK_FALSE(allowed({claire.person, {}}, Action::meeting_join, space));  // no administrator (any more)
    CHECK_FALSE(allowed({idriss.person, space}, Action::meeting_join, space));
    auto second = house.agent("second");
    REQUIRE(!!house.run(house.spaces->set_member(claire, space, second.person, Role::animator)));
    REQUIRE(!!house.run(house.spaces->set_member(second, space, claire.person, Role::contributor)));
    CHECK_FALSE(allowed(of_space, Action::meeting_join, space));
    CHECK(may_automate(*house.access, second, space).allowed);
    CHECK_FALSE(may_automate(*house.access, claire, space).allowed);
    CHECK_FALSE(may_automate(*house.access, second, {}).allowed);
    CHECK(may_automate(*house.access, admin, {}).allowed);
    CHECK_FALSE(may_automate(*house.access, admin, space).allowed);
  });
}

}  // namespace parvis
