#include <doctest/doctest.h>

#include "core/testing.h"
#include "module/documents/mentions.h"
#include "module/documents/module.h"
#include "module/documents/threads.h"

namespace parvis {
namespace {

std::string text(const json::Value& value, std::string_view key) {
  return std::string(json::text(value, key).value_or(""));
}

/// A relative position at the end of the root "default", as Yjs writes it.
constexpr std::string_view anchor = R"("anchor":{"start":"AQdkZWZhdWx0AA==","end":"AQdkZWZhdWx0AA=="})";

std::string comment(std::string_view words) {
  return "{" + std::string(anchor) + R"(,"quote":"un passage","text":")" + std::string(words) + "\"}";
}
std::string suggestion(std::string_view replacement) {
  return "{" + std::string(anchor) + R"(,"quote":"un passage","text":"","suggestion":{"replacement":")" +
         std::string(replacement) + "\"}}";
}
std::string said(std::string_view words) { return R"({"text":")" + std::string(words) + "\"}"; }

/// Claire animates and wrote the page, Bruno is a visitor (he comments), Paul a contributor (he writes).
struct At {
  explicit At(store::TestDatabase& database) : house(database) {
    claire = house.agent("claire");
    bruno = house.agent("bruno");
    paul = house.agent("paul");
    space = house.space(claire);
    REQUIRE(house.run(house.spaces->set_member(claire, space, bruno.person, Role::visitor)));
    REQUIRE(house.run(house.spaces->set_member(claire, space, paul.person, Role::contributor)));
    as_claire = house.sign_in(claire);
    as_bruno = house.sign_in(bruno);
    as_paul = house.sign_in(paul);
    house.add(make_documents_module);
    auto made = house.send(as_claire, "POST", "/api/v1/spaces/" + space.text() + "/documents",
                           R"({"title":"Note de cadrage"})");
    REQUIRE(made.status == 201);
    document = text(made.json, "id");
    threads = "/api/v1/documents/" + document + "/threads";
  }
  std::string open(const TestHouse::SignedIn& as, const std::string& body) {
    auto made = house.send(as, "POST", threads, body);
    REQUIRE_MESSAGE(made.status == 201, made.text);
    return text(made.json, "id");
  }
  Notifications::Page told(Actor actor) {
    auto page = house.run(house.notifications->page(actor.person, INT64_MAX, 10));
    REQUIRE(page);
    // Being made a member is told too.
    std::erase_if(page->list, [](auto& one) { return !one.kind.starts_with("document_"); });
    return *page;
  }
  std::vector<store::SearchHit> found(const std::string& words) {
    store::SearchQuery query;
    query.text = words;
    query.scopes = {space.text()};
    auto hits = house.run(house.search->query(query));
    REQUIRE(hits);
    return *hits;
  }

  TestHouse house;
  Actor claire, bruno, paul;
  SpaceId space;
  TestHouse::SignedIn as_claire, as_bruno, as_paul;
  std::string document, threads;
};

std::string thread_path(const std::string& id) { return "/api/v1/threads/" + id; }

}  // namespace

TEST_CASE(
    "a comment is opened, answered, settled and reopened by those who may; the page's readers are told") {
  store::for_each_engine([](store::TestDatabase& database) {
    At at(database);
    std::vector<std::string> heard;
    at.house.events.documents.listen(
        [&](const DocumentsChanged& event) { heard.push_back(event.threads_of); });
    auto id = at.open(at.as_bruno, comment("Est-ce le bon chiffre ?"));
    CHECK(heard == std::vector{at.document});
    auto answered = at.house.send(at.as_claire, "POST", thread_path(id) + "/replies", said(" Oui. "));
    CHECK(answered.status == 201);
    CHECK(text(answered.json.at("replies").at(0), "text") == "Oui.");
    auto seen = at.house.get(at.as_paul, at.threads).json.at("threads").at(0);
    CHECK(text(seen, "text") == "Est-ce le bon chiffre ?");
    CHECK(text(seen, "quote") == "un passage");
    CHECK(text(seen.at("anchor"), "start") == "AQdkZWZhdWx0AA==");
    CHECK(text(seen.at("author"), "id") == at.bruno.person.text());
    CHECK(seen.at("replies").as_array().size() == 1);
    CHECK_FALSE(seen.at("resolved").as_bool());
    // Settled by its author; reopened by somebody who writes.
    auto settled = at.house.send(at.as_bruno, "PATCH", thread_path(id), R"({"resolved":true})");
    CHECK(settled.json.at("resolved").as_bool());
    auto reopened = at.house.send(at.as_paul, "PATCH", thread_path(id), R"({"resolved":false})");
    CHECK_FALSE(reopened.json.at("resolved").as_bool());
    CHECK(heard.size() == 4);
  });
}

TEST_CASE("who may only comment settles nobody else's discussion; who may not read learns nothing") {
  store::for_each_engine([](store::TestDatabase& database) {
    At at(database);
    auto id = at.open(at.as_paul, comment("À revoir"));
    CHECK(at.house.send(at.as_bruno, "PATCH", thread_path(id), R"({"resolved":true})").status == 403);
    CHECK(at.house.send(at.as_bruno, "PATCH", thread_path(id), "{}").status == 403);
    CHECK(at.house.send(at.as_paul, "PATCH", thread_path(id), "{}").status == 400);
    auto stranger = at.house.sign_in(at.house.agent("idriss"));
    CHECK(at.house.get(stranger, at.threads).status == 404);
    CHECK(at.house.send(stranger, "POST", at.threads, comment("x")).status == 404);
    CHECK(at.house.send(stranger, "POST", thread_path(id) + "/replies", said("x")).status == 404);
    CHECK(at.house.send(stranger, "DELETE", thread_path(id)).status == 404);
    // An open space is read by every agent, and discussed by its members.
    auto open = at.house.space(at.claire, SpaceKind::project, Visibility::open);
    auto made = at.house.send(at.as_claire, "POST", "/api/v1/spaces/" + open.text() + "/documents",
                              R"({"title":"Ouvert"})");
    auto threads = "/api/v1/documents/" + text(made.json, "id") + "/threads";
    CHECK(at.house.get(stranger, threads).status == 200);
    CHECK(at.house.send(stranger, "POST", threads, comment("x")).status == 403);
    // In the trash there is nothing to read.
    CHECK(at.house.send(at.as_claire, "DELETE", "/api/v1/documents/" + at.document).status == 204);
    CHECK(at.house.get(at.as_claire, at.threads).status == 404);
    CHECK(at.house.send(at.as_paul, "PATCH", thread_path(id), R"({"resolved":true})").status == 404);
  });
}

TEST_CASE("a suggestion is decided once, by who may write, and its author hears of it") {
  store::for_each_engine([](store::TestDatabase& database) {
    At at(database);
    auto id = at.open(at.as_bruno, suggestion("un meilleur passage"));
    CHECK(at.house.send(at.as_bruno, "PATCH", thread_path(id), R"({"accepted":true})").status == 403);
    auto accepted = at.house.send(at.as_paul, "PATCH", thread_path(id), R"({"accepted":true})");
    CHECK(accepted.json.at("accepted").as_bool());
    CHECK(accepted.json.at("resolved").as_bool());
    CHECK(text(accepted.json.at("suggestion"), "replacement") == "un meilleur passage");
    auto again = at.house.send(at.as_claire, "PATCH", thread_path(id), R"({"accepted":false})");
    CHECK(text(again.json, "code") == "document_suggestion_decided");
    CHECK(at.told(at.bruno).list.at(0).kind == "document_suggestion_accepted");
    auto plain = at.open(at.as_bruno, comment("Sans remplacement"));
    auto refused = at.house.send(at.as_paul, "PATCH", thread_path(plain), R"({"accepted":true})");
    CHECK(text(refused.json, "code") == "document_not_a_suggestion");
    auto removing = at.open(at.as_bruno, suggestion(""));  // suggests to take the passage out
    auto declined = at.house.send(at.as_paul, "PATCH", thread_path(removing), R"({"accepted":false})");
    CHECK_FALSE(declined.json.at("accepted").as_bool());
    CHECK(at.told(at.bruno).list.at(0).kind == "document_suggestion_refused");
  });
}

TEST_CASE("one's own discussion is deleted while nobody else has answered") {
  store::for_each_engine([](store::TestDatabase& database) {
    At at(database);
    auto id = at.open(at.as_bruno, comment("Doublon"));
    CHECK(at.house.send(at.as_bruno, "POST", thread_path(id) + "/replies", said("Le mien")).status == 201);
    CHECK(at.house.send(at.as_claire, "DELETE", thread_path(id)).status == 403);
    CHECK(at.house.send(at.as_bruno, "DELETE", thread_path(id)).status == 204);
    CHECK(at.house.get(at.as_bruno, at.threads).json.at("threads").as_array().empty());
    CHECK(at.house.send(at.as_bruno, "DELETE", thread_path(id)).status == 404);
    auto answered = at.open(at.as_bruno, comment("Question"));
    CHECK(at.house.send(at.as_paul, "POST", thread_path(answered) + "/replies", said("Réponse")).status ==
          201);
    auto kept = at.house.send(at.as_bruno, "DELETE", thread_path(answered));
    CHECK(text(kept.json, "code") == "document_thread_answered");
  });
}

TEST_CASE("people named, the page's author and those who spoke are told, each once") {
  store::for_each_engine([](store::TestDatabase& database) {
    At at(database);
    auto outsider = at.house.agent("idriss");
    auto naming = [](Actor actor) { return "@[Quelqu’un](" + actor.person.text() + ")"; };
    auto id = at.open(at.as_bruno, comment(naming(at.paul) + " et " + naming(outsider) + " ?"));
    auto to_paul = at.told(at.paul).list.at(0);
    CHECK(to_paul.kind == "document_mention");
    CHECK(to_paul.link == "/d/" + at.document + "?fil=" + id);
    CHECK(to_paul.text.starts_with("Note de cadrage · @"));
    CHECK_FALSE(to_paul.text.contains(at.paul.person.text()));
    CHECK(at.told(at.claire).list.at(0).kind == "document_comment");
    CHECK(at.told(outsider).list.empty());  // may not read the page
    CHECK(at.told(at.bruno).list.empty());
    CHECK(at.house.send(at.as_paul, "POST", thread_path(id) + "/replies", said(naming(at.bruno))).status ==
          201);
    CHECK(at.told(at.bruno).list.size() == 1);
    CHECK(at.told(at.bruno).list.at(0).kind == "document_mention");
    CHECK(at.house.send(at.as_bruno, "POST", thread_path(id) + "/replies", said("Merci")).status == 201);
    CHECK(at.told(at.paul).list.at(0).kind == "document_reply");
    // Names are the house's own.
    auto seen = at.house.get(at.as_paul, at.threads).json.at("threads").at(0);
    auto name = at.house.people->find(at.paul.person)->display_name;
    CHECK(text(seen, "text").starts_with("@[" + name + "]("));
  });
}

TEST_CASE("what is said is found as the page is, until it is deleted or the page is in the trash") {
  store::for_each_engine([](store::TestDatabase& database) {
    At at(database);
    auto id = at.open(at.as_bruno, comment("Le budget pluriannuel manque"));
    CHECK(
        at.house.send(at.as_paul, "POST", thread_path(id) + "/replies", said("Voir la trésorerie")).status ==
        201);
    REQUIRE(at.found("trésorerie").size() == 1);
    CHECK(at.found("pluriannuel").at(0).object == at.document + "/" + id);
    auto path = "/api/v1/documents/" + at.document;
    CHECK(at.house.send(at.as_claire, "PATCH", path, R"({"title":"Feuille de route"})").status == 200);
    CHECK(at.found("trésorerie").at(0).title == "Feuille de route");
    CHECK(at.house.send(at.as_claire, "DELETE", path).status == 204);
    CHECK(at.found("trésorerie").empty());
    CHECK(at.house.send(at.as_claire, "POST", path + "/restore").status == 200);
    CHECK(at.found("trésorerie").size() == 1);
    auto mine = at.open(at.as_bruno, comment("Superflu"));
    CHECK(at.found("superflu").size() == 1);
    CHECK(at.house.send(at.as_bruno, "DELETE", thread_path(mine)).status == 204);
    CHECK(at.found("superflu").empty());
  });
}

TEST_CASE("limits of a discussion") {
  store::for_each_engine([](store::TestDatabase& database) {
    At at(database);
    auto refused = [&](const std::string& body) {
      auto answer = at.house.send(at.as_bruno, "POST", at.threads, body);
      CHECK(answer.status == 400);
      return text(answer.json, "code");
    };
    CHECK(refused(comment("  ")) == "missing_field");
    CHECK(refused(R"({"text":"x","quote":""})") == "missing_field");
    CHECK(refused(R"({"anchor":{"start":"%","end":"AA=="},"text":"x"})") == "malformed");
    CHECK(refused(R"({"anchor":{"start":"AQ==","end":"AQ=="},"text":"x"})") == "malformed");
    auto long_anchor = std::string(Threads::max_anchor_bytes + 4, 'A');
    CHECK(refused(R"({"anchor":{"start":")" + long_anchor + R"(","end":"AQ=="},"text":"x"})") == "malformed");
    CHECK(refused(comment(std::string(Threads::max_text_bytes + 1, 'a'))) == "document_comment_too_long");
    CHECK(refused(suggestion(std::string(Threads::max_text_bytes + 1, 'a'))) == "document_comment_too_long");
    auto quoting = "{" + std::string(anchor) + R"(,"text":"x","quote":")" +
                   std::string(Threads::max_quote_bytes + 1, 'a') + "\"}";
    CHECK(refused(quoting) == "document_comment_too_long");
    std::string crowd;
    for (size_t i = 0; i <= Threads::max_mentions; ++i)
      crowd += "@[x](" + at.house.agent("agent" + std::to_string(i)).person.text() + ") ";
    CHECK(refused(comment(crowd)) == "document_comment_crowded");
    at.open(at.as_bruno, comment(std::string(Threads::max_text_bytes, 'a')));
  });
}

TEST_CASE("a document holds so many threads and replies, and no more") {
  store::for_each_engine([](store::TestDatabase& database) {
    At at(database);
    auto document = *DocumentId::parse(at.document);
    auto id = at.open(at.as_bruno, comment("Premier"));
    auto filled = at.house.run(
        at.house.context->database.write([&, document](store::Transaction& transaction) -> Result<void> {
          DocumentThread thread{.id = *ThreadId::parse(id), .document = document, .accepted = std::nullopt};
          for (size_t i = 0; i < Threads::max_replies; ++i) {
            ReplyId reply(make_id(Instant{static_cast<int64_t>(i)}, {1}));
            TRY(thread_store::insert_reply(transaction, thread, {reply, at.bruno.person, Instant{1}, "x"}));
          }
          for (size_t i = 1; i < Threads::max_threads; ++i) {
            thread.id = ThreadId(make_id(Instant{static_cast<int64_t>(i)}, {1}));
            thread.author = at.bruno.person;
            TRY(thread_store::insert(transaction, thread));
          }
          return {};
        }));
    REQUIRE(filled);
    auto one_more = at.house.send(at.as_bruno, "POST", at.threads, comment("De trop"));
    CHECK(text(one_more.json, "code") == "document_threads_too_many");
    auto reply = at.house.send(at.as_bruno, "POST", thread_path(id) + "/replies", said("De trop"));
    CHECK(text(reply.json, "code") == "document_threads_too_many");
    CHECK(at.house.get(at.as_bruno, at.threads).json.at("threads").as_array().size() == Threads::max_threads);
  });
}

TEST_CASE("mentions in a comment") {
  auto id = format_id(make_id(Instant{1}, {7}));
  auto named = "Voir @[Claire (DGS)](" + id + "), puis @[rien](x) et @[";
  CHECK(plain_comment(named) == "Voir @Claire (DGS), puis @[rien](x) et @[");
  REQUIRE(mentioned_people(named + id).size() == 1);
  CHECK(mentioned_people(named).at(0).text() == id);
  CHECK(plain_comment("") == "");
  CHECK(mentioned_people("@[](" + id + ")@[a](" + id + ")").size() == 1);
}

}  // namespace parvis
