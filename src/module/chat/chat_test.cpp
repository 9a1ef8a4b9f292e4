#include <doctest/doctest.h>

#include <fmt/format.h>

#include "core/testing.h"
#include "module/chat/module.h"
#include "module/files/module.h"
#include "proto/url.h"

namespace parvis {
namespace {

/// A salon of a space where Claire and Bruno are, and Idriss is not.
struct At {
  explicit At(store::TestDatabase& database) : house(database) {
    claire = house.agent("claire");
    bruno = house.agent("bruno");
    idriss = house.agent("idriss");
    space = house.space(claire);
    REQUIRE(house.run(house.spaces->set_member(claire, space, bruno.person, Role::contributor)));
    as_claire = house.sign_in(claire);
    as_bruno = house.sign_in(bruno);
    as_idriss = house.sign_in(idriss);
    start();
    REQUIRE(
        house.wait_until([&] { return !(room = salon()).empty() && joined(as_bruno) && joined(as_claire); }));
  }

  void start() {
    auto& files = static_cast<FilesModule&>(house.add(make_files_module));
    house.add([&](Context& context) { return make_chat_module(context, files.files()); });
    house.start_background();
  }
  void restart() {
    house.reload();
    start();
  }
  std::string salon() {
    auto answer = house.get(as_claire, "/api/v1/spaces/" + space.text() + "/rooms");
    auto* rooms = json::array(answer.json, "rooms");
    return rooms && !rooms->empty() ? std::string(*json::text(rooms->front(), "room_id")) : "";
  }
  bool joined(const TestHouse::SignedIn& as) {
    auto answer = house.get(as, "/_matrix/client/v3/joined_rooms");
    return answer.text.find(room) != std::string::npos;
  }
  std::string path(const std::string& rest) const {
    return "/_matrix/client/v3/rooms/" + proto::percent_encode(room) + rest;
  }
  TestHouse::Answer put(const TestHouse::SignedIn& as, const std::string& transaction,
                        const std::string& content, const std::string& type = "m.room.message") {
    return house.send(as, "PUT", path("/send/" + type + "/" + transaction), content);
  }
  std::string say(const TestHouse::SignedIn& as, const std::string& words) {
    auto answer = put(as, "t" + std::to_string(++transactions),
                      fmt::format(R"({{"msgtype":"m.text","body":"{}"}})", words));
    REQUIRE(answer.status == 200);
    return std::string(*json::text(answer.json, "event_id"));
  }
  json::Value sync(const TestHouse::SignedIn& as, const std::string& since = "") {
    auto answer =
        house.get(as, "/_matrix/client/v3/sync?timeout=0" + (since.empty() ? "" : "&since=" + since));
    REQUIRE(answer.status == 200);
    return answer.json;
  }
  const json::Value& here(const json::Value& sync) const { return sync.at("rooms").at("join").at(room); }
  std::vector<std::string> bodies(const json::Value& sync) const {
    std::vector<std::string> out;
    for (auto& event : here(sync).at("timeline").at("events").as_array())
      if (auto body = json::text(event.at("content"), "body")) out.emplace_back(*body);
    return out;
  }
  int64_t unread(const json::Value& sync) const {
    return here(sync).at("unread_notifications").at("notification_count").as_int64();
  }

  TestHouse house;
  Actor claire, bruno, idriss;
  SpaceId space;
  TestHouse::SignedIn as_claire, as_bruno, as_idriss;
  std::string room;
  int transactions = 0;
};

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("a message is told in order, once however often it is sent, and counted until it is read") {
  store::for_each_engine([](store::TestDatabase& database) {
    At at(database);
    std::string since(*json::text(at.sync(at.as_bruno), "next_batch"));
    at.say(at.as_claire, "Bonjour");
    auto first = at.put(at.as_claire, "same", R"({"msgtype":"m.text","body":"Une fois"})");
    auto again = at.put(at.as_claire, "same", R"({"msgtype":"m.text","body":"Une fois"})");
    CHECK(first.text == again.text);
    auto heard = at.sync(at.as_bruno, since);
    CHECK(at.bodies(heard) == Words{"Bonjour", "Une fois"});
    CHECK(at.unread(heard) == 2);
    std::string last(*json::text(first.json, "event_id"));
    auto read =
        at.house.send(at.as_bruno, "POST", at.path("/receipt/m.read/" + proto::percent_encode(last)), "{}");
    CHECK(read.status == 200);
    CHECK(at.unread(at.sync(at.as_bruno)) == 0);
  });
}

TEST_CASE("after a restart everything said, counted and settled is as it was") {
  store::for_each_engine([](store::TestDatabase& database) {
    At at(database);
    auto first = at.say(at.as_claire, "Le projet de décret");
    at.say(at.as_bruno, "Merci");
    REQUIRE(
        at.put(at.as_bruno, "r1",
               fmt::format(R"({{"m.relates_to":{{"rel_type":"m.annotation","event_id":"{}","key":"👍"}}}})",
                           first),
               "m.reaction")
            .status == 200);
    REQUIRE(
        at.put(
              at.as_claire, "e1",
              fmt::format(
                  R"({{"msgtype":"m.text","body":"* corrigé","m.new_content":{{"msgtype":"m.text","body":"corrigé"}},)"
                  R"("m.relates_to":{{"rel_type":"m.replace","event_id":"{}"}}}})",
                  first))
            .status == 200);
    auto event = "/event/" + proto::percent_encode(first);
    auto before = at.sync(at.as_claire);
    auto seen = at.house.get(at.as_claire, at.path(event));
    CHECK(seen.text.find("m.replace") != std::string::npos);
    at.restart();
    auto after = at.sync(at.as_claire);
    CHECK(at.here(after).at("timeline").at("events") == at.here(before).at("timeline").at("events"));
    CHECK(at.unread(after) == at.unread(before));
    CHECK(at.house.get(at.as_claire, at.path(event)).json == seen.json);
    at.say(at.as_claire, "Suite");
    CHECK(at.bodies(at.sync(at.as_bruno)).back() == "Suite");
  });
}

TEST_CASE("the salon follows the space: who is removed loses it at once, who never was there sees nothing") {
  store::for_each_engine([](store::TestDatabase& database) {
    At at(database);
    auto event = at.say(at.as_claire, "Entre nous");
    CHECK(at.house.get(at.as_idriss, at.path("/messages?dir=b")).status == 403);
    CHECK(at.put(at.as_idriss, "x", R"({"msgtype":"m.text","body":"Moi aussi"})").status == 403);
    std::string since(*json::text(at.sync(at.as_bruno), "next_batch"));
    REQUIRE(at.house.run(at.house.spaces->remove_member(at.claire, at.space, at.bruno.person)));
    CHECK(at.house.get(at.as_bruno, at.path("/event/" + proto::percent_encode(event))).status >= 403);
    CHECK(at.put(at.as_bruno, "y", R"({"msgtype":"m.text","body":"Encore là"})").status == 403);
    CHECK(at.house.wait_until([&] { return !at.joined(at.as_bruno); }));
    at.say(at.as_claire, "Sans lui");
    auto later = at.house.get(at.as_bruno, "/_matrix/client/v3/sync?timeout=0&since=" + since);
    CHECK(later.text.find("Sans lui") == std::string::npos);
  });
}

TEST_CASE("what is not a message is refused with Matrix's words, and changes nothing") {
  store::for_each_engine([](store::TestDatabase& database) {
    At at(database);
    auto before = at.bodies(at.sync(at.as_claire));
    CHECK(json::text(at.put(at.as_claire, "a", "{").json, "errcode") == "M_NOT_JSON");
    CHECK(json::text(at.put(at.as_claire, "b", "[]").json, "errcode") == "M_BAD_JSON");
    std::string large = R"({"msgtype":"m.text","body":")" + std::string(70'000, 'x') + R"("})";
    auto refused = at.put(at.as_claire, "c", large);
    CHECK(refused.status == 413);
    CHECK(json::text(refused.json, "errcode") == "M_TOO_LARGE");
    CHECK(at.bodies(at.sync(at.as_claire)) == before);
  });
}

}  // namespace parvis
