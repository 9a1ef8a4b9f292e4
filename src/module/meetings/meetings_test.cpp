#include <doctest/doctest.h>

#include "core/network_policy/network_policy.h"
#include "core/testing.h"
#include "module/meetings/access_token.h"
#include "module/meetings/module.h"
#include "module/meetings/reasons.h"

namespace parvis {
namespace {

std::string text(const json::Value& value, std::string_view key) {
  return std::string(json::text(value, key).value_or(""));
}

/// Claire animates, Bruno is a visitor.
struct At {
  explicit At(store::TestDatabase& database) : house(database) {
    claire = house.agent("claire");
    bruno = house.agent("bruno");
    space = house.space(claire);
    REQUIRE(house.run(house.spaces->set_member(claire, space, bruno.person, Role::visitor)));
    as_claire = house.sign_in(claire);
    as_bruno = house.sign_in(bruno);
    policy = std::move(*house.run(
        load_network_policy(database.env(), database.database(), *parse_network_ranges({"rie=10.0.0.0/8"}))));
    house.add([this](Context& context) {
      return make_meetings_module(context, *policy,
                                  {.bind_host = "127.0.0.1", .media_port = 0, .media_hosts = {}});
    });
    meetings = "/api/v1/spaces/" + space.text() + "/meetings";
    auto made = house.send(as_claire, "POST", meetings, R"({"name":"Point du lundi"})");
    REQUIRE_MESSAGE(made.status == 201, made.text);
    meeting = "/api/v1/meetings/" + text(made.json, "id");
    id = text(made.json, "id");
  }
  TestHouse::Answer anonymous(const std::string& method, const std::string& tail,
                              const std::string& body = "") {
    return house.call({.method = method, .target = "/api/v1/guest-meetings/" + id + tail, .body = body});
  }

  std::unique_ptr<NetworkPolicy> policy;
  TestHouse house;
  Actor claire, bruno;
  SpaceId space;
  TestHouse::SignedIn as_claire, as_bruno;
  std::string meetings, meeting, id;
};

livekit::Grant some_grant() {
  return {.room = "salle",
          .identity = "p:1",
          .name = "Ada",
          .metadata = "{}",
          .attributes = {{"a", "b"}},
          .permission = {.update_own_attributes = true, .room_admin = true, .publish_sources = {}}};
}

}  // namespace

TEST_CASE("a token says what was granted, to who holds the secret, for ten minutes") {
  Instant now{1'800'000'000'000};
  auto token = write_access_token({.grant = some_grant(), .needs_images = true}, "secret", now);
  auto read = read_access_token(token, "secret", now);
  REQUIRE(read);
  CHECK(read->needs_images);
  const auto& grant = read->grant;
  CHECK(grant.identity == "p:1");
  CHECK(grant.room == "salle");
  CHECK(grant.attributes.at("a") == "b");
  CHECK(grant.permission == some_grant().permission);
  CHECK_FALSE(read_access_token(token, "other", now));
  CHECK(read_access_token(token, "secret", now + 600'000));
  CHECK_FALSE(read_access_token(token, "secret", now + 700'000));
  CHECK_FALSE(read_access_token(token, "secret", now + -120'000));
  for (size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    if (changed != token) CHECK_FALSE(read_access_token(changed, "secret", now));
  }
  for (const char* broken : {"", ".", "..", "a.b", "a.b.c", "eyJhbGciOiJub25lIn0.e30."}) {
    CHECK_FALSE(read_access_token(broken, "secret", now));
  }
  CHECK_FALSE(read_access_token(std::string(max_token_bytes + 1, 'a'), "secret", now));
}

TEST_CASE("one meeting for each origin, known to the space's members alone") {
  store::for_each_engine([](store::TestDatabase& database) {
    At at(database);
    CHECK(at.house.send(at.as_claire, "POST", at.meetings, "{}").status == 200);
    auto room = at.house.send(at.as_claire, "POST", at.meetings,
                              R"({"origin":{"kind":"room","id":"!a:b"},"name":"Salon"})");
    CHECK(room.status == 201);
    CHECK(text(room.json.at("origin"), "id") == "!a:b");
    CHECK(at.house.send(at.as_claire, "POST", at.meetings, R"({"origin":{"kind":"moon","id":"x"}})").status ==
          400);
    CHECK(at.house.get(at.as_bruno, at.meetings).json.at("meetings").as_array().size() == 2);
    auto seen = at.house.get(at.as_bruno, at.meeting);
    CHECK(text(seen.json, "name") == "Point du lundi");
    CHECK_FALSE(seen.json.at("rights").at("host").as_bool());
    auto stranger = at.house.sign_in(at.house.agent("idriss"));
    CHECK(at.house.get(stranger, at.meeting).status == 404);
    CHECK(at.house.send(stranger, "POST", at.meeting + "/join").status == 404);
    CHECK(at.house.get(at.as_claire, "/api/v1/meetings/00000000000000000000000000").status == 404);
  });
}

TEST_CASE("hosts alone change a meeting; locked or excluded, one is told so") {
  store::for_each_engine([](store::TestDatabase& database) {
    At at(database);
    CHECK(at.house.send(at.as_bruno, "PATCH", at.meeting, R"({"locked":true})").status == 403);
    CHECK(at.house.send(at.as_bruno, "POST", at.meeting + "/join").status == 200);
    CHECK(at.house.send(at.as_claire, "PATCH", at.meeting, R"({"locked":true})").json.at("locked").as_bool());
    auto refused = at.house.send(at.as_bruno, "POST", at.meeting + "/join");
    CHECK(refused.status == 403);
    CHECK(text(refused.json, "code") == "meeting_locked");
    CHECK(at.house.send(at.as_claire, "POST", at.meeting + "/join").status == 200);
    at.house.send(at.as_claire, "PATCH", at.meeting, R"({"locked":false})");
    std::string identity = "p:" + at.bruno.person.text();
    auto removed = at.meeting + "/participants/" + identity + "/remove";
    CHECK(at.house.send(at.as_bruno, "POST", removed, R"({"forbid":true})").status == 403);
    CHECK(at.house.send(at.as_claire, "POST", removed, R"({"forbid":true})").status == 204);
    CHECK(text(at.house.send(at.as_bruno, "POST", at.meeting + "/join").json, "code") == "meeting_barred");
    CHECK(at.house.send(at.as_claire, "DELETE", at.meeting + "/forbidden/" + identity).status == 204);
    CHECK(at.house.send(at.as_bruno, "POST", at.meeting + "/join").status == 200);
    CHECK(at.house.get(at.as_bruno, at.meeting + "/attendance").status == 403);
    CHECK(at.house.send(at.as_claire, "PATCH", at.meeting, R"({"name":""})").status == 400);
  });
}

TEST_CASE("a guest needs the link, waits, and the link can be taken back") {
  store::for_each_engine([](store::TestDatabase& database) {
    At at(database);
    CHECK(at.anonymous("GET", "?key=").status == 404);
    auto link =
        text(at.house.send(at.as_claire, "PATCH", at.meeting, R"({"guests":true})").json, "guest_link");
    auto key = link.substr(link.find("cle=") + 4);
    CHECK(text(at.house.get(at.as_bruno, at.meeting).json, "guest_link").empty());
    CHECK(at.anonymous("GET", "?key=" + key).status == 200);
    CHECK(at.anonymous("POST", "/join", R"({"key":"faux","name":"Zoé"})").status == 404);
    CHECK(at.anonymous("POST", "/join", R"({"key":")" + key + R"(","name":"  "})").status == 400);
    auto join = R"({"key":")" + key + R"(","name":"Zoé"})";
    auto ticket = text(at.anonymous("POST", "/join", join).json, "waiting");
    REQUIRE_FALSE(ticket.empty());
    CHECK(at.house.get(at.as_bruno, at.meeting + "/lobby").status == 403);
    CHECK(at.house.get(at.as_claire, at.meeting + "/lobby").json.at("waiting").as_array().size() == 1);
    CHECK(at.house.send(at.as_claire, "POST", at.meeting + "/lobby/" + ticket, R"({"admit":true})").status ==
          204);
    CHECK_FALSE(text(at.anonymous("GET", "/waiting/" + ticket).json, "token").empty());
    CHECK(at.anonymous("GET", "/waiting/inconnu").status == 404);
    for (int i = 1; i < 50; ++i) CHECK(at.anonymous("POST", "/join", join).status == 200);
    CHECK(text(at.anonymous("POST", "/join", join).json, "code") == "meeting_waiting_full");
    at.house.send(at.as_claire, "PATCH", at.meeting, R"({"guests":false})");
    CHECK(at.anonymous("GET", "?key=" + key).status == 404);
    CHECK(at.anonymous("GET", "/waiting/" + ticket).status == 404);
  });
}

TEST_CASE("the sockets' door: no token, no entry, and the reason as plain words") {
  store::for_each_engine([](store::TestDatabase& database) {
    At at(database);
    for (const char* path : {"/rtc", "/rtc/v1", "/rtc/validate", "/rtc/v1/validate"}) {
      auto answer = at.house.call({.method = "GET", .target = path});
      CHECK(answer.status == 401);
      CHECK(answer.text.starts_with("Le jeton"));
      CHECK(answer.header("Access-Control-Allow-Origin") == "*");
    }
    auto token = text(at.house.send(at.as_bruno, "POST", at.meeting + "/join").json, "token");
    auto validate = "/rtc/validate?access_token=" + token;
    CHECK(at.house.call({.method = "GET", .target = validate}).text == "success");
    REQUIRE(at.house.run(at.house.spaces->remove_member(at.claire, at.space, at.bruno.person)));
    CHECK(at.house.call({.method = "GET", .target = validate}).status == 403);
  });
}

TEST_CASE("a guest writes in the salon with their own key, while they are inside") {
  store::for_each_engine([](store::TestDatabase& database) {
    At at(database);
    auto link =
        text(at.house.send(at.as_claire, "PATCH", at.meeting, R"({"guests":true,"lobby":false})").json,
             "guest_link");
    auto key = link.substr(link.find("cle=") + 4);
    auto join = R"({"key":")" + key + R"(","name":"Zoé"})";
    auto entry = at.anonymous("POST", "/join", join).json;
    auto identity = text(entry, "identity"), chat_key = text(entry, "chat_key");
    REQUIRE_FALSE(chat_key.empty());
    auto guest = [&](const std::string& with) {
      return R"({"identity":")" + identity + R"(","chat_key":")" + with + R"(","text":"Bonjour"})";
    };
    CHECK(text(at.anonymous("POST", "/chat", guest("faux")).json, "code") == "meeting_token");
    CHECK(at.anonymous("POST", "/chat", guest("")).status == 401);
    // The key is theirs, but they are not in the meeting.
    CHECK(text(at.anonymous("POST", "/chat", guest(chat_key)).json, "code") == "meeting_guest_chat");
    CHECK(text(at.anonymous("POST", "/chat/messages", guest(chat_key)).json, "code") == "meeting_guest_chat");
    auto changed = at.house.send(at.as_claire, "PATCH", at.meeting, R"({"guest_chat":true})");
    CHECK(changed.json.at("guest_chat").as_bool());
    CHECK(at.house.get(at.as_bruno, at.meeting).json.at("guest_chat").as_bool());
    CHECK(text(at.house.send(at.as_bruno, "POST", at.meeting + "/join").json, "chat_key").empty());
  });
}

TEST_CASE("the excluded are listed for hosts; where a guest was, guests wait") {
  store::for_each_engine([](store::TestDatabase& database) {
    At at(database);
    auto link =
        text(at.house.send(at.as_claire, "PATCH", at.meeting, R"({"guests":true,"lobby":false})").json,
             "guest_link");
    auto join = R"({"key":")" + link.substr(link.find("cle=") + 4) + R"(","name":"Zoé"})";
    auto identity = text(at.anonymous("POST", "/join", join).json, "identity");
    REQUIRE(identity.starts_with("g:"));
    auto exclude = [&](const std::string& who) {
      CHECK(at.house
                .send(at.as_claire, "POST", at.meeting + "/participants/" + who + "/remove",
                      R"({"forbid":true})")
                .status == 204);
    };
    exclude("p:" + at.bruno.person.text());
    CHECK_FALSE(text(at.anonymous("POST", "/join", join).json, "token").empty());
    exclude(identity);
    CHECK_FALSE(text(at.anonymous("POST", "/join", join).json, "waiting").empty());
    CHECK(at.house.get(at.as_bruno, at.meeting + "/forbidden").status == 403);
    auto listed = at.house.get(at.as_claire, at.meeting + "/forbidden").json.at("forbidden").as_array();
    REQUIRE(listed.size() == 2);
    CHECK(text(listed[1], "name") == at.house.people->find(at.bruno.person)->display_name);
    CHECK(at.house.send(at.as_claire, "DELETE", at.meeting + "/forbidden/" + identity).status == 204);
    CHECK_FALSE(text(at.anonymous("POST", "/join", join).json, "token").empty());
  });
}

TEST_CASE("who may enter may measure the line, in a room of their own where nothing is shown or heard") {
  store::for_each_engine([](store::TestDatabase& database) {
    At at(database);
    auto answer = at.house.send(at.as_bruno, "POST", at.meeting + "/check");
    CHECK(answer.status == 200);
    for (const char* which : {"first", "second"}) {
      auto validate = "/rtc/validate?access_token=" + text(answer.json, which);
      CHECK(at.house.call({.method = "GET", .target = validate}).text == "success");
    }
    CHECK(text(answer.json, "first") !=
          text(at.house.send(at.as_bruno, "POST", at.meeting + "/check").json, "first"));
    auto stranger = at.house.sign_in(at.house.agent("idriss"));
    CHECK(at.house.send(stranger, "POST", at.meeting + "/check").status == 404);
    CHECK(at.anonymous("POST", "/check", R"({"key":"faux"})").status == 404);
  });
}

}  // namespace parvis
