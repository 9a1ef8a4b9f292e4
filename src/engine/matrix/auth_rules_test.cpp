#include "engine/matrix/auth_rules.h"

#include <doctest/doctest.h>

#include "engine/matrix/crypto.h"
#include "engine/matrix/errors.h"
#include "engine/matrix/signing.h"
#include "engine/matrix/test_room.h"

using namespace parvis;
using namespace parvis::matrix;
using namespace parvis::matrix::test;

TEST_CASE("create: only the first event, from the room's own server") {
  for (auto version : room_versions) {
    Room room(version);
    bool v12 = has_hashed_room_id(version);
    if (!v12) room.id = "!r:a.fr";
    std::string creator = version == RoomVersion::v10 ? R"("creator":"@alice:a.fr")" : "";
    CHECK(room.allows(alice, "m.room.create", "", "{" + creator + "}"));
    CHECK_FALSE(room.allows(alice, "m.room.create", "", R"({"room_version":"1.5","creator":"@alice:a.fr"})"));
    CHECK(room.allows(alice, "m.room.create", "", "{}") == (version != RoomVersion::v10));
    CHECK(room.allows(carol, "m.room.create", "", "{" + creator + "}") == v12);
    if (v12) {
      CHECK(room.allows(alice, "m.room.create", "", R"({"additional_creators":["@x:b.fr"]})"));
      CHECK_FALSE(room.allows(alice, "m.room.create", "", R"({"additional_creators":["x"]})"));
      CHECK_FALSE(room.allows(alice, "m.room.create", "", R"({"additional_creators":"@x:b.fr"})"));
      CHECK_FALSE(room.allows(alice, "m.room.create", "", R"({"additional_creators":[1]})"));
    }
    room = make_room(version);
    CHECK_FALSE(room.allows(alice, "m.room.create", "", "{" + creator + "}"));
  }
}

TEST_CASE("nobody but the creator joins an empty room") {
  for (auto version : room_versions) {
    Room room(version);
    if (!has_hashed_room_id(version)) room.id = "!r:a.fr";
    room.send(alice, "m.room.create", "", R"({"creator":"@alice:a.fr"})");
    CHECK(room.allows_member(alice, alice, "join"));
    CHECK_FALSE(room.allows_member(bob, bob, "join"));
    CHECK_FALSE(room.allows(alice, "m.room.name", "", "{}"));
  }
}

TEST_CASE("membership: each transition against each join rule") {
  for (auto version : room_versions) {
    for (std::string_view rule : {"public", "invite", "knock", "restricted", "knock_restricted", "private"}) {
      CAPTURE(rule);
      auto room = make_room(version, rule);
      CHECK(room.allows_member(dan, dan, "join") == (rule == "public"));
      CHECK(room.allows_member(dan, dan, "knock") == (rule == "knock" || rule == "knock_restricted"));
      CHECK_FALSE(room.allows_member(bob, dan, "join"));
      CHECK_FALSE(room.allows_member(bob, dan, "knock"));
      CHECK_FALSE(room.allows_member(dan, dan, "leave"));
      CHECK_FALSE(room.allows_member(dan, carol, "invite"));
      CHECK_FALSE(room.allows_member(dan, dan, "nonsense"));
      CHECK_FALSE(room.allows(dan, "m.room.message", std::nullopt, "{}"));
      CHECK(room.allows_member(bob, bob, "join") == (rule != "private"));  // profile change
      CHECK_FALSE(room.allows_member(bob, bob, "knock"));
      room.member(bob, dan, "invite");
      CHECK(room.allows_member(dan, dan, "join") == (rule != "private"));
      CHECK(room.allows_member(dan, dan, "leave"));
      CHECK_FALSE(room.allows_member(dan, dan, "knock"));
      CHECK_FALSE(room.allows_member(dan, carol, "invite"));
      room.member(bob, dan, "ban");
      CHECK_FALSE(room.allows_member(dan, dan, "join"));
      CHECK_FALSE(room.allows_member(dan, dan, "knock"));
      CHECK_FALSE(room.allows_member(dan, dan, "leave"));
      CHECK_FALSE(room.allows_member(bob, dan, "invite"));
      CHECK(room.allows_member(bob, dan, "leave"));
    }
    auto room = make_room(version, "restricted");
    CHECK(room.allows_member(carol, carol, "join", R"(,"join_authorised_via_users_server":"@bob:a.fr")"));
    CHECK_FALSE(
        room.allows_member(carol, carol, "join", R"(,"join_authorised_via_users_server":"@dan:a.fr")"));
    CHECK(find_authorising_user(version, room.state, "a.fr") == alice);
    CHECK(find_authorising_user(version, room.state, "b.fr").empty());
    CHECK_FALSE(room.allows(bob, "m.room.member", std::nullopt, R"({"membership":"join"})"));
    CHECK_FALSE(room.allows(bob, "m.room.member", bob, "{}"));
  }
}

TEST_CASE("kick, ban and invite need the level and more power than the person") {
  for (auto version : room_versions) {
    auto room = make_room(version, "public");
    room.member(dan, dan, "join");
    room.member(carol, carol, "join");
    CHECK(room.allows_member(bob, dan, "leave"));
    CHECK(room.allows_member(bob, dan, "ban"));
    CHECK_FALSE(room.allows_member(dan, carol, "leave"));
    CHECK_FALSE(room.allows_member(dan, carol, "ban"));
    CHECK_FALSE(room.allows_member(bob, alice, "leave"));
    CHECK_FALSE(room.allows_member(bob, alice, "ban"));
    CHECK_FALSE(room.allows_member(bob, dan, "invite"));  // joined already
    bool v12 = has_hashed_room_id(version);
    room.send(alice, "m.room.power_levels", "",
              v12 ? R"({"users":{"@bob:a.fr":50},"invite":60,"ban":80})"
                  : R"({"users":{"@alice:a.fr":100,"@bob:a.fr":50},"invite":60,"ban":80})");
    CHECK_FALSE(room.allows_member(bob, "@eve:a.fr", "invite"));
    CHECK(room.allows_member(alice, "@eve:a.fr", "invite"));
    room.member(alice, dan, "ban");
    CHECK_FALSE(room.allows_member(bob, dan, "leave"));  // unban needs the ban level
  }
}

TEST_CASE("events need their level; state keys of people are their own") {
  for (auto version : room_versions) {
    auto room = make_room(version, "public");
    room.member(dan, dan, "join");
    CHECK(room.allows(dan, "m.room.message", std::nullopt, "{}"));
    CHECK_FALSE(room.allows(dan, "m.room.name", "", "{}"));
    CHECK(room.allows(bob, "m.room.name", "", "{}"));
    CHECK(room.allows(bob, "x.y", bob, "{}"));
    CHECK_FALSE(room.allows(bob, "x.y", dan, "{}"));
    CHECK_FALSE(room.allows(bob, "m.room.third_party_invite", "t", "{}") == false);
    CHECK(room.allows(dan, "m.room.redaction", std::nullopt, "{}"));
    auto refused = room.try_send(dan, "m.room.topic", "", "{}");
    CHECK(refused.error().is(errors::power_too_low));
    auto outsider = room.try_send(carol, "m.room.message", std::nullopt, "{}");
    CHECK(outsider.error().is(errors::not_in_room));
  }
}

TEST_CASE("a room that does not federate refuses other servers") {
  for (auto version : room_versions) {
    Room room(version);
    if (!has_hashed_room_id(version)) room.id = "!r:a.fr";
    room.send(alice, "m.room.create", "", R"({"creator":"@alice:a.fr","m.federate":false})");
    room.member(alice, alice, "join");
    room.send(alice, "m.room.join_rules", "", R"({"join_rule":"public"})");
    CHECK(room.allows_member(bob, bob, "join"));
    CHECK_FALSE(room.allows_member(carol, carol, "join"));
  }
}

TEST_CASE("power levels: shape and what each person may change") {
  struct Row {
    std::string_view sender, content;
    bool v11, v12;
  };
  // In force: alice 100 (v12: creator), bob 50, state_default absent; "x" needs 60, "y" needs 40.
  const Row rows[] = {
      {alice,
       R"({"users":{"@alice:a.fr":100,"@bob:a.fr":50},"events":{"m.room.power_levels":50,"x":60,"y":40}})",
       true, false},
      {alice, R"({"users":{"@bob:a.fr":50},"events":{"m.room.power_levels":50,"x":60,"y":40}})", true, true},
      {bob,
       R"({"users":{"@alice:a.fr":100,"@bob:a.fr":50},"events":{"m.room.power_levels":50,"x":60,"y":41}})",
       true, false},
      {bob, R"({"users":{"@bob:a.fr":50},"events":{"m.room.power_levels":50,"x":60,"y":41}})", false, true},
      {bob, R"({"users":{"@bob:a.fr":50},"events":{"m.room.power_levels":50,"x":50,"y":40}})", false, false},
      {bob, R"({"users":{"@bob:a.fr":50},"events":{"m.room.power_levels":50,"x":60,"y":51}})", false, false},
      {bob, R"({"users":{"@bob:a.fr":50},"events":{"m.room.power_levels":50,"y":40}})", false, false},
      {bob, R"({"users":{"@bob:a.fr":51},"events":{"m.room.power_levels":50,"x":60,"y":40}})", false, false},
      {bob, R"({"users":{"@bob:a.fr":50,"@dan:a.fr":51},"events":{"m.room.power_levels":50,"x":60,"y":40}})",
       false, false},
      {bob, R"({"users":{"@bob:a.fr":50,"@dan:a.fr":50},"events":{"m.room.power_levels":50,"x":60,"y":40}})",
       false, true},
      {bob,
       R"({"users":{"@alice:a.fr":100,"@bob:a.fr":10},"events":{"m.room.power_levels":50,"x":60,"y":40}})",
       true, false},
      {bob, R"({"users":{"@bob:a.fr":50},"events":{"m.room.power_levels":50,"x":60,"y":40},"ban":51})", false,
       false},
      {bob, R"({"users":{"@bob:a.fr":50},"events":{"m.room.power_levels":50,"x":60,"y":40},"ban":49})", false,
       true},
      {alice, R"({"ban":"50"})", false, false},
      {alice, R"({"users":{"bob":50}})", false, false},
      {alice, R"({"users":{"@bob:a.fr":"50"}})", false, false},
      {alice, R"({"users":[]})", false, false},
      {alice, R"({"events":{"x":null}})", false, false},
      {alice, R"({"events":7})", false, false},
      {alice, R"({"notifications":{"room":"50"}})", false, false},
      {alice, R"({"notifications":{"room":20},"users":{"@bob:a.fr":5}})", true, true},
      {dan, R"({})", false, false},
  };
  for (auto version : room_versions) {
    auto room = make_room(version, "public");
    bool v12 = has_hashed_room_id(version);
    room.send(
        alice, "m.room.power_levels", "",
        v12 ? R"({"users":{"@bob:a.fr":50},"events":{"m.room.power_levels":50,"x":60,"y":40}})"
            : R"({"users":{"@alice:a.fr":100,"@bob:a.fr":50},"events":{"m.room.power_levels":50,"x":60,"y":40}})");
    room.member(dan, dan, "join");
    for (const auto& row : rows)
      CHECK_MESSAGE(
          room.allows(row.sender, "m.room.power_levels", "", row.content) == (v12 ? row.v12 : row.v11),
          name_of(version), " ", row.sender, " ", row.content);
  }
}

TEST_CASE("v12 creators keep infinite power") {
  Room room(RoomVersion::v12);
  room.send(alice, "m.room.create", "", R"({"additional_creators":["@bob:a.fr"]})");
  CHECK(room.id.size() == 44);
  room.member(alice, alice, "join");
  room.send(alice, "m.room.power_levels", "",
            R"({"users":{"@dan:a.fr":100},"events":{"m.room.tombstone":150}})");
  room.send(alice, "m.room.join_rules", "", R"({"join_rule":"public"})");
  room.member(bob, bob, "join");
  room.member(dan, dan, "join");
  auto levels = PowerLevels::of(RoomVersion::v12, room.state);
  CHECK(levels.user(alice) == infinite_power);
  CHECK(levels.user(bob) == infinite_power);
  CHECK(levels.user(dan) == 100);
  CHECK(levels.user(carol) == 0);
  CHECK(room.allows(bob, "m.room.tombstone", "", "{}"));
  CHECK_FALSE(room.allows(dan, "m.room.tombstone", "", "{}"));
  CHECK_FALSE(room.allows_member(bob, alice, "leave"));
  CHECK_FALSE(room.allows_member(dan, bob, "ban"));
  CHECK_FALSE(room.allows(bob, "m.room.power_levels", "", R"({"users":{"@bob:a.fr":5}})"));
}

TEST_CASE("without power levels the creator rules alone") {
  for (auto version : room_versions) {
    auto room = make_room(version, "public", false);
    auto levels = PowerLevels::of(version, room.state);
    CHECK(levels.user(alice) >= 100);
    CHECK(levels.user(bob) == 0);
    CHECK(levels.to_send("m.room.name", true) == 0);
    CHECK(levels.ban() == 50);
    CHECK(room.allows(bob, "m.room.name", "", "{}"));
    CHECK_FALSE(room.allows_member(bob, alice, "ban"));
    CHECK(room.allows_member(alice, bob, "ban"));
  }
}

TEST_CASE("third party invites hold by their signature") {
  std::array<uint8_t, 32> seed{};
  seed[0] = 7;
  SigningKey key(seed, "0");
  auto public_key = to_base64(key.public_key(), Base64::standard_unpadded);
  auto room = make_room(RoomVersion::v11, "invite");
  room.send(bob, "m.room.third_party_invite", "tok",
            R"({"display_name":"d","public_key":")" + public_key + "\"}");
  auto signed_part = sign_json(R"({"mxid":"@dan:a.fr","token":"tok"})", "id.fr", key);
  auto invite = [&](std::string_view sender, std::string_view target, std::string_view part) {
    return room.allows_member(sender, target, "invite",
                              ",\"third_party_invite\":{\"signed\":" + std::string(part) + "}");
  };
  CHECK(invite(bob, dan, signed_part));
  CHECK_FALSE(invite(alice, dan, signed_part));
  CHECK_FALSE(invite(bob, carol, signed_part));
  CHECK_FALSE(
      invite(bob, dan, R"({"mxid":"@dan:a.fr","token":"tok","signatures":{"id.fr":{"ed25519:0":"AAAA"}}})"));
  CHECK_FALSE(invite(bob, dan, R"({"mxid":"@dan:a.fr","token":"tok"})"));
  CHECK_FALSE(invite(bob, dan, R"({"mxid":"@dan:a.fr"})"));
  CHECK_FALSE(room.allows_member(bob, dan, "invite", R"(,"third_party_invite":{})"));
}

TEST_CASE("auth events are the ones the rules read, and received ones are checked") {
  for (auto version : room_versions) {
    auto room = make_room(version, "invite");
    bool v12 = has_hashed_room_id(version);
    auto content = value(R"({"membership":"invite"})");
    AuthInput invite{
        .room_id = room.id, .type = "m.room.member", .state_key = dan, .sender = bob, .content = &content};
    auto ids = select_auth_events(version, invite, room.state);
    // power levels, the inviter, join rules; the create event until v11
    CHECK(ids.size() == (v12 ? 3 : 4));
    std::vector<StateEventPtr> events;
    if (!v12) events.push_back(room.state.get("m.room.create", ""));
    events.push_back(room.state.get("m.room.power_levels", ""));
    events.push_back(room.state.get("m.room.member", bob));
    events.push_back(room.state.get("m.room.join_rules", ""));
    CHECK(check_auth_events(version, invite, events).has_value());
    auto twice = events;
    twice.push_back(events.back());
    CHECK_FALSE(check_auth_events(version, invite, twice).has_value());
    auto foreign = events;
    foreign.push_back(room.state.get("m.room.member", alice));
    CHECK_FALSE(check_auth_events(version, invite, foreign).has_value());
    auto create = room.state.get("m.room.create", "");
    if (v12) {
      events.push_back(create);
    } else {
      events.erase(events.begin());
    }
    CHECK_FALSE(check_auth_events(version, invite, events).has_value());
  }
}
