#include <doctest/doctest.h>

#include "core/network_policy/network_policy.h"
#include "core/testing.h"
#include "module/network/module.h"

namespace parvis {
namespace {

std::string text(const json::Value& value, std::string_view key) {
  return std::string(json::text(value, key).value_or(""));
}

constexpr char always[] =
    R"({"version":1,"note":"essai","policy":{"networks":[{"label":"vpn","range":"192.0.2.0/24"}],
        "windows":[{"name":"Toujours","days":["mon","tue","wed","thu","fri","sat","sun"],"start":"00:00",
                    "end":"24:00","zone":"UTC","holidays":true,
                    "meetings":{"entry":"audio_slides","ceiling":"low_video"}}]}})";

struct At {
  store::TestDatabase database;
  TestHouse house{database};
  std::unique_ptr<NetworkPolicy> policy = std::move(*house.run(
      load_network_policy(database.env(), database.database(), *parse_network_ranges({"rie=10.0.0.0/8"}))));
  Actor claire = house.agent("claire");
  TestHouse::SignedIn admin = house.sign_in(house.administrator("boss")), agent = house.sign_in(claire);
  At() {
    house.add([this](Context& context) { return make_network_module(context, *policy); });
  }
};

}  // namespace

TEST_CASE("the policy is public, and costs nothing when it is known") {
  At at;
  auto read = at.house.call({.target = "/.well-known/parvis-network-policy"});
  CHECK(read.status == 200);
  CHECK(read.header("Access-Control-Allow-Origin") == "*");
  CHECK(text(read.json.at("windows").at(0), "start") == "10:30");
  std::string etag(read.header("ETag"));
  auto known =
      at.house.call({.target = "/.well-known/parvis-network-policy", .headers = {{"If-None-Match", etag}}});
  CHECK(known.status == 304);
  CHECK(known.text.empty());
  REQUIRE(at.house.send(at.admin, "PUT", "/api/v1/admin/network-policy", always).status == 200);
  auto other =
      at.house.call({.target = "/.well-known/parvis-network-policy", .headers = {{"If-None-Match", etag}}});
  CHECK(other.status == 200);
  CHECK(text(other.json.at("windows").at(0), "name") == "Toujours");
}

TEST_CASE("administrators alone change it; a late one is told, and so is each mistake") {
  At at;
  for (std::string path : {"", "/history", "/history/1"})
    CHECK(at.house.get(at.agent, "/api/v1/admin/network-policy" + path).status == 403);
  CHECK(at.house.send(at.agent, "PUT", "/api/v1/admin/network-policy", always).status == 403);
  auto changed = at.house.send(at.admin, "PUT", "/api/v1/admin/network-policy", always);
  CHECK(changed.status == 200);
  CHECK(changed.json.at("version").as_int64() == 2);
  auto late = at.house.send(at.admin, "PUT", "/api/v1/admin/network-policy", always);
  CHECK(late.status == 409);
  CHECK(text(late.json, "code") == "network_policy_outdated");
  auto wrong = at.house.send(
      at.admin, "PUT", "/api/v1/admin/network-policy",
      R"({"version":2,"policy":{"windows":[{"name":"x","days":["mon"],"start":"9","end":"10:00"}]}})");
  CHECK(wrong.status == 400);
  CHECK(wrong.header("Content-Type") == "application/problem+json");
  CHECK(text(wrong.json.at("errors").at(0), "field") == "windows[0].start");
  CHECK(text(wrong.json.at("errors").at(0), "message") == "Écrivez une heure entre 00:00 et 24:00.");
  CHECK(at.house.send(at.admin, "PUT", "/api/v1/admin/network-policy", R"({"policy":{}})").status == 400);
  auto history = at.house.get(at.admin, "/api/v1/admin/network-policy/history");
  CHECK(history.json.at("versions").as_array().size() == 2);
  CHECK(text(history.json.at("versions").at(0), "note") == "essai");
  auto first = at.house.get(at.admin, "/api/v1/admin/network-policy/history/1");
  CHECK(text(first.json.at("policy").at("windows").at(0), "end") == "15:30");
  CHECK(at.house.get(at.admin, "/api/v1/admin/network-policy/history/9").status == 404);
  CHECK(at.house.get(at.admin, "/api/v1/admin/network-policy/history/x").status == 404);
}

TEST_CASE("a person is told what applies, and may keep the images whatever it is") {
  At at;
  REQUIRE(at.house.send(at.admin, "PUT", "/api/v1/admin/network-policy", always).status == 200);
  auto now = at.house.get(at.agent, "/api/v1/network");
  CHECK(text(now.json, "network") == "vpn");
  CHECK(text(now.json, "window") == "Toujours");
  CHECK(text(now.json.at("meetings"), "entry") == "audio_slides");
  auto kept = at.house.send(at.agent, "PUT", "/api/v1/me/network-exemption", R"({"exempt":true})");
  CHECK(kept.json.at("exempt").as_bool());
  CHECK(text(kept.json.at("meetings"), "ceiling") == "full");
  CHECK_FALSE(at.house.get(at.admin, "/api/v1/network").json.at("exempt").as_bool());
  CHECK(at.house.send(at.agent, "PUT", "/api/v1/me/network-exemption", "{}").status == 400);
  CHECK(at.house.call({.target = "/api/v1/network"}).status == 401);
}

}  // namespace parvis
