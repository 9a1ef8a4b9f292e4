#include "core/network_policy/network_policy.h"

#include <doctest/doctest.h>

#include "core/network_policy/reasons.h"
#include "core/network_policy/zones.h"
#include "core/testing.h"

namespace parvis {
namespace {

constexpr char office[] =
    R"({"networks":[{"label":"vpn","range":"192.0.2.0/24"}],
        "windows":[{"name":"Midi","days":["mon"],"start":"10:30","end":"15:30"}]})";

struct At {
  store::TestDatabase database;
  TestHouse house{database};
  Actor boss = house.administrator("boss"), claire = house.agent("claire");
  std::unique_ptr<NetworkPolicy> loaded = load();
  std::unique_ptr<NetworkPolicy> load() {
    return std::move(*house.run(
        load_network_policy(database.env(), database.database(), *parse_network_ranges({"rie=10.0.0.0/8"}))));
  }
  NetworkPolicy& policy() { return *loaded; }
  Result<void> change(std::string_view text, int64_t expected) {
    errors.clear();
    return house.run(
        policy().change(*json::parse(text), expected, "Essai", boss.person, "administrator", &errors));
  }
  std::vector<PolicyError> errors;
};

}  // namespace

TEST_CASE("a new house has the networks of its option, and working days' noon on the state's networks") {
  At at;
  CHECK(at.policy().version().version == 1);
  CHECK(at.policy().network("10.1.2.3") == "rie");
  CHECK(at.policy().network("192.0.2.1") == "internet");
  CHECK(at.policy().network("127.0.0.1") == "local");
  CHECK(at.policy().network("unix") == "local");
  REQUIRE(at.policy().current().windows.size() == 1);
  CHECK(at.policy().current().windows[0].networks == std::vector<std::string>{"rie", "vpn"});
}

TEST_CASE("a change is in force at once, after a restart too, and the option no longer counts") {
  At at;
  CHECK(at.change(office, 1));
  CHECK(at.policy().network("192.0.2.1") == "vpn");
  CHECK(at.policy().network("10.1.2.3") == "internet");
  at.loaded = at.load();
  CHECK(at.policy().version().version == 2);
  CHECK(at.policy().version().author == at.boss.person);
  CHECK(at.policy().network("192.0.2.1") == "vpn");
  CHECK(at.policy().current().windows[0].name == "Midi");
}

TEST_CASE("of two who change the same version, the second is told") {
  At at;
  CHECK(at.change(office, 1));
  auto late = at.change(office, 1);
  CHECK(late.error().is(policy_reasons::outdated));
  CHECK(at.change(office, 2));
  auto history = at.house.run(at.policy().history());
  REQUIRE(history);
  REQUIRE(history->size() == 3);
  CHECK((*history)[0].version == 3);
  CHECK((*history)[2].author.empty());
  CHECK(at.house.run(at.policy().version_at(2))->document.find("Midi") != std::string::npos);
  CHECK(at.house.run(at.policy().version_at(9)).error().is(reasons::not_found));
}

TEST_CASE("a policy with a mistake changes nothing") {
  At at;
  auto refused =
      at.change(R"({"windows":[{"name":"Midi","days":["mon"],"start":"10:30","end":"99:00"}]})", 1);
  CHECK(refused.error().is(policy_reasons::invalid));
  REQUIRE(at.errors.size() == 1);
  CHECK(at.errors[0].field == "windows[0].end");
  CHECK(at.policy().version().version == 1);
}

TEST_CASE("an exemption is kept, told to nobody, and ends when its person says so") {
  At at;
  CHECK(at.house.run(at.policy().set_exempt(at.claire.person, true)));
  CHECK(at.house.run(at.policy().set_exempt(at.claire.person, true)));
  at.loaded = at.load();
  CHECK(at.policy().exempt(at.claire.person));
  CHECK_FALSE(at.policy().exempt(at.boss.person));
  CHECK(at.house.run(at.policy().set_exempt(at.claire.person, false)));
  CHECK_FALSE(at.policy().exempt(at.claire.person));
}

TEST_CASE("going beyond needs a reason and is counted") {
  At at;
  auto space = at.house.space(at.claire);
  Instant until = at.house.at.env().clock.now() + 3'600'000;
  auto go_beyond = [&](const std::string& reason) {
    return at.house.run(at.policy().go_beyond({.person = at.claire.person,
                                               .space = space,
                                               .subject = "réunion",
                                               .reason = reason,
                                               .until = until}));
  };
  CHECK(go_beyond("  ").error().is(policy_reasons::reason_needed));
  CHECK_FALSE(go_beyond(std::string(301, 'x')));
  CHECK(at.policy().beyond_until(at.claire.person, "réunion") == Instant{});
  CHECK(go_beyond("cellule de crise"));
  CHECK(*at.house.run(at.policy().recent_overrides()) == 1);
  for (int restarts = 0; restarts < 2; ++restarts) {
    CHECK(at.policy().beyond_until(at.claire.person, "réunion") == until);
    CHECK(at.policy().beyond_until(at.claire.person, "une autre") == Instant{});
    CHECK(at.policy().beyond_until(at.boss.person, "réunion") == Instant{});
    at.loaded = at.load();
  }
}

TEST_CASE("zones come from the system, those of France also without") {
  store::TestDatabase database;
  auto& fs = database.env().fs;
  for (const char* name :
       {"../etc/passwd", "/etc/passwd", "Europe//Paris", "", "Europe", "Nulle/Part", "zone.tab"})
    CHECK_FALSE(find_zone(fs, name));
  REQUIRE(find_zone(fs, "Europe/Paris"));
  CHECK(find_zone(fs, "Europe/Paris")->offset_s({1'783'500'000'000}) == 7200);
  CHECK(french_zone("Indian/Reunion")->offset_s({0}) == 4 * 3600);
}

}  // namespace parvis
