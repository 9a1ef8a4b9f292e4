#include "core/application.h"

#include <doctest/doctest.h>

#include "core/session_door.h"
#include "core/testing.h"

namespace parvis {
namespace {

using http::Request;
using http::Response;

Task<Result<Response>> done(Request&) { co_return Response::json("{\"ok\":true}"); }

void add_routes(TestHouse& house) {
  auto& router = *house.router;
  router.add("GET", "/api/v1/thing", {.tool = "espaces"}, done);
  router.add("POST", "/api/v1/thing", {.tool = "espaces"}, done);
  router.add("POST", "/api/v1/door", {.access = http::Access::anonymous}, done);
  router.add("GET", "/api/v1/agents", {.access = http::Access::agent}, done);
  router.add("GET", "/api/v1/administrators", {.access = http::Access::administrator}, done);
  router.add("GET", "/_matrix/client/v3/thing", {.tool = "messages", .cross_origin = true, .door = "matrix"},
             done);
  router.add("PUT", "/_matrix/client/v3/thing", {.cross_origin = true, .door = "matrix"}, done);
  router.add("GET", "/api/v1/dear", {.cost = 100}, done);
  router.add("GET", "/api/v1/full", {}, [](Request&) -> Task<Result<Response>> {
    co_return fail(reasons::storage_full, "disk of the operator");
  });
  router.add("GET", "/page", {.access = http::Access::session, .door = "page"}, done);
}

struct At {
  store::TestDatabase database;
  TestHouse house{database};
  Actor claire = house.agent("claire");
  At() { add_routes(house); }
};

std::string code(const TestHouse::Answer& answer) {
  return std::string(
      json::text(answer.json, "code").value_or(json::text(answer.json, "errcode").value_or("")));
}

}  // namespace

TEST_CASE("a refusal has the form of its door, in the person's language") {
  At at;
  auto api = at.house.call({.target = "/api/v1/thing"});
  CHECK(api.status == 401);
  CHECK(api.header("Content-Type") == "application/problem+json");
  CHECK(json::text(api.json, "title") == "Connectez-vous pour continuer.");
  CHECK(code(api) == "token_missing");
  auto english =
      at.house.call({.target = "/api/v1/thing", .headers = {{"Accept-Language", "en-GB,fr;q=0.5"}}});
  CHECK(json::text(english.json, "title") == "Sign in to continue.");
  CHECK(english.header("Content-Language") == "en");

  auto matrix = at.house.call({.target = "/_matrix/client/v3/thing"});
  CHECK(matrix.status == 401);
  CHECK(code(matrix) == "M_MISSING_TOKEN");
  CHECK(matrix.header("Access-Control-Allow-Origin") == "*");
  auto unknown =
      at.house.call({.target = "/_matrix/client/v3/thing", .headers = {{"Authorization", "Bearer nobody"}}});
  CHECK(unknown.status == 401);
  CHECK(code(unknown) == "M_UNKNOWN_TOKEN");

  auto page = at.house.call({.target = "/page"});
  CHECK(page.status == 401);
  CHECK(page.header("Content-Type") == "text/html; charset=utf-8");
  CHECK(page.text.find("<script") == std::string::npos);
}

TEST_CASE("an unknown address is 404 and an unknown verb 405, as each door says it") {
  At at;
  CHECK(at.house.call({.target = "/api/v1/nothing"}).status == 404);
  auto verb = at.house.call({.method = "DELETE", .target = "/api/v1/thing"});
  CHECK(verb.status == 405);
  CHECK(std::string(verb.header("Allow")).find("POST") != std::string::npos);
  auto matrix = at.house.call({.target = "/_matrix/client/v3/nothing"});
  CHECK(matrix.status == 404);
  CHECK(code(matrix) == "M_UNRECOGNIZED");
  auto matrix_verb = at.house.call({.method = "DELETE", .target = "/_matrix/client/v3/thing"});
  CHECK(matrix_verb.status == 405);
  CHECK(code(matrix_verb) == "M_UNRECOGNIZED");
  auto preflight = at.house.call({.method = "OPTIONS", .target = "/_matrix/client/v3/thing"});
  CHECK(preflight.status == 204);
  CHECK(preflight.header("Access-Control-Allow-Origin") == "*");
  CHECK(std::string(preflight.header("Access-Control-Allow-Headers")).find("Authorization") !=
        std::string::npos);
  CHECK(preflight.header("Access-Control-Allow-Credentials").empty());
}

TEST_CASE("a cookie changes nothing without the page's own secret and origin") {
  At at;
  auto web = at.house.sign_in(at.claire);
  auto post = [&](bool csrf, std::vector<std::pair<std::string, std::string>> headers) {
    return at.house.call({.method = "POST",
                          .target = "/api/v1/thing",
                          .as = &web,
                          .headers = std::move(headers),
                          .csrf = csrf});
  };
  CHECK(post(true, {}).status == 200);
  CHECK(post(true, {{"Sec-Fetch-Site", "same-origin"}}).status == 200);
  CHECK(post(true, {{"Origin", "https://parvis.example"}}).status == 200);
  CHECK(post(false, {}).status == 403);
  CHECK(code(post(false, {})) == "csrf");
  CHECK(post(false, {{"X-Parvis-CSRF", "guess"}}).status == 403);
  CHECK(post(true, {{"Sec-Fetch-Site", "cross-site"}}).status == 403);
  CHECK(post(true, {{"Sec-Fetch-Site", "same-site"}}).status == 403);
  CHECK(post(true, {{"Origin", "https://evil.example"}}).status == 403);
  CHECK(post(true, {{"Origin", "null"}}).status == 403);
  auto other = at.house.sign_in(at.claire);
  CHECK(post(false, {{"X-Parvis-CSRF", other.csrf}}).status == 403);
  CHECK(at.house.get(web, "/api/v1/thing").status == 200);
  // On Matrix's door too, which answers every origin.
  auto matrix =
      at.house.call({.method = "PUT", .target = "/_matrix/client/v3/thing", .as = &web, .csrf = false});
  CHECK(matrix.status == 403);
  CHECK(code(matrix) == "M_FORBIDDEN");
}

TEST_CASE("a bearer token needs no page, and opens by query on Matrix's door only") {
  At at;
  auto device = at.house.sign_in(at.claire, SessionKind::matrix);
  CHECK(at.house.send(device, "POST", "/api/v1/thing").status == 200);
  CHECK(at.house.send(device, "PUT", "/_matrix/client/v3/thing").status == 200);
  CHECK(at.house.call({.target = "/_matrix/client/v3/thing?access_token=" + device.token}).status == 200);
  CHECK(at.house.call({.target = "/api/v1/thing?access_token=" + device.token}).status == 401);
}

TEST_CASE("signing in cannot be done by another site's page") {
  At at;
  auto post = [&](std::vector<std::pair<std::string, std::string>> headers) {
    return at.house.call({.method = "POST", .target = "/api/v1/door", .headers = std::move(headers)}).status;
  };
  CHECK(post({}) == 200);
  CHECK(post({{"Origin", "https://parvis.example"}}) == 200);
  CHECK(post({{"Origin", "https://evil.example"}}) == 403);
  CHECK(post({{"Sec-Fetch-Site", "cross-site"}}) == 403);
}

TEST_CASE("a route's access level holds before its handler") {
  At at;
  auto agent = at.house.sign_in(at.claire);
  auto outside = at.house.sign_in(at.house.external("jeanne"));
  auto administrator = at.house.sign_in(at.house.administrator("karim"));
  CHECK(at.house.get(agent, "/api/v1/agents").status == 200);
  CHECK(at.house.get(outside, "/api/v1/agents").status == 403);
  CHECK(at.house.get(outside, "/api/v1/thing").status == 200);
  CHECK(at.house.get(agent, "/api/v1/administrators").status == 403);
  CHECK(at.house.get(administrator, "/api/v1/administrators").status == 200);
  CHECK(at.house.run(at.house.sessions->end(agent.session, at.claire.person)));
  auto ended = at.house.get(agent, "/api/v1/thing");
  CHECK(ended.status == 401);
  CHECK(code(ended) == "token_unknown");
}

TEST_CASE("too many requests of one person are refused with a delay, while others go on") {
  At at;
  auto claire = at.house.sign_in(at.claire), karim = at.house.sign_in(at.house.agent("karim"));
  CHECK(at.house.get(claire, "/api/v1/dear").status == 200);
  CHECK(at.house.get(claire, "/api/v1/dear").status == 200);
  auto refused = at.house.get(claire, "/api/v1/dear");
  CHECK(refused.status == 429);
  CHECK(json::integer(refused.json, "retry_after_ms").value_or(0) > 0);
  CHECK(refused.header("Retry-After") != "");
  CHECK(at.house.get(karim, "/api/v1/dear").status == 200);
}

TEST_CASE("a full disk is said plainly, and what only operators may know is not") {
  At at;
  auto claire = at.house.sign_in(at.claire);
  auto full = at.house.get(claire, "/api/v1/full");
  CHECK(full.status == 507);
  CHECK(code(full) == "storage_full");
  CHECK(full.text.find("operator") == std::string::npos);
}

TEST_CASE("bytes are attributed to the person, the tool and the network path") {
  At at;
  auto claire = at.house.sign_in(at.claire), karim = at.house.sign_in(at.house.agent("karim"));
  at.house.call(
      {.method = "POST", .target = "/api/v1/thing", .body = "12345", .as = &claire, .peer = "10.1.2.3"});
  at.house.call({.target = "/_matrix/client/v3/thing", .as = &claire, .peer = "192.0.2.1"});
  auto today = at.house.meter->today(at.claire.person);
  CHECK(today.bytes_in == 5);
  CHECK(today.bytes_out == 2 * std::string_view("{\"ok\":true}").size());
  CHECK(at.house.meter->today(at.house.sessions->by_token(karim.token)->person).bytes_out == 0);
}

TEST_CASE("the cookie is host-bound and secure, except where plain HTTP was chosen on purpose") {
  Configuration configuration;
  configuration.public_url = "http://127.0.0.1:8080";
  CHECK(set_session_cookie(configuration, "t").starts_with("__Host-parvis=t; Path=/;"));
  CHECK(set_session_cookie(configuration, "t").find("Secure; HttpOnly; SameSite=Lax") != std::string::npos);
  configuration.public_url = "https://parvis.example";
  CHECK(session_cookie_name(configuration) == "__Host-parvis");
  configuration.public_url = "http://parvis.example";
  CHECK(set_session_cookie(configuration, "t").starts_with("parvis=t;"));
  CHECK(set_session_cookie(configuration, "t").find("Secure") == std::string::npos);
  CHECK_FALSE(is_loopback_url("http://localhost.evil.example"));
  CHECK(is_loopback_url("http://localhost:8080"));
}

}  // namespace parvis
