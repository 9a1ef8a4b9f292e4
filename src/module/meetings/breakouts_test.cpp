#include <doctest/doctest.h>

#include "module/meetings/breakouts.h"

#include "module/meetings/meeting_fixture.h"

namespace parvis {
namespace {

struct At : MeetingFixture {
  using MeetingFixture::MeetingFixture;
  std::string groups() const { return meeting + "/breakouts"; }
  int open(const std::string& body) { return house.send(as_claire, "POST", groups(), body).status; }
  /// Two groups, Bruno in the second.
  void divide(const std::string& more = "") {
    REQUIRE(open(R"({"groups":[{"name":"Nord"},{"name":"Sud","identities":[")" + bruno_is() + R"("]}])" +
                 more + "}") == 204);
  }
  json::Value see(const TestHouse::SignedIn& who) { return house.get(who, groups()).json; }
  /// The group's people, by identity.
  std::vector<std::string> people(size_t group) {
    std::vector<std::string> out;
    for (const auto& one : see(as_claire).at("groups").at(group).at("people").as_array())
      out.push_back(text(one, "identity"));
    return out;
  }
  int go(const TestHouse::SignedIn& who, int group) {
    return house.send(who, "POST", groups() + "/go", R"({"group":)" + std::to_string(group) + "}").status;
  }
  int assign(const std::string& identity, int group) {
    return house
        .send(as_claire, "POST", groups() + "/assign",
              R"({"identity":")" + identity + R"(","group":)" + std::to_string(group) + "}")
        .status;
  }
};
using Identities = std::vector<std::string>;

}  // namespace

TEST_CASE("a host divides the meeting: each is in their group, and all come back") {
  store::for_each_engine([](store::TestDatabase& database) {
    At at(database);
    at.enter(at.as_claire);
    at.enter(at.as_bruno);
    CHECK_FALSE(at.see(at.as_bruno).at("open").as_bool());
    CHECK(at.go(at.as_bruno, 0) == 409);
    CHECK(at.house.send(at.as_bruno, "POST", at.groups(), R"({"groups":[{"name":"A"}]})").status == 403);
    at.divide();
    CHECK(at.open(R"({"groups":[{"name":"A"}]})") == 409);
    CHECK(at.people(2) == Identities{at.bruno_is()});
    CHECK(at.people(0) == Identities{at.claire_is()});
    CHECK(at.present() == 2);
    auto seen = at.see(at.as_bruno);
    CHECK(json::integer(seen, "here") == 2);
    CHECK_FALSE(seen.at("groups").at(0).as_object().contains("people"));
    // He may come back to all, and return; not go to the others'. Hosts go anywhere.
    CHECK(at.go(at.as_bruno, 1) == 403);
    CHECK(at.go(at.as_bruno, 3) == 404);
    CHECK(at.go(at.as_bruno, 0) == 204);
    CHECK(at.people(2).empty());
    CHECK(at.go(at.as_bruno, 2) == 204);
    CHECK(at.go(at.as_claire, 2) == 204);
    CHECK(at.people(2).size() == 2);
    CHECK(at.assign(at.bruno_is(), 1) == 204);
    CHECK(at.people(1) == Identities{at.bruno_is()});
    CHECK(at.house.send(at.as_bruno, "POST", at.groups() + "/help", R"({"asking":true})").status == 204);
    CHECK(at.see(at.as_claire).at("calls").as_array().size() == 1);
    CHECK_FALSE(at.see(at.as_bruno).as_object().contains("calls"));
    CHECK(
        at.house.send(at.as_claire, "POST", at.groups() + "/message", R"({"text":"Cinq minutes"})").status ==
        204);
    CHECK(at.house.send(at.as_bruno, "POST", at.groups() + "/message", R"({"text":"Moi"})").status == 403);
    CHECK(at.house.send(at.as_bruno, "DELETE", at.groups()).status == 403);
    CHECK(at.house.send(at.as_claire, "DELETE", at.groups()).status == 204);
    CHECK_FALSE(at.see(at.as_bruno).at("open").as_bool());
    CHECK(at.present() == 2);
    CHECK(at.house.send(at.as_claire, "DELETE", at.groups()).status == 409);
  });
}

TEST_CASE("the door leads each to where they belong: late, back after a cut, or with an old token") {
  store::for_each_engine([](store::TestDatabase& database) {
    At at(database);
    at.enter(at.as_claire);
    auto old = text(at.house.send(at.as_bruno, "POST", at.meeting + "/join").json, "token");
    at.divide();
    at.enter_with(old);
    CHECK(at.people(2) == Identities{at.bruno_is()});
    auto of_group = text(at.house.send(at.as_bruno, "POST", at.meeting + "/join").json, "token");
    CHECK(at.house.send(at.as_claire, "DELETE", at.groups()).status == 204);
    at.enter_with(of_group);
    CHECK(at.present() == 2);
    at.divide();
    CHECK(at.people(0) == Identities{at.claire_is()});
    // Whoever comes unexpected is with all.
    auto zoe = at.guest_token("Zoé");
    at.enter_with(zoe);
    CHECK(at.people(0).size() == 2);
  });
}

TEST_CASE("whoever may no longer be in the meeting is out of their group too") {
  store::for_each_engine([](store::TestDatabase& database) {
    At at(database);
    at.enter(at.as_claire);
    at.enter(at.as_bruno);
    at.divide();
    auto act = at.meeting + "/participants/" + at.bruno_is();
    CHECK(at.house.send(at.as_claire, "POST", act + "/host", R"({"host":true})").status == 204);
    CHECK(at.house.send(at.as_claire, "POST", act + "/lower-hand").status == 204);
    CHECK(at.house.send(at.as_claire, "POST", act + "/remove", R"({"forbid":true})").status == 204);
    CHECK(at.people(2).empty());
    CHECK(at.present() == 1);
    CHECK(text(at.house.send(at.as_bruno, "POST", at.meeting + "/join").json, "code") == "meeting_barred");
    at.house.send(at.as_claire, "DELETE", at.meeting + "/forbidden/" + at.bruno_is());
    at.enter(at.as_bruno);
    CHECK(at.people(0).size() == 2);  // no place was kept
    CHECK(at.assign(at.bruno_is(), 1) == 204);
    REQUIRE(at.house.run(at.house.spaces->remove_member(at.claire, at.space, at.bruno.person)));
    CHECK(at.people(1).empty());
    CHECK(at.present() == 1);
  });
}

TEST_CASE("where all choose they go where they like, but for who came by a link") {
  store::for_each_engine([](store::TestDatabase& database) {
    At at(database);
    at.enter(at.as_claire);
    at.enter(at.as_bruno);
    auto zoe = at.guest_token("Zoé");
    at.enter_with(zoe);
    CHECK(at.open(R"({"groups":[{"name":"Nord"},{"name":"Sud"}],"choose":true})") == 204);
    CHECK(at.go(at.as_bruno, 1) == 204);
    CHECK(at.go(at.as_bruno, 2) == 204);
    CHECK(at.see(at.as_bruno).at("groups").at(2).at("people").as_array().size() == 1);
    auto go = [&](int group) {
      return at.anonymous("POST", "/breakouts/go", R"({"group":)" + std::to_string(group) + "}", zoe).status;
    };
    CHECK(go(1) == 403);
    std::string guest = at.people(0).at(0) == at.claire_is() ? at.people(0).at(1) : at.people(0).at(0);
    CHECK(at.assign(guest, 1) == 204);
    CHECK(go(0) == 204);
    CHECK(go(1) == 204);
    CHECK(at.anonymous("POST", "/breakouts/help", "{}", zoe).status == 204);
    CHECK(json::integer(at.anonymous("GET", "/breakouts", "", zoe).json, "here") == 1);
  });
}

TEST_CASE("a plan has bounds; time can be added, and the meeting's end is the groups' end") {
  store::for_each_engine([](store::TestDatabase& database) {
    At at(database);
    at.enter(at.as_claire);
    auto many = [](int groups) {
      std::string out = R"({"groups":[)";
      for (int i = 0; i < groups; ++i) out += std::string(i ? "," : "") + R"({"name":"G"})";
      return out + "]}";
    };
    for (const std::string& wrong :
         {std::string("{}"), many(0), many(Breakouts::max_groups + 1),
          std::string(R"({"groups":[{"name":" "}]})"),
          R"({"groups":[{"name":")" + std::string(Breakouts::max_name_bytes + 1, 'a') + R"("}]})",
          std::string(R"({"groups":[{"name":"A"}],"duration_s":9})"),
          std::string(R"({"groups":[{"name":"A"}],"duration_s":14401})"),
          std::string(R"({"groups":[{"name":"A","identities":[""]}]})")})
      CHECK(at.open(wrong) == 400);
    CHECK(at.open(R"({"groups":[{"name":"A"}],"duration_s":600})") == 204);
    auto before = *json::integer(at.see(at.as_claire), "remaining_ms");
    auto extend = [&](const char* seconds) {
      return at.house
          .send(at.as_claire, "POST", at.groups() + "/extend", std::string(R"({"seconds":)") + seconds + "}")
          .status;
    };
    CHECK(extend("300") == 204);
    CHECK(*json::integer(at.see(at.as_claire), "remaining_ms") > before);
    CHECK(extend("14400") == 400);
    CHECK(at.assign("p:personne", 1) == 404);
    CHECK(at.house.send(at.as_claire, "POST", at.meeting + "/end").status == 204);
    CHECK_FALSE(at.see(at.as_claire).at("open").as_bool());
  });
}

}  // namespace parvis
