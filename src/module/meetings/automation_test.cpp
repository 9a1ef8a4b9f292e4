#include <doctest/doctest.h>

#include "core/network_policy/network_policy.h"
#include "core/testing.h"
#include "module/meetings/module.h"
#include "module/meetings/room_messages.h"
#include "module/meetings/token_claims.h"

namespace parvis {
namespace {

namespace wire = livekit::wire;
using room_messages::Format;

std::string text(const json::Value& value, std::string_view key) {
  return std::string(json::text(value, key).value_or(""));
}

/// Claire animates a space and has made a key of it.
struct At {
  explicit At(store::TestDatabase& database) : house(database) {
    claire = house.agent("claire");
    space = house.space(claire);
    as_claire = house.sign_in(claire);
    policy = std::move(*house.run(load_network_policy(database.env(), database.database(), {})));
    house.add([this](Context& context) {
      return make_meetings_module(context, *policy,
                                  {.bind_host = "127.0.0.1", .media_port = 0, .media_hosts = {}});
    });
    keys = "/api/v1/spaces/" + space.text() + "/meeting-keys";
    auto made = house.send(as_claire, "POST", keys, R"({"name":"Robot"})");
    REQUIRE_MESSAGE(made.status == 201, made.text);
    secret = text(made.json, "secret");
    key = text(made.json.at("key"), "id");
  }
  std::string token(const std::string& video, const std::string& issuer = "") {
    auto expires = house.at.env().clock.now().ms / 1000 + 600;
    return sign_token(R"({"iss":")" + (issuer.empty() ? key : issuer) + R"(","sub":"robot","exp":)" +
                          std::to_string(expires) + R"(,"video":)" + video + "}",
                      secret);
  }
  TestHouse::Answer call(const std::string& method, const std::string& token, const std::string& body,
                         const std::string& type = "application/json") {
    return house.call({.method = "POST",
                       .target = "/twirp/livekit.RoomService/" + method,
                       .body = body,
                       .headers = {{"Authorization", "Bearer " + token}, {"Content-Type", type}}});
  }
  std::unique_ptr<NetworkPolicy> policy;
  TestHouse house;
  Actor claire;
  SpaceId space;
  TestHouse::SignedIn as_claire;
  std::string keys, key, secret;
};

}  // namespace

TEST_CASE("a request is read as protobuf or as JSON in either spelling; what is unknown is ignored") {
  wire::MuteRoomTrackRequest request;
  for (const char* body : {R"({"room":"r","track_sid":"TR_1","muted":true,"later":{"x":[1]}})",
                           R"({"room":"r","trackSid":"TR_1","muted":true})"}) {
    request.Clear();
    REQUIRE(room_messages::parse(Format::json, body, request));
    CHECK(request.track_sid() == "TR_1");
    CHECK(request.muted());
  }
  auto bytes = room_messages::render(Format::protobuf, request);
  wire::MuteRoomTrackRequest again;
  REQUIRE(room_messages::parse(Format::protobuf, bytes, again));
  CHECK(again.room() == "r");
  auto shown = room_messages::render(Format::json, wire::Room());
  CHECK(shown.find("\"num_participants\":0") != std::string::npos);
  for (const char* bad : {"", "{", "[]", R"({"muted":"perhaps"})", R"({"room":{}})"})
    CHECK_FALSE(room_messages::parse(Format::json, bad, request));
  CHECK_FALSE(room_messages::parse(Format::protobuf, "\xff\xff\xff", request));
  CHECK_FALSE(room_messages::parse(Format::json, std::string(100'000, '['), request));
  CHECK_FALSE(room_messages::request_of("Rien"));
  CHECK(room_messages::format_of("application/json; charset=UTF-8") == Format::json);
  CHECK_FALSE(room_messages::format_of("text/plain"));
}

TEST_CASE("what automation keeps in a room's metadata stands beside the house's state") {
  auto metadata = room_messages::room_metadata(true, "é\"");
  CHECK(metadata == "{\"locked\":true,\"metadata\":\"é\\\"\"}");
  CHECK(room_messages::automation_metadata(metadata) == "é\"");
  CHECK(room_messages::automation_metadata("").empty());
  CHECK(room_messages::automation_metadata(room_messages::room_metadata(false, "")).empty());
}

TEST_CASE("sources that a token does not know are no leave to publish the others") {
  auto claims_of = [](const char* video) {
    auto token = sign_token(std::string(R"({"iss":"k","exp":1800000600,"video":)") + video + "}", "s");
    CHECK(*token_issuer_of(token) == "k");
    return *read_token(token, "s", Instant{1'800'000'000'000});
  };
  CHECK(claims_of(R"({"canPublishSources":["microphone"]})").permission.publish_sources.size() == 1);
  CHECK_FALSE(claims_of(R"({"canPublishSources":["smell"]})").permission.publish);
  CHECK(claims_of("{}").permission.publish);
  auto all = claims_of(R"({"roomAdmin":true,"room":"a","destinationRoom":"b","roomList":true})");
  CHECK(all.room_admin);
  CHECK(all.room_list);
  CHECK_FALSE(all.room_create);
  CHECK(all.destination_room == "b");
}

TEST_CASE("keys: bounds, and the secret that is shown once") {
  store::for_each_engine([](store::TestDatabase& database) {
    At at(database);
    auto make = [&](const std::string& body) { return at.house.send(at.as_claire, "POST", at.keys, body); };
    CHECK(make(R"({"name":" "})").status == 400);
    CHECK(make(R"({"name":")" + std::string(101, 'x') + R"("})").status == 400);
    CHECK(make(R"({"name":"x","expires_at":5})").status == 400);
    auto bad = make(R"({"name":"x","webhook_url":"https://127.0.0.1/"})");
    CHECK(bad.status == 400);
    CHECK(text(bad.json, "field") == "webhook_url");
    CHECK(at.house.get(at.as_claire, at.keys).text.find(at.secret) == std::string::npos);
    for (int i = 1; i < 20; ++i) CHECK(make(R"({"name":"x"})").status == 201);
    CHECK(text(make(R"({"name":"x"})").json, "code") == "meeting_keys_too_many");
    auto one = "/api/v1/meeting-keys/" + at.key;
    auto changed = at.house.send(at.as_claire, "PATCH", one, R"({"name":"Veilleur"})");
    CHECK(text(changed.json, "name") == "Veilleur");
    auto stranger = at.house.sign_in(at.house.agent("idriss"));
    CHECK(at.house.send(stranger, "DELETE", one).status == 404);
    CHECK(at.house.send(at.as_claire, "DELETE", one).status == 204);
    CHECK(at.call("ListRooms", at.token(R"({"roomList":true})"), "{}").status == 401);
  });
}

TEST_CASE("calls are answered in Twirp's words; a key reaches its own space") {
  store::for_each_engine([](store::TestDatabase& database) {
    At at(database);
    auto code = [&](const TestHouse::Answer& answer) {
      return std::to_string(answer.status) + " " + text(answer.json, "code");
    };
    auto list = at.token(R"({"roomList":true})"), create = at.token(R"({"roomCreate":true})");
    CHECK(code(at.call("ListRooms", "", "{}")) == "401 unauthenticated");
    CHECK(code(at.call("ListRooms", at.token(R"({"roomList":true})", "parvis"), "{}")) ==
          "401 unauthenticated");
    CHECK(code(at.call("ListRooms", create, "{}")) == "403 permission_denied");
    CHECK(code(at.call("Rien", list, "{}")) == "404 bad_route");
    CHECK(code(at.call("ListRooms", list, "{")) == "400 malformed");
    CHECK(code(at.call("ListRooms", list, "{}", "text/plain")) == "400 malformed");
    CHECK(code(at.call("PerformRpc", list, "{}")) == "501 unimplemented");
    auto made = at.call("CreateRoom", create, R"({"name":"Veille","max_participants":5})");
    REQUIRE_MESSAGE(made.status == 200, made.text);
    CHECK(text(made.json, "name") == "Veille");
    CHECK(at.call("ListRooms", list, "{}").json.at("rooms").as_array().size() == 1);
    auto admin = at.token(R"({"roomAdmin":true,"room":"Veille"})");
    CHECK(at.call("ListParticipants", admin, R"({"room":"Veille"})").status == 200);
    CHECK(code(at.call("ListParticipants", admin, R"({"room":"Autre"})")) == "404 not_found");
    CHECK(code(at.call("SendData", admin, R"({"room":"Veille","topic":"parvis.lobby","data":""})")) ==
          "403 permission_denied");
    CHECK(code(at.call("CreateRoom", create, R"({"name":"a\u0001"})")) == "400 invalid_argument");
    // Whoever made the key no longer animates: the key opens nothing.
    auto second = at.house.agent("second");
    REQUIRE(at.house.run(at.house.spaces->set_member(at.claire, at.space, second.person, Role::animator)));
    REQUIRE(at.house.run(at.house.spaces->set_member(second, at.space, at.claire.person, Role::visitor)));
    CHECK(code(at.call("ListParticipants", admin, R"({"room":"Veille"})")) == "404 not_found");
    CHECK(at.call("ListRooms", list, "{}").json.at("rooms").as_array().empty());
  });
}

}  // namespace parvis
