#include <doctest/doctest.h>

#include <set>

#include "module/documents/document_fixture.h"
#include "module/documents/document_store.h"
#include "module/documents/relay.h"
#include "module/documents/writing_history.h"
#include "store/compression.h"

namespace parvis {
namespace {

using namespace document_fixture;

/// A document, and a relay of the test's own.
struct Storing : At {
  explicit Storing(store::TestDatabase& database) : At(database), relay(*house.context) {
    id = *DocumentId::parse(make("Note"));
  }
  std::shared_ptr<LiveDocument> open() {
    auto record = house.run(house.at.database().read(
        [id = id](store::Reader& reader) { return document_store::find(reader, id); }));
    REQUIRE(record);
    auto live = house.run(relay.open(**record));
    REQUIRE(live);
    return *live;
  }
  void write(const std::shared_ptr<LiveDocument>& live, std::string_view words, PersonId author) {
    uint64_t client = author == claire.person ? 7 : 8;
    REQUIRE(house.run(relay.receive_and_wait(live, author, true, typed(editor, client, words))));
  }
  void compact(const std::shared_ptr<LiveDocument>& live) {
    house.run([](Relay& its, std::shared_ptr<LiveDocument> document) -> Task<int> {
      co_await its.compact(std::move(document));
      co_return 0;
    }(relay, live));
  }
  /// What somebody finds who comes after a restart.
  std::string stored() {
    Relay fresh(*house.context);
    DocumentRecord record;
    record.id = id;
    auto live = house.run(fresh.open(record));
    house.run([](Relay& its) -> Task<int> {
      co_await its.flush();
      co_return 0;
    }(fresh));
    return live ? words_in((*live)->doc.encode_state(crdt::Format::v1))
                : std::string(live.error().reason->id);
  }
  int64_t count(const store::Statement& statement) {
    auto rows =
        house.run(house.at.database().read([&](store::Reader& reader) { return reader.query(statement); }));
    REQUIRE(rows);
    return rows->integer(0, 0);
  }
  template <class F>
  bool change(F function) {
    return house.run(house.at.database().write(std::move(function))).has_value();
  }

  Relay relay;
  DocumentId id;
  crdt::Doc editor;
};

const store::Statement rows_in_log{"test.rows_in_log", "select count(*) from document_update"};
const store::Statement states{"test.states", "select count(*) from document_state where coding = 1"};
const store::Statement put_plain{
    "test.put_plain", "insert into document_state(document, position, state, coding) values ($1, $2, $3, 0)"};
const store::Statement clear_log{"test.clear_log", "delete from document_update"};
const store::Statement put_packed{"test.put_packed", "update document_state set state = $1"};

}  // namespace

TEST_CASE("a log becomes one state: nothing is lost, nor who wrote when, and writing goes on meanwhile") {
  store::for_each_engine([](store::TestDatabase& database) {
    Storing at(database);
    auto live = at.open();
    for (auto* words : {"un ", "deux ", "trois "}) at.write(live, words, at.claire.person);
    at.write(live, "quatre ", at.bruno.person);
    CHECK(at.count(rows_in_log) == 4);
    spawn(at.relay.compact(live));  // its position and its state are taken; it is being compressed
    at.write(live, "cinq ", at.claire.person);
    REQUIRE(at.house.wait_until([&] { return !live->compacting; }));
    CHECK(at.count(states) == 1);
    CHECK(at.count(rows_in_log) == 1);
    CHECK(live->logged == 1);
    CHECK(at.stored() == "cinq quatre trois deux un ");
    at.compact(live);
    CHECK(at.count(rows_in_log) == 0);
    CHECK(live->logged_bytes == 0);
    CHECK(at.stored() == "cinq quatre trois deux un ");
    auto history = at.house.run(at.house.at.database().read(
        [id = at.id](store::Reader& reader) { return writing_history::page(reader, id, {}, 10); }));
    REQUIRE(history);
    REQUIRE(history->size() == 2);
    for (auto& spell : *history) CHECK(spell.updates == (spell.author == at.claire.person ? 4 : 1));
  });
}

TEST_CASE("an older state never takes the place of a newer one") {
  store::for_each_engine([](store::TestDatabase& database) {
    Storing at(database);
    auto live = at.open();
    at.write(live, "un ", at.claire.person);
    auto old = document_store::pack_state(live->doc.encode_state(crdt::Format::v2));
    REQUIRE(old);
    at.write(live, "deux ", at.claire.person);
    at.compact(live);
    CHECK(at.change([&](store::Transaction& transaction) {
      return document_store::compact(transaction, at.id, 1, *old);
    }));
    CHECK(at.stored() == "deux un ");
  });
}

TEST_CASE("a state that was stored plain is read, and is packed the next time") {
  store::for_each_engine([](store::TestDatabase& database) {
    Storing at(database);
    auto live = at.open();
    at.write(live, "un ", at.claire.person);
    auto plain = live->doc.encode_state(crdt::Format::v2);
    CHECK(at.change([&](store::Transaction& transaction) -> Result<void> {
      TRY(transaction.execute(put_plain, at.id, 1, plain));
      TRY(transaction.execute(clear_log));
      return {};
    }));
    CHECK(at.stored() == "un ");
    at.write(live, "deux ", at.claire.person);
    CHECK(at.stored() == "deux un ");
    at.compact(live);
    CHECK(at.count(states) == 1);
    CHECK(at.stored() == "deux un ");
  });
}

TEST_CASE("a packed state that is damaged, or would fill the memory, refuses to open") {
  store::for_each_engine([](store::TestDatabase& database) {
    Storing at(database);
    auto live = at.open();
    at.write(live, "un ", at.claire.person);
    at.compact(live);
    auto spoil = [&](Bytes state) {
      return at.change(
          [&](store::Transaction& transaction) { return transaction.execute(put_packed, state); });
    };
    REQUIRE(spoil({1, 2, 3}));
    CHECK(at.stored() == "corrupt");
    REQUIRE(spoil(store::compress(Bytes(document_store::max_state_bytes + 1))));
    CHECK(at.stored() == "corrupt");
    REQUIRE(spoil(store::compress(as_bytes("neither a document"))));
    CHECK(at.stored() == "corrupt");
  });
}

TEST_CASE("a log larger than one result of the database is read in pages") {
  store::TestDatabase database;
  Storing at(database);
  auto live = at.open();
  std::string page(document_store::max_log_page_bytes / 5, 'x');
  for (int i = 0; i < 11; ++i) {
    auto update = typed(at.editor, 7, page);
    REQUIRE(at.house.run(at.house.at.database().write([&](store::Transaction& transaction) {
      return document_store::append(transaction, at.id,
                                    {{at.claire.person, {}, {}, std::make_shared<const Bytes>(update)}});
    })));
  }
  CHECK(at.stored().size() == 11 * page.size());
  // So long a log does not stay one.
  CHECK(at.count(rows_in_log) == 0);
  CHECK(at.stored().size() == 11 * page.size());
}

TEST_CASE(
    "those who want a document at once share one load; a document that does not load stops nobody else") {
  store::for_each_engine([](store::TestDatabase& database) {
    Storing at(database);
    auto other = *DocumentId::parse(at.make("Autre"));
    DocumentRecord record, broken;
    record.id = at.id;
    broken.id = other;
    at.write(at.open(), "un ", at.claire.person);
    static const store::Statement spoil{"test.spoil_other",
                                        "insert into document_update(document, position, author, at, size, "
                                        "payload) values ($1, 1, 'x', 0, 3, $2)"};
    REQUIRE(at.change([&](store::Transaction& transaction) {
      return transaction.execute(spoil, other, as_bytes("\x05rubbish"));
    }));
    Relay fresh(*at.house.context);
    std::vector<Result<std::shared_ptr<LiveDocument>>> outcomes;
    auto want = [](Relay& relay, DocumentRecord wanted, auto& out) -> Task<void> {
      out.push_back(co_await relay.open(std::move(wanted)));
    };
    for (auto& wanted : {broken, record, broken, record, record}) spawn(want(fresh, wanted, outcomes));
    REQUIRE(at.house.wait_until([&] { return outcomes.size() == 5; }));
    CHECK(fresh.loaded() == 1);
    std::shared_ptr<LiveDocument> seen;
    int failures = 0;
    for (auto& outcome : outcomes) {
      if (!outcome) {
        CHECK(outcome.error().is(reasons::corrupt));
        ++failures;
        continue;
      }
      CHECK((!seen || seen == *outcome));
      seen = *outcome;
    }
    CHECK(failures == 2);
  });
}

TEST_CASE("a spell of writing ends with a long pause, and after half a day") {
  auto claire = *PersonId::parse("01arz3ndektsv4rrffq69g5fav"),
       bruno = *PersonId::parse("01arz3ndektsv4rrffq69g5faw");
  writing_history::Spells spells(
      {{claire, {1'000}, {2'000}, 3}, {bruno, {1'000}, {1'000}, 1}, {claire, {3'000}, {4'000}, 1}});
  using writing_history::longest_ms, writing_history::pause_ms;
  CHECK(spells.since(claire, {4'000 + pause_ms}) == Instant{3'000});
  CHECK(spells.since(bruno, {1'001 + pause_ms}) == Instant{1'001 + pause_ms});
  CHECK(spells.since(claire, {4'001 + 2 * pause_ms}) == Instant{4'001 + 2 * pause_ms});
  Instant begun{4'001 + 2 * pause_ms}, now = begun;
  for (; now - begun < longest_ms; now = now + pause_ms) CHECK(spells.since(claire, now) == begun);
  CHECK(spells.since(claire, now) == now);
  // A clock set back begins another.
  CHECK(spells.since(claire, begun) == begun);
}

TEST_CASE("the history is given in pages, the latest first, and no page is endless") {
  store::for_each_engine([](store::TestDatabase& database) {
    Storing at(database);
    constexpr int spells = writing_history::max_page + 30;
    CHECK(at.change([&](store::Transaction& transaction) -> Result<void> {
      for (int i = 0; i < spells; ++i) {
        auto author = i % 2 ? at.claire.person : at.bruno.person;
        Instant started{i / 2 * 1'000};  // two begin at once
        TRY(writing_history::record(transaction, at.id, {author, started, started + 500, 2}));
      }
      return {};
    }));
    auto path = "/api/v1/documents/" + at.id.text() + "/history";
    auto first = at.house.get(at.as_bruno, path + "?limit=100000");
    CHECK(first.json.at("entries").as_array().size() == writing_history::max_page);
    std::set<std::string> seen;
    int64_t latest = INT64_MAX;
    std::string after;
    for (int page = 0; page < 100; ++page) {
      auto answer = at.house.get(at.as_bruno, path + "?limit=7" + after);
      REQUIRE(answer.status == 200);
      for (auto& entry : answer.json.at("entries").as_array()) {
        auto from = *json::integer(entry, "from");
        CHECK(from <= latest);
        latest = from;
        CHECK(json::integer(entry, "to") == from + 500);
        CHECK(json::integer(entry, "updates") == 2);
        CHECK(seen.insert(std::to_string(from) + text(entry.at("person"), "id")).second);
      }
      if (!answer.json.as_object().contains("next")) break;
      after = "&after=" + text(answer.json, "next");
    }
    CHECK(seen.size() == spells);
    for (auto* bad : {"?after=", "?after=12", "?after=x.y", "?after=1.nobody"})
      CHECK(at.house.get(at.as_bruno, path + bad).status == 400);
  });
}

}  // namespace parvis
