#pragma once
// For tests: a meeting of a house, and people who are in it without media. Include doctest before it. Not
// part of the product.
#include <algorithm>
#include <string>

#include "core/network_policy/network_policy.h"
#include "core/testing.h"
#include "module/meetings/module.h"
#include "platform/signal.h"

namespace parvis {

inline std::string text(const json::Value& value, std::string_view key) {
  return std::string(json::text(value, key).value_or(""));
}

/// A socket that nothing comes from, until it is closed from either side.
class QuietSocket final : public http::WebSocket {
 public:
  struct State {
    Signal changed;
    bool closed = false;
    void close() {
      closed = true;
      changed.notify_all();
    }
  };
  QuietSocket(Loop& loop, std::shared_ptr<State> state) : loop_(loop), state_(std::move(state)) {}
  Task<Result<Message>> receive() override {
    auto state = state_;
    while (!state->closed) (void)co_await state->changed.wait(loop_);
    co_return fail(reasons::unavailable, "closed");
  }
  bool send(std::string_view, bool) override { return true; }
  bool send(http::SharedBytes, bool) override { return true; }
  void cork() override {}
  void uncork() override {}
  void close(uint16_t, std::string_view) override { state_->close(); }
  size_t queued_bytes() const override { return 0; }

 private:
  Loop& loop_;
  std::shared_ptr<State> state_;
};

/// Claire animates, Bruno is a visitor.
struct MeetingFixture {
  explicit MeetingFixture(store::TestDatabase& database) : house(database) {
    claire = house.agent("claire");
    bruno = house.agent("bruno");
    space = house.space(claire);
    REQUIRE(house.run(house.spaces->set_member(claire, space, bruno.person, Role::visitor)));
    as_claire = house.sign_in(claire);
    as_bruno = house.sign_in(bruno);
    policy = std::move(
        *house.run(load_network_policy(database.env(), database.database(), *parse_network_ranges({}))));
    module = &house.add([this](Context& context) {
      return make_meetings_module(context, *policy,
                                  {.bind_host = "127.0.0.1", .media_port = 0, .media_hosts = {}});
    });
    meetings = "/api/v1/spaces/" + space.text() + "/meetings";
    auto made = house.send(as_claire, "POST", meetings, R"({"name":"Point du lundi"})");
    REQUIRE_MESSAGE(made.status == 201, made.text);
    id = text(made.json, "id");
    meeting = "/api/v1/meetings/" + id;
  }
  ~MeetingFixture() {
    module->release_waiting();
    for (auto& socket : sockets) socket->close();
    (void)house.wait_until([this] {
      return std::ranges::all_of(sockets, [](const auto& socket) { return socket.use_count() == 1; });
    });
  }

  /// Takes a token into the meeting, as a client's socket does.
  std::shared_ptr<QuietSocket::State> enter_with(const std::string& token) {
    auto answer = house.call({.target = "/rtc?protocol=16&access_token=" + token});
    REQUIRE_MESSAGE(answer.response.upgrade, answer.text);
    auto state = std::make_shared<QuietSocket::State>();
    spawn(
        keep(std::move(answer.response.upgrade), std::make_unique<QuietSocket>(house.at.env().loop, state)));
    sockets.push_back(state);
    return state;
  }
  std::shared_ptr<QuietSocket::State> enter(const TestHouse::SignedIn& who) {
    return enter_with(text(house.send(who, "POST", meeting + "/join").json, "token"));
  }
  /// A guest's token, once a host has let them in.
  std::string guest_token(const std::string& name) {
    auto link =
        text(house.send(as_claire, "PATCH", meeting, R"({"guests":true,"lobby":false})").json, "guest_link");
    auto key = link.substr(link.find("cle=") + 4);
    auto entry = anonymous("POST", "/join", R"({"key":")" + key + R"(","name":")" + name + R"("})");
    return text(entry.json, "token");
  }
  TestHouse::Answer anonymous(const std::string& method, const std::string& tail,
                              const std::string& body = "", const std::string& token = "") {
    TestHouse::Call call{.method = method, .target = "/api/v1/guest-meetings/" + id + tail, .body = body};
    if (!token.empty()) call.headers.emplace_back("Authorization", "Bearer " + token);
    return house.call(std::move(call));
  }
  int64_t present() { return json::integer(house.get(as_claire, meeting).json, "participants").value_or(-1); }
  std::string claire_is() const { return "p:" + claire.person.text(); }
  std::string bruno_is() const { return "p:" + bruno.person.text(); }

  std::unique_ptr<NetworkPolicy> policy;
  TestHouse house;
  Module* module = nullptr;
  Actor claire, bruno;
  SpaceId space;
  TestHouse::SignedIn as_claire, as_bruno;
  std::string meetings, meeting, id;
  std::vector<std::shared_ptr<QuietSocket::State>> sockets;

 private:
  static Task<void> keep(http::WebSocketHandler handler, std::unique_ptr<http::WebSocket> socket) {
    co_await handler(std::move(socket));
  }
};

}  // namespace parvis
