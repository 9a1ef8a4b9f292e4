#include <doctest/doctest.h>

#include "core/testing.h"

namespace parvis {

TEST_CASE("a token opens its session until it ends, also after a restart, and is never stored") {
  store::for_each_engine([](store::TestDatabase& at) {
    TestHouse house(at);
    auto claire = house.agent("claire");
    auto signed_in = house.sign_in(claire);
    CHECK(signed_in.token.size() == 43);
    CHECK(house.sessions->by_token(signed_in.token)->person == claire.person);
    CHECK_FALSE(house.sessions->by_token(signed_in.token + "x"));
    CHECK_FALSE(house.sessions->by_token(""));
    house.reload();
    REQUIRE(house.sessions->by_token(signed_in.token));
    static const store::Statement stored{"test.tokens", "select token_hash from session"};
    auto rows = house.run(at.database().read([](store::Reader& reader) { return reader.query(stored); }));
    CHECK(rows->text(0, 0).find(signed_in.token) == std::string_view::npos);

    std::vector<SessionId> ended;
    house.events.session_ended.listen([&](const SessionEnded& event) { ended.push_back(event.session); });
    CHECK(house.run(house.sessions->end(signed_in.session, claire.person)));
    CHECK_FALSE(house.sessions->by_token(signed_in.token));
    CHECK(ended == std::vector{signed_in.session});
    house.reload();
    CHECK_FALSE(house.sessions->by_token(signed_in.token));
  });
}

TEST_CASE("signing in again on one device replaces its token") {
  store::for_each_engine([](store::TestDatabase& at) {
    TestHouse house(at);
    auto claire = house.agent("claire");
    auto open = [&] {
      return house
          .run(house.sessions->open(claire.person, SessionKind::matrix, "PHONE", "nheko", "192.0.2.1"))
          ->token;
    };
    auto first = open(), second = open();
    CHECK_FALSE(house.sessions->by_token(first));
    CHECK(house.sessions->by_token(second)->device_id == "PHONE");
    CHECK(house.sessions->of(claire.person).size() == 1);
  });
}

TEST_CASE("a person keeps fifty sessions; the one least recently used goes first") {
  store::for_each_engine([](store::TestDatabase& at) {
    TestHouse house(at);
    auto claire = house.agent("claire");
    auto first = house.sign_in(claire);
    for (size_t i = 0; i < Sessions::max_per_person; ++i) house.sign_in(claire);
    CHECK(house.sessions->of(claire.person).size() == Sessions::max_per_person);
    CHECK_FALSE(house.sessions->by_token(first.token));
  });
}

TEST_CASE("a suspended person's sessions end at once, and stay ended") {
  store::for_each_engine([](store::TestDatabase& at) {
    TestHouse house(at);
    auto claire = house.agent("claire");
    auto one = house.sign_in(claire), two = house.sign_in(claire, SessionKind::matrix);
    size_t told = 0;
    house.events.session_ended.listen([&](const SessionEnded&) { ++told; });
    CHECK(house.run(house.people->change(claire.person, {.state = PersonState::suspended}, {})));
    CHECK(told == 2);
    CHECK_FALSE(house.sessions->by_token(one.token));
    CHECK_FALSE(house.sessions->by_token(two.token));
    CHECK(house.run(house.people->change(claire.person, {.state = PersonState::active}, {})));
    house.reload();
    CHECK_FALSE(house.sessions->by_token(one.token));
  });
}

TEST_CASE("ending all sessions but one leaves that one") {
  store::for_each_engine([](store::TestDatabase& at) {
    TestHouse house(at);
    auto claire = house.agent("claire");
    auto kept = house.sign_in(claire), other = house.sign_in(claire);
    CHECK(house.run(house.sessions->end_all(claire.person, kept.session, claire.person)));
    CHECK(house.sessions->by_token(kept.token));
    CHECK_FALSE(house.sessions->by_token(other.token));
  });
}

}  // namespace parvis
