#include <doctest/doctest.h>

#include <deque>

#include "core/session_door.h"
#include "core/testing.h"
#include "module/people/module.h"
#include "module/people/routes.h"

namespace parvis {
namespace {

constexpr const char* password = "trois chevaux lents";

std::string text(const json::Value& value, std::string_view key) {
  return std::string(json::text(value, key).value_or(""));
}

struct At {
  store::TestDatabase database;
  TestHouse house{database};
  Actor claire = house.agent("claire");
  At() {
    house.add(make_people_module);
    CHECK(house.run(house.people->set_password(claire.person, password, claire.person)));
  }
  TestHouse::Answer sign_in(const std::string& email, const std::string& with) {
    std::string body;
    json::Writer(body).begin_object().field("email", email).field("password", with).end_object();
    return house.call({.method = "POST", .target = "/api/v1/session", .body = body});
  }
};

/// What a browser would keep of an answer that signs in.
TestHouse::SignedIn browser(const TestHouse::Answer& answer) {
  std::string cookie(answer.header("Set-Cookie"));
  std::string name = "__Host-parvis=";
  REQUIRE(cookie.starts_with(name));
  return {cookie.substr(name.size(), cookie.find(';') - name.size()), text(answer.json, "csrf"),
          SessionId::parse(text(answer.json, "session")).value_or(SessionId())};
}

/// A browser's end of the live socket.
class FakeSocket final : public http::WebSocket {
 public:
  struct Seen {
    std::vector<std::string> frames;
    uint16_t closed = 0;
  };
  FakeSocket(Seen& seen, Loop& loop) : seen_(seen), loop_(loop) {}
  Task<Result<Message>> receive() override {
    while (seen_.closed == 0) co_await loop_.sleep_for_us(millis_us(1));
    co_return fail(Stream::closed);
  }
  bool send(std::string_view data, bool) override {
    seen_.frames.emplace_back(data);
    return true;
  }
  bool send(http::SharedBytes data, bool binary) override { return send(*data, binary); }
  void cork() override {}
  void uncork() override {}
  void close(uint16_t code, std::string_view) override { seen_.closed = code; }
  size_t queued_bytes() const override { return 0; }

 private:
  Seen& seen_;
  Loop& loop_;
};

void open_live(TestHouse& house, const TestHouse::SignedIn& as, FakeSocket::Seen& seen) {
  auto answer = house.get(as, "/api/v1/live");
  REQUIRE(answer.response.upgrade);
  spawn([](http::WebSocketHandler handler, std::unique_ptr<http::WebSocket> socket) -> Task<void> {
    co_await handler(std::move(socket));
  }(std::move(answer.response.upgrade), std::make_unique<FakeSocket>(seen, house.at.env().loop)));
  REQUIRE(house.wait_until([&] { return seen.frames.size() >= 2; }));
}

bool has_frame(const FakeSocket::Seen& seen, std::string_view part) {
  for (auto& frame : seen.frames) {
    if (frame.find(part) != std::string::npos) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("a person signs in, is known by the cookie, and signs out") {
  At at;
  auto refused = at.sign_in("claire@mte.example.fr", "pas le bon mot de passe");
  CHECK(refused.status == 403);
  CHECK(text(refused.json, "code") == "credentials_wrong");
  CHECK(refused.header("Set-Cookie").empty());

  auto answer = at.sign_in("Claire@mte.example.fr", password);
  REQUIRE(answer.status == 200);
  auto web = browser(answer);
  auto me = at.house.get(web, "/api/v1/session");
  CHECK(me.status == 200);
  CHECK(text(me.json.at("person"), "email") == "claire@mte.example.fr");
  CHECK(text(me.json.at("person"), "matrix_id") == "@claire-mte.example.fr:parvis.example");
  CHECK(text(me.json, "csrf") == web.csrf);
  CHECK(at.house.send(web, "DELETE", "/api/v1/session").status == 204);
  CHECK(at.house.get(web, "/api/v1/session").status == 401);
}

TEST_CASE("signing in again from the same browser ends what it held") {
  At at;
  auto first = browser(at.sign_in("claire@mte.example.fr", password));
  std::string body = std::string(R"({"email":"claire@mte.example.fr","password":")") + password + "\"}";
  auto again = at.house.call(
      {.method = "POST", .target = "/api/v1/session", .body = body, .as = &first, .csrf = false});
  CHECK(again.status == 200);
  CHECK(at.house.get(first, "/api/v1/session").status == 401);
  CHECK(at.house.sessions->of(at.claire.person).size() == 1);
}

TEST_CASE("what people say of themselves is bounded and shown back") {
  At at;
  auto web = at.house.sign_in(at.claire);
  auto changed = at.house.send(web, "PATCH", "/api/v1/me",
                               R"({"name":" Claire Vasseur ","language":"en","hidden":true})");
  CHECK(changed.status == 200);
  CHECK(text(changed.json.at("person"), "name") == "Claire Vasseur");
  CHECK(text(changed.json, "language") == "en");
  auto empty = at.house.send(web, "PATCH", "/api/v1/me", R"({"name":"  "})");
  CHECK(empty.status == 400);
  CHECK(text(empty.json, "field") == "name");
  CHECK(text(empty.json, "title") == "Give a name.");
  CHECK(at.house.send(web, "PATCH", "/api/v1/me", R"({"language":"xx"})").status == 400);
  CHECK(at.house.send(web, "PATCH", "/api/v1/me", R"({"title":"a\u0007b"})").status == 400);
  CHECK(at.house.send(web, "PATCH", "/api/v1/me", "[").status == 400);
}

TEST_CASE("changing the password asks for the present one and ends every other session") {
  At at;
  auto web = at.house.sign_in(at.claire);
  auto phone = at.house.sign_in(at.claire, SessionKind::matrix);
  auto change = [&](const std::string& current, const std::string& next) {
    return at.house.send(web, "POST", "/api/v1/me/password",
                         "{\"current\":\"" + current + "\",\"password\":\"" + next + "\"}");
  };
  CHECK(change("faux", "quatre chevaux lents").status == 403);
  CHECK(change(password, "court").status == 400);
  CHECK(at.house.sessions->by_token(phone.token));
  CHECK(change(password, "quatre chevaux lents").status == 204);
  CHECK_FALSE(at.house.sessions->by_token(phone.token));
  CHECK(at.house.get(web, "/api/v1/session").status == 200);
  CHECK(at.sign_in("claire@mte.example.fr", password).status == 403);
  CHECK(at.sign_in("claire@mte.example.fr", "quatre chevaux lents").status == 200);
}

TEST_CASE("devices are one's own to see and to end") {
  At at;
  auto web = at.house.sign_in(at.claire), phone = at.house.sign_in(at.claire, SessionKind::matrix);
  auto karim = at.house.sign_in(at.house.agent("karim"));
  auto listed = at.house.get(web, "/api/v1/devices");
  CHECK(listed.json.at("devices").as_array().size() == 2);
  CHECK(at.house.send(karim, "DELETE", "/api/v1/devices/" + phone.session.text()).status == 404);
  CHECK(at.house.send(web, "DELETE", "/api/v1/devices/none").status == 404);
  CHECK(at.house.send(web, "DELETE", "/api/v1/devices/" + phone.session.text()).status == 204);
  CHECK_FALSE(at.house.sessions->by_token(phone.token));
  auto other = at.house.sign_in(at.claire);
  CHECK(at.house.send(web, "DELETE", "/api/v1/devices").status == 204);
  CHECK_FALSE(at.house.sessions->by_token(other.token));
  CHECK(at.house.sessions->by_token(karim.token));
}

TEST_CASE("agents find each other; externals find nobody, and see those of their spaces alone") {
  At at;
  auto jeanne = at.house.external("jeanne");
  auto web = at.house.sign_in(at.claire), outside = at.house.sign_in(jeanne);
  auto found = [&](const TestHouse::SignedIn& as) {
    return at.house.get(as, "/api/v1/people?q=cla").json.at("people").as_array().size();
  };
  CHECK(found(web) == 1);
  CHECK(found(outside) == 0);
  auto claire = "/api/v1/people/" + at.claire.person.text();
  CHECK(at.house.get(outside, claire).status == 404);
  CHECK(at.house.get(web, claire).status == 200);
  CHECK(at.house.get(web, "/api/v1/people/nobody").status == 404);
  auto space = at.house.space(at.claire);
  CHECK(at.house.run(at.house.spaces->open_to_externals(at.claire, space)));
  CHECK(at.house.run(at.house.spaces->set_member(at.claire, space, jeanne.person, Role::guest)));
  auto seen = at.house.get(outside, claire);
  CHECK(seen.status == 200);
  CHECK(seen.json.at("spaces").as_array().size() == 1);
}

TEST_CASE("an invitation's link opens an account and signs in, once") {
  At at;
  auto invited = at.house.run(at.house.people->invite("jeanne@cabinet.example", at.claire.person));
  auto look = at.house.call({.target = "/api/v1/invitation?token=" + invited->token});
  CHECK(text(look.json, "email") == "jeanne@cabinet.example");
  CHECK(text(look.json, "inviter") == "claire");
  CHECK(at.house.call({.target = "/api/v1/invitation?token=guess"}).status == 410);
  std::string body =
      "{\"token\":\"" + invited->token + R"(","name":"Jeanne","password":"trois chevaux lents"})";
  auto accepted = at.house.call({.method = "POST", .target = "/api/v1/invitation", .body = body});
  REQUIRE(accepted.status == 200);
  CHECK(text(accepted.json.at("person"), "kind") == "external");
  CHECK(at.house.get(browser(accepted), "/api/v1/session").status == 200);
  CHECK(at.house.call({.method = "POST", .target = "/api/v1/invitation", .body = body}).status == 410);
}

TEST_CASE("the live socket says what changed, and closes with its session in the same turn") {
  At at;
  auto karim = at.house.agent("karim");
  auto web = at.house.sign_in(at.claire), other = at.house.sign_in(karim);
  FakeSocket::Seen claire_sees, karim_sees;
  open_live(at.house, web, claire_sees);
  open_live(at.house, other, karim_sees);
  CHECK(has_frame(claire_sees, R"("t":"hello")"));
  CHECK(has_frame(claire_sees, R"({"t":"notifications","unread":0})"));

  auto space = at.house.space(at.claire, SpaceKind::project, Visibility::secret, Joining::invitation);
  CHECK(has_frame(claire_sees, R"({"t":"membership","space":")" + space.text()));
  CHECK_FALSE(has_frame(karim_sees, space.text()));
  CHECK(at.house.run(at.house.spaces->set_member(at.claire, space, karim.person, Role::contributor)));
  CHECK(has_frame(karim_sees, R"({"t":"membership","space":")" + space.text()));
  CHECK(at.house.wait_until([&] { return has_frame(karim_sees, R"("unread":1)"); }));

  CHECK(at.house.run(at.house.spaces->remove_member(at.claire, space, karim.person)));
  at.house.events.documents.tell({space, {}});
  CHECK(has_frame(claire_sees, R"({"t":"documents","space":")" + space.text()));
  CHECK_FALSE(has_frame(karim_sees, R"("t":"documents")"));
  at.house.events.documents.tell({space, "page"});
  CHECK(has_frame(claire_sees, R"({"t":"threads","document":"page"})"));

  CHECK(at.house.run(at.house.sessions->end(other.session, karim.person)));
  CHECK(karim_sees.closed == 1008);
  CHECK(has_frame(karim_sees, R"({"t":"signed_out"})"));
  CHECK(claire_sees.closed == 0);
  CHECK(at.house.run(at.house.people->change(at.claire.person, {.state = PersonState::suspended}, {})));
  CHECK(claire_sees.closed == 1008);
  at.house.wait_until([] { return false; });
}

TEST_CASE("a browser is named by what it says of itself") {
  CHECK(browser_name("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0") ==
        "Firefox · Linux");
  CHECK(browser_name(
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36 "
            "Edg/126.0") == "Edge · Windows");
  CHECK(browser_name("") == "Navigateur");
}

}  // namespace parvis
