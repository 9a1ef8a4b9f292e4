#include <doctest/doctest.h>

#include "module/meetings/polls.h"

#include "module/meetings/meeting_fixture.h"

namespace parvis {
namespace {

struct At : MeetingFixture {
  using MeetingFixture::MeetingFixture;
  std::string make(const TestHouse::SignedIn& who, const std::string& body = asked) {
    auto made = house.send(who, "POST", meeting + "/polls", body);
    REQUIRE_MESSAGE(made.status == 201, made.text);
    return meeting + "/polls/" + text(made.json, "id");
  }
  int vote(const TestHouse::SignedIn& who, const std::string& poll, const std::string& answers) {
    return house.send(who, "PUT", poll + "/vote", R"({"answers":)" + answers + "}").status;
  }
  json::Value see(const TestHouse::SignedIn& who, size_t index = 0) {
    return house.get(who, meeting + "/polls").json.at("polls").at(index);
  }
  std::vector<poll_store::Ballot> ballots(const std::string& poll) {
    auto id = *PollId::parse(poll.substr(poll.rfind('/') + 1));
    auto found = house.run(house.at.database().read(
        [id](store::Reader& reader) { return poll_store::ballots(reader, id, 100); }));
    REQUIRE(found);
    return *found;
  }
  static constexpr const char* asked = R"({"question":"Quel jour ?","answers":["Lundi","Mardi","Jeudi"]})";
};

int64_t votes(const json::Value& poll, size_t answer) {
  return json::integer(poll.at("answers").at(answer), "votes").value_or(-1);
}

}  // namespace

TEST_CASE("a poll is prepared by its host, answered by those who are there, and shown when it is closed") {
  store::for_each_engine([](store::TestDatabase& database) {
    At at(database);
    auto poll = at.make(at.as_claire);
    CHECK(at.house.get(at.as_bruno, at.meeting + "/polls").json.at("polls").as_array().empty());
    CHECK(at.house.send(at.as_bruno, "POST", poll + "/open").status == 404);
    CHECK(at.house
              .send(at.as_claire, "PUT", poll,
                    R"({"question":"Quel jour ?","answers":["Lundi","Mardi"],"multiple":true})")
              .status == 200);
    CHECK(at.house.send(at.as_claire, "POST", poll + "/open").status == 200);
    CHECK(at.house.send(at.as_claire, "POST", poll + "/open").status == 409);
    CHECK(at.house.send(at.as_claire, "PUT", poll, At::asked).status == 409);
    CHECK(at.house.send(at.as_claire, "DELETE", poll).status == 409);
    CHECK(at.vote(at.as_bruno, poll, "[0]") == 403);  // is not there
    at.enter(at.as_bruno);
    CHECK(at.vote(at.as_bruno, poll, "[0]") == 204);
    CHECK(at.vote(at.as_bruno, poll, "[0,1]") == 204);
    for (const char* wrong : {"[]", "[2]", "[-1]", "[0,0]", "[0,1,2]", R"(["0"])", "0"})
      CHECK(at.vote(at.as_bruno, poll, wrong) == 400);
    auto open = at.see(at.as_bruno);
    CHECK(json::integer(open, "voters") == 1);
    CHECK(votes(open, 0) == -1);  // at the end only
    CHECK(open.at("choice").as_array().size() == 2);
    CHECK(at.house.get(at.as_claire, poll + "/csv").status == 409);
    CHECK(at.house.send(at.as_bruno, "POST", poll + "/close").status == 403);
    CHECK(at.house.send(at.as_claire, "POST", poll + "/close").status == 200);
    auto closed = at.see(at.as_bruno);
    CHECK(votes(closed, 0) == 1);
    CHECK(votes(closed, 1) == 1);
    CHECK(at.vote(at.as_bruno, poll, "[0]") == 409);
    CHECK(at.house.send(at.as_claire, "POST", poll + "/close").status == 409);
  });
}

TEST_CASE("an anonymous poll keeps no trace of who voted what") {
  store::for_each_engine([](store::TestDatabase& database) {
    At at(database);
    auto poll = at.make(at.as_claire, R"({"question":"Q","answers":["Oui","Non"],"results":"live"})");
    at.house.send(at.as_claire, "POST", poll + "/open");
    at.enter(at.as_bruno);
    at.enter(at.as_claire);
    auto zoe = at.guest_token("Zoé"), guest_poll = "/polls" + poll.substr(poll.rfind('/'));
    at.enter_with(zoe);
    CHECK(at.vote(at.as_bruno, poll, "[0]") == 204);
    CHECK(at.vote(at.as_claire, poll, "[1]") == 204);
    // Two votes would tell each what the other chose.
    CHECK(votes(at.see(at.as_claire), 0) == -1);
    CHECK(at.anonymous("PUT", guest_poll + "/vote", R"({"answers":[0]})", zoe).status == 204);
    CHECK(votes(at.see(at.as_claire), 0) == 2);
    for (const auto& ballot : at.ballots(poll)) {
      CHECK(ballot.name.empty());
      CHECK_FALSE(ballot.voter.contains(at.bruno.person.text()));
    }
    CHECK(at.ballots(poll).size() == 3);
    at.house.send(at.as_claire, "POST", poll + "/close");
    CHECK(at.ballots(poll).empty());
    auto closed = at.see(at.as_claire);
    CHECK(votes(closed, 0) == 2);
    CHECK(json::integer(closed, "voters") == 3);
    CHECK_FALSE(closed.as_object().contains("choice"));
    auto found = at.house.run(at.house.at.database().read([&](store::Reader& reader) {
      return poll_store::find(reader, *MeetingId::parse(at.id),
                              *PollId::parse(poll.substr(poll.rfind('/') + 1)));
    }));
    CHECK((*found)->secret.empty());
  });
}

TEST_CASE("a named poll says who chose what, to all, and in its file") {
  store::for_each_engine([](store::TestDatabase& database) {
    At at(database);
    auto poll = at.make(at.as_claire,
                        R"({"question":"=Q","answers":["Oui","Non"],"anonymous":false,"results":"live"})");
    at.house.send(at.as_claire, "POST", poll + "/open");
    at.enter(at.as_bruno);
    CHECK(at.vote(at.as_bruno, poll, "[1]") == 204);
    auto open = at.see(at.as_bruno);
    CHECK(votes(open, 1) == 1);
    CHECK(text(open.at("ballots").at(0), "name") == at.house.people->find(at.bruno.person)->display_name);
    at.house.send(at.as_claire, "POST", poll + "/close");
    auto file = at.house.get(at.as_bruno, poll + "/csv");
    CHECK(file.header("Content-Type") == "text/csv; charset=utf-8");
    CHECK(file.text.contains(R"("Question";"'=Q")"));
    CHECK(file.text.contains(R"("Non";"1")"));
    CHECK(file.text.contains(at.house.people->find(at.bruno.person)->display_name + R"(";"Non")"));
  });
}

TEST_CASE("hosts ask, and everyone with an account where hosts let them; a guest only answers") {
  store::for_each_engine([](store::TestDatabase& database) {
    At at(database);
    CHECK(at.house.send(at.as_bruno, "POST", at.meeting + "/polls", At::asked).status == 403);
    CHECK(at.house.send(at.as_bruno, "PUT", at.meeting + "/polls-rule", R"({"everyone":true})").status ==
          403);
    CHECK(at.house.send(at.as_claire, "PUT", at.meeting + "/polls-rule", R"({"everyone":true})").status ==
          204);
    CHECK(at.house.get(at.as_bruno, at.meeting + "/polls").json.at("ask").as_bool());
    auto poll = at.make(at.as_bruno);
    CHECK(at.house.send(at.as_bruno, "POST", poll + "/open").status == 200);
    auto other = at.make(at.as_claire);
    at.house.send(at.as_claire, "POST", other + "/open");
    CHECK(at.house.send(at.as_bruno, "POST", other + "/close").status == 403);
    CHECK(at.house.send(at.as_bruno, "POST", poll + "/close").status == 200);
    auto zoe = at.guest_token("Zoé");
    CHECK(at.anonymous("GET", "/polls", "", zoe).status == 401);  // is not there yet
    auto socket = at.enter_with(zoe);
    CHECK(at.anonymous("GET", "/polls", "", zoe).json.at("polls").as_array().size() == 2);
    CHECK_FALSE(at.anonymous("GET", "/polls", "", zoe).json.at("ask").as_bool());
    CHECK(at.anonymous("POST", "/polls", At::asked, zoe).status == 405);
    for (const auto& wrong : {std::string(), std::string("x"), zoe + "x"})
      CHECK(at.anonymous("GET", "/polls", "", wrong).status == 401);
    auto members = text(at.house.send(at.as_bruno, "POST", at.meeting + "/join").json, "token");
    CHECK(at.anonymous("GET", "/polls", "", members).status == 401);
    at.house.send(at.as_claire, "POST", at.meeting + "/end");
    CHECK(at.anonymous("GET", "/polls", "", zoe).status == 401);
  });
}

TEST_CASE("what is asked has bounds, and so has how often one votes") {
  store::for_each_engine([](store::TestDatabase& database) {
    At at(database);
    auto refused = [&](const std::string& body) {
      return at.house.send(at.as_claire, "POST", at.meeting + "/polls", body).status == 400;
    };
    CHECK(refused(R"({"question":"","answers":["a","b"]})"));
    CHECK(refused(R"({"question":"Q","answers":["a"]})"));
    CHECK(refused(R"({"question":"Q","answers":["a","a "]})"));
    CHECK(refused(R"({"question":"Q","answers":["a",1]})"));
    CHECK(refused(R"({"question":"Q","answers":["a","b"],"results":"never"})"));
    CHECK(refused(R"({"question":"Q","answers":["1","2","3","4","5","6","7","8","9","10","11"]})"));
    CHECK(refused(R"({"question":")" + std::string(Polls::max_question_bytes + 1, 'a') +
                  R"(","answers":["a","b"]})"));
    CHECK(refused(R"({"question":"Q","answers":["a",")" + std::string(Polls::max_answer_bytes + 1, 'a') +
                  R"("]})"));
    std::string poll;
    for (int64_t i = 0; i < Polls::max_open; ++i) {
      poll = at.make(at.as_claire);
      CHECK(at.house.send(at.as_claire, "POST", poll + "/open").status == 200);
    }
    CHECK(at.house.send(at.as_claire, "POST", at.make(at.as_claire) + "/open").status == 409);
    at.enter(at.as_bruno);
    for (int i = 0; i < static_cast<int>(Polls::votes_burst); ++i)
      CHECK(at.vote(at.as_bruno, poll, "[0]") == 204);
    CHECK(at.vote(at.as_bruno, poll, "[0]") == 429);
    for (int64_t i = Polls::max_open + 1; i < Polls::max_per_meeting; ++i) at.make(at.as_claire);
    auto full = at.house.send(at.as_claire, "POST", at.meeting + "/polls", At::asked);
    CHECK(text(full.json, "code") == "meeting_polls_too_many");
  });
}

TEST_CASE("a meeting that ends leaves no poll open") {
  store::for_each_engine([](store::TestDatabase& database) {
    At at(database);
    auto poll = at.make(at.as_claire);
    at.house.send(at.as_claire, "POST", poll + "/open");
    at.enter(at.as_claire);
    CHECK(at.vote(at.as_claire, poll, "[2]") == 204);
    at.house.send(at.as_claire, "POST", at.meeting + "/end");
    CHECK(at.house.wait_until([&] { return text(at.see(at.as_claire), "state") == "closed"; }));
    CHECK(votes(at.see(at.as_claire), 2) == 1);
  });
}

}  // namespace parvis
