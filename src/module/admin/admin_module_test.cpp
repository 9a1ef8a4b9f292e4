#include <doctest/doctest.h>

#include "core/testing.h"
#include "module/admin/module.h"

namespace parvis {
namespace {

std::string text(const json::Value& value, std::string_view key) {
  return std::string(json::text(value, key).value_or(""));
}

struct At {
  store::TestDatabase database;
  TestHouse house{database};
  Actor boss = house.administrator("boss");
  Actor claire = house.agent("claire");
  TestHouse::SignedIn admin, agent;
  At() {
    house.add(make_admin_module);
    house.start_background();
    admin = house.sign_in(boss);
    agent = house.sign_in(claire);
  }
};

}  // namespace

TEST_CASE("nothing of the administration answers those without the right") {
  At at;
  auto external = at.house.sign_in(at.house.external("jeanne"));
  std::string person = "/api/v1/admin/people/" + at.claire.person.text();
  for (auto* as : {&at.agent, &external}) {
    for (std::string target : {"/api/v1/admin/people", "/api/v1/admin/administrations",
                               "/api/v1/admin/community-requests", "/api/v1/admin/audit"}) {
      CAPTURE(target);
      CHECK(at.house.get(*as, target).status == 403);
    }
    CHECK(at.house.send(*as, "POST", "/api/v1/admin/people", R"({"email":"x@mte.example.fr","name":"X"})")
              .status == 403);
    CHECK(at.house.send(*as, "PATCH", person, R"({"instance_role":"administrator"})").status == 403);
    CHECK(
        at.house.send(*as, "POST", "/api/v1/admin/administrations", R"({"name":"X","domains":[]})").status ==
        403);
  }
  CHECK(at.house.people->find(at.claire.person)->instance_role == InstanceRole::none);
}

TEST_CASE("an administrator opens an account: by mail, or with a first password") {
  At at;
  auto by_mail =
      at.house.send(at.admin, "POST", "/api/v1/admin/people",
                    R"({"email":"nadia@mef.example.fr","name":"Nadia Haddad","title":"Adjointe"})");
  CHECK(by_mail.status == 201);
  CHECK(text(by_mail.json, "state") == "invited");
  auto mails = [&] {
    auto listed = at.house.at.env().fs.list(at.house.at.directory() + "/outbox");
    return listed ? listed->size() : 0;
  };
  CHECK(at.house.wait_until([&] { return mails() == 1; }));
  auto with_password =
      at.house.send(at.admin, "POST", "/api/v1/admin/people",
                    R"({"email":"yann@mef.example.fr","name":"Yann","password":"trois chevaux lents"})");
  CHECK(text(with_password.json, "state") == "active");
  auto taken = at.house.send(at.admin, "POST", "/api/v1/admin/people",
                             R"({"email":"yann@mef.example.fr","name":"Y"})");
  CHECK(taken.status == 409);
  CHECK(text(taken.json, "field") == "email");
  CHECK(at.house.get(at.admin, "/api/v1/admin/people?q=hadd").json.at("people").as_array().size() == 1);
}

TEST_CASE("suspending a person, or giving them a new password, ends their sessions") {
  At at;
  std::string person = "/api/v1/admin/people/" + at.claire.person.text();
  CHECK(at.house.send(at.admin, "PATCH", person, R"({"password":"trois chevaux lents"})").status == 200);
  CHECK_FALSE(at.house.sessions->by_token(at.agent.token));
  auto again = at.house.sign_in(at.claire);
  CHECK(at.house.send(at.admin, "PATCH", person, R"({"state":"suspended"})").status == 200);
  CHECK_FALSE(at.house.sessions->by_token(again.token));
  CHECK(at.house.send(at.admin, "PATCH", person, R"({"state":"invited"})").status == 400);
  std::string self = "/api/v1/admin/people/" + at.boss.person.text();
  CHECK(text(at.house.send(at.admin, "PATCH", self, R"({"instance_role":"none"})").json, "code") ==
        "last_administrator");
}

TEST_CASE("administrations are made and changed, and people follow their domains") {
  At at;
  auto jeanne = at.house.external("jeanne");
  auto made =
      at.house.send(at.admin, "POST", "/api/v1/admin/administrations",
                    R"({"name":"Association","short_name":"Asso","domains":["Association.example"]})");
  CHECK(made.status == 201);
  CHECK(at.house.people->find(jeanne.person)->kind == PersonKind::agent);
  auto changed = at.house.send(at.admin, "PUT", "/api/v1/admin/administrations/" + text(made.json, "id"),
                               R"({"name":"Association","short_name":"Asso","domains":[]})");
  CHECK(changed.status == 200);
  CHECK(at.house.people->find(jeanne.person)->kind == PersonKind::external);
  CHECK(at.house
            .send(at.admin, "POST", "/api/v1/admin/administrations",
                  R"({"name":"X","domains":["pas un domaine"]})")
            .status == 400);
}

TEST_CASE("the audit reads in the administrator's language and goes back page by page") {
  At at;
  CHECK(at.house.run(at.house.people->change(at.boss.person, {.language = "en"}, at.boss.person)));
  auto page = [&] { return at.house.get(at.admin, "/api/v1/admin/audit?kind=session.opened"); };
  REQUIRE(at.house.wait_until([&] { return page().json.at("entries").as_array().size() == 2; }));
  auto entry = page().json.at("entries").as_array().front();
  CHECK(text(entry, "sentence") == "claire signed in.");
  std::string before = std::to_string(entry.at("position").as_int64());
  auto older = at.house.get(at.admin, "/api/v1/admin/audit?kind=session.opened&after=" + before);
  CHECK(older.json.at("entries").as_array().size() == 1);
  CHECK(at.house.get(at.admin, "/api/v1/admin/audit?after=x").status == 400);
}

}  // namespace parvis
