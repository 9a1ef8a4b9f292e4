#include "store/search_index.h"

#include "store/testing.h"

#include <doctest/doctest.h>

using namespace parvis;
using namespace parvis::store;

namespace {

struct Fixture {
  explicit Fixture(TestDatabase& test) : at(test), index(make_search_index(test.database())) {}

  void put(std::string object, std::string text, std::string scope = "s1", std::string title = "",
           std::string kind = "message") {
    auto outcome = at.run(at.database().write([&](Transaction& tx) -> Result<void> {
      return index->put(
          tx, {.kind = kind, .object = object, .scope = scope, .title = title, .text = text, .at_ms = ++now});
    }));
    REQUIRE(outcome);
  }
  std::vector<SearchHit> query(SearchQuery query) {
    auto hits = at.run(index->query(std::move(query)));
    REQUIRE(hits);
    return *hits;
  }
  // The objects found in scope s1, in order, separated by spaces.
  std::string find(std::string text, std::vector<std::string> scopes = {"s1"}) {
    std::string out;
    for (auto& hit : query({.text = std::move(text), .scopes = std::move(scopes), .newest_first = true})) {
      out += (out.empty() ? "" : " ") + hit.object;
    }
    return out;
  }

  TestDatabase& at;
  std::unique_ptr<SearchIndex> index;
  int64_t now = 0;
};

}  // namespace

TEST_CASE("words are found whatever their accents, case, number and elision") {
  for_each_engine([](TestDatabase& test) {
    Fixture at(test);
    at.put("m1", "Les réunions de l’équipe sont reportées");
    at.put("m2", "Une autre affaire");
    CHECK(at.find("reunion") == "m1");
    CHECK(at.find("RÉUNION équipes") == "m1");
    CHECK(at.find("l'équipe") == "m1");
    CHECK(at.find("reporter") == "m1");
    at.put("m3", "Le compte rendu est parti aux amis de la maison");
    CHECK(at.find("comptes rendus") == "m3");
    CHECK(at.find("ami") == "m3");
    CHECK(at.find("réunion affaire").empty());
    CHECK(at.find("budget").empty());
  });
}

TEST_CASE("the word being typed finds by its beginning") {
  for_each_engine([](TestDatabase& test) {
    Fixture at(test);
    at.put("m1", "L’administration centrale");
    for (std::string typed :
         {"ad", "admin", "administrat", "administratio", "administration", "administrations"}) {
      CHECK(at.find(typed) == "m1");
      CHECK(at.find("centrale " + typed) == "m1");
    }
    CHECK(at.find("admin centrale").empty());  // only the last word may be unfinished
  });
}

TEST_CASE("nothing of a scope that was not asked for is found") {
  for_each_engine([](TestDatabase& test) {
    Fixture at(test);
    at.put("m1", "secret partagé", "s1");
    at.put("m2", "secret gardé", "s2");
    CHECK(at.find("secret", {"s1"}) == "m1");
    CHECK(at.find("secret", {"s1", "s2"}) == "m2 m1");
    CHECK(at.find("secret", {"s'3\"", "s2"}) == "m2");
    CHECK(at.find("secret", {}).empty());
  });
}

TEST_CASE("a text that is replaced, moved or removed is no longer found as it was") {
  for_each_engine([](TestDatabase& test) {
    Fixture at(test);
    at.put("m1", "première version");
    at.put("m1", "seconde mouture", "s2");
    CHECK(at.find("première", {"s1", "s2"}).empty());
    CHECK(at.find("seconde", {"s1"}).empty());
    CHECK(at.find("seconde", {"s2"}) == "m1");
    auto removed = test.run(
        test.database().write([&](Transaction& tx) { return at.index->remove(tx, "message", "m1"); }));
    CHECK(removed);
    CHECK(at.find("seconde", {"s2"}).empty());
  });
}

TEST_CASE("a word in the title ranks above one in the text; kinds, dates and limits narrow") {
  for_each_engine([](TestDatabase& test) {
    Fixture at(test);
    at.put("f1", "un long texte qui parle de beaucoup de choses", "s1", "Budget annuel", "file");
    at.put("m1", "il faut parler du budget avec tout le monde ici présent ce matin", "s1");
    at.put("m2", "encore du budget dans un message assez long pour compter", "s1");
    auto ranked = at.query({.text = "budget", .scopes = {"s1"}});
    REQUIRE(ranked.size() == 3);
    CHECK(ranked[0].object == "f1");
    CHECK(ranked[0].title == "Budget annuel");
    CHECK(at.query({.text = "budget", .scopes = {"s1"}, .kinds = {"file"}}).size() == 1);
    CHECK(at.query({.text = "budget", .scopes = {"s1"}, .limit = 2}).size() == 2);
    auto before = at.query({.text = "budget", .scopes = {"s1"}, .newest_first = true, .before_ms = 3});
    REQUIRE(before.size() == 2);
    CHECK(before[0].object == "m1");
  });
}

TEST_CASE("an excerpt shows the text around the first hit") {
  for_each_engine([](TestDatabase& test) {
    Fixture at(test);
    std::string filler;
    for (int i = 0; i < 60; ++i) filler += "remplissage ";
    at.put("m1", filler + "avant la réunion décisive après " + filler);
    at.put("m2", "Courte réunion.");
    auto hits = at.query({.text = "reunions", .scopes = {"s1"}, .newest_first = true});
    REQUIRE(hits.size() == 2);
    CHECK(hits[0].excerpt == "Courte réunion.");
    CHECK(hits[1].excerpt.find("avant la réunion décisive après") != std::string::npos);
    CHECK(hits[1].excerpt.starts_with("…"));
    CHECK(hits[1].excerpt.ends_with("…"));
    CHECK(hits[1].excerpt.size() < 260);
  });
}

TEST_CASE("any text may be searched for, and any may be indexed") {
  for_each_engine([](TestDatabase& test) {
    Fixture at(test);
    at.put("m1", "c'est \xff\xfe \"étrange\" AND NOT -- ; 🦉 https://exemple.fr/a?b=c 3.14 日本語");
    for (std::string text :
         {"", " ", "\"", "*", "AND", "NOT étrange", "a:b", "(", "'", "🦉", "\xff", "^", "étrange*"}) {
      CHECK(test.run(at.index->query({.text = text, .scopes = {"s1"}})));
    }
    CHECK(at.find("étrange") == "m1");
    CHECK(at.find("exemple fr") == "m1");
    CHECK(at.find("日本") == "m1");
  });
}
