#include <doctest/doctest.h>

#include "core/testing.h"

namespace parvis {
namespace {

const store::Statement alter{"test.alter", "update audit set actor = $1 where position = $2"};
const store::Statement remove_row{"test.remove", "delete from audit where position = $1"};

int64_t first_broken(TestHouse& house) { return house.run(house.audit->first_broken())->value_or(0); }

size_t rows(TestHouse& house) { return house.run(house.audit->page({.limit = 200}))->size(); }

}  // namespace

TEST_CASE("acts are kept with their rule and read as sentences; altering one shows") {
  store::for_each_engine([](store::TestDatabase& at) {
    TestHouse house(at);
    house.start_background();
    auto claire = house.agent("claire"), karim = house.agent("karim");
    auto space = house.space(claire);
    CHECK(house.run(house.spaces->set_member(claire, space, karim.person, Role::contributor)));
    CHECK(house.run(house.spaces->remove_member(claire, space, karim.person)));
    auto find = [&]() -> std::vector<AuditEntry> {
      return *house.run(house.audit->page({.space = space.text(), .kind = "space.member_removed"}));
    };
    REQUIRE(house.wait_until([&] { return !find().empty(); }));
    auto entry = find().front();
    CHECK(entry.actor == claire.person.text());
    CHECK(entry.subject == karim.person.text());
    CHECK_FALSE(entry.rule.empty());
    CHECK(audit_sentence(entry, *house.people, *house.spaces, Language::french) ==
          "claire a retiré karim de l’espace Espace d’essai.");
    CHECK(first_broken(house) == 0);

    auto change = [&](const store::Statement& statement, auto... values) {
      CHECK(house.run(at.database().write([&statement, values...](store::Transaction& transaction) {
        return transaction.execute(statement, values...);
      })));
    };
    SUBCASE("a changed row") {
      change(alter, karim.person.text(), entry.position);
      CHECK(first_broken(house) == entry.position);
    }
    SUBCASE("a removed row") {
      change(remove_row, int64_t{2});
      CHECK(first_broken(house) == 3);
    }
  });
}

TEST_CASE("pages go back in time without gap or repetition") {
  store::for_each_engine([](store::TestDatabase& at) {
    TestHouse house(at);
    house.start_background();
    for (std::string name : {"a", "b", "c", "d", "e"}) house.agent(name + name);
    REQUIRE(house.wait_until([&] { return rows(house) == 7; }));
    std::vector<int64_t> seen;
    int64_t before = 0;
    while (true) {
      auto page = house.run(house.audit->page({.before = before, .limit = 2}));
      if (page->empty()) break;
      for (auto& entry : *page) seen.push_back(entry.position);
      before = page->back().position;
    }
    CHECK(seen == std::vector<int64_t>{7, 6, 5, 4, 3, 2, 1});
  });
}

}  // namespace parvis
