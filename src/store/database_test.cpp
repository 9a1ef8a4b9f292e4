#include "store/database.h"

#include "store/queued_database.h"
#include "store/testing.h"

#include <doctest/doctest.h>

using namespace parvis;
using namespace parvis::store;

namespace {

const Statement create_note{"test.create_note",
                            "create table note(name text primary key, size bigint not null)"};
const Statement insert_note{"test.insert_note", "insert into note(name, size) values ($1, $2)"};
const Statement insert_note_once{"test.insert_note_once",
                                 "insert into note(name, size) values ($1, $2) on conflict do nothing"};
const Statement count_notes{"test.count_notes", "select count(*) from note"};
const Statement list_events{"test.list_events", "select position, kind from outbox order by position"};

Result<void> add_note(Transaction& tx, std::string_view name, int64_t size = 0) {
  TRY(tx.execute(insert_note, name, size));
  return {};
}

void create(TestDatabase& at) {
  auto created = at.run(at.database().write([](Transaction& tx) { return tx.execute(create_note); }));
  REQUIRE(created);
}

int64_t count(TestDatabase& at) {
  auto rows = at.run(at.database().read([](Reader& reader) { return reader.query(count_notes); }));
  REQUIRE(rows);
  return rows->integer(0, 0);
}

// Submits all writes before any runs, so that they share a batch; returns their outcomes in order.
std::vector<Result<void>> write_together(TestDatabase& at, std::vector<WriteFunction> functions) {
  std::vector<Result<void>> outcomes(functions.size());
  size_t left = functions.size();
  for (size_t i = 0; i < functions.size(); ++i) {
    at.database().submit_write(std::move(functions[i]), [&, i](Result<void> outcome) {
      outcomes[i] = std::move(outcome);
      if (--left == 0) at.env().loop.stop();
    });
  }
  at.env().loop.run();
  return outcomes;
}

}  // namespace

TEST_CASE("an acknowledged write is seen by the next read and survives a restart") {
  for_each_engine([](TestDatabase& at) {
    create(at);
    REQUIRE(at.run(at.database().write([](Transaction& tx) { return add_note(tx, "a"); })));
    CHECK(count(at) == 1);
    at.reopen();
    CHECK(count(at) == 1);
  });
}

TEST_CASE("a failing write leaves nothing behind and spares the others of its batch") {
  for_each_engine([](TestDatabase& at) {
    create(at);
    std::vector<WriteFunction> functions;
    for (int i = 0; i < 300; ++i) {
      functions.push_back([i](Transaction& tx) -> Result<void> {
        TRY(add_note(tx, "note " + std::to_string(i)));
        if (i % 3 == 0) return fail(reasons::forbidden, "changed our mind");
        if (i % 3 == 1) return add_note(tx, "note " + std::to_string(i));
        return {};
      });
    }
    auto outcomes = write_together(at, std::move(functions));
    for (size_t i = 0; i < outcomes.size(); ++i) {
      if (i % 3 == 0) CHECK(outcomes[i].error().is(reasons::forbidden));
      if (i % 3 == 1) CHECK(outcomes[i].error().is(reasons::conflict));
      if (i % 3 == 2) CHECK(outcomes[i]);
    }
    CHECK(count(at) == 100);
  });
}

TEST_CASE("a write that ignores a failed statement fails all the same") {
  for_each_engine([](TestDatabase& at) {
    create(at);
    auto outcome = at.run(at.database().write([](Transaction& tx) -> Result<void> {
      TRY(add_note(tx, "a"));
      static_cast<void>(add_note(tx, "a"));
      return {};
    }));
    REQUIRE(!outcome);
    CHECK(outcome.error().is(reasons::conflict));
    CHECK(count(at) == 0);
  });
}

TEST_CASE("an expected conflict is no failure, and changed rows are counted") {
  for_each_engine([](TestDatabase& at) {
    create(at);
    auto changed = at.run(at.database().write([](Transaction& tx) -> Result<int64_t> {
      int64_t first = TRY(tx.execute(insert_note_once, "a", 1));
      int64_t second = TRY(tx.execute(insert_note_once, "a", 2));
      return first * 10 + second;
    }));
    REQUIRE(changed);
    CHECK(*changed == 10);
  });
}

TEST_CASE("a read cannot change anything") {
  for_each_engine([](TestDatabase& at) {
    create(at);
    auto rows = at.run(at.database().read([](Reader& reader) { return reader.query(insert_note, "a", 1); }));
    CHECK(!rows);
    CHECK(count(at) == 0);
  });
}

TEST_CASE("events have strictly increasing positions without holes, and only those of kept writes remain") {
  for_each_engine([](TestDatabase& at) {
    std::vector<int64_t> told;
    at.database().on_commit([&](int64_t position) { told.push_back(position); });
    auto publish = [](bool keep) {
      return [keep](Transaction& tx) -> Result<void> {
        TRY(tx.publish({.kind = keep ? "kept" : "dropped"}));
        if (!keep) return fail(reasons::forbidden);
        return {};
      };
    };
    std::vector<WriteFunction> functions;
    for (int i = 0; i < 10; ++i) functions.push_back(publish(i % 2 == 0));
    write_together(at, std::move(functions));
    at.run(at.database().write(publish(false)));
    at.reopen();
    at.run(at.database().write(publish(true)));
    auto rows = at.run(at.database().read([](Reader& reader) { return reader.query(list_events); }));
    REQUIRE(rows);
    REQUIRE(rows->size() == 6);
    for (size_t i = 0; i < rows->size(); ++i) {
      CHECK(rows->integer(i, 0) == static_cast<int64_t>(i + 1));
      CHECK(rows->text(i, 1) == "kept");
    }
    REQUIRE(!told.empty());
    CHECK(told.back() == 5);
  });
}

TEST_CASE("too many waiting writes are refused with a hint to come back") {
  TestDatabase at;
  size_t refused = 0, left = Database::max_queued * 2;
  for (size_t i = 0; i < Database::max_queued * 2; ++i) {
    at.database().submit_write([](Transaction&) -> Result<void> { return {}; },
                               [&](Result<void> outcome) {
                                 if (!outcome) {
                                   CHECK(outcome.error().is(reasons::unavailable));
                                   CHECK(outcome.error().retry_after_ms > 0);
                                   ++refused;
                                 }
                                 if (--left == 0) at.env().loop.stop();
                               });
  }
  at.env().loop.run();
  // How many the writer took meanwhile is its affair.
  CHECK(refused < Database::max_queued + 1);
}

TEST_CASE("closing finishes what waits and refuses what comes later") {
  TestDatabase at;
  create(at);
  size_t kept = 0;
  for (int i = 0; i < 100; ++i) {
    at.database().submit_write([i](Transaction& tx) { return add_note(tx, std::to_string(i)); },
                               [&](Result<void> outcome) { kept += outcome.has_value(); });
  }
  run_task(at.env().loop, at.database().close());
  CHECK(kept == 100);
  auto late = at.run(at.database().write([](Transaction& tx) { return add_note(tx, "late"); }));
  REQUIRE(!late);
  CHECK(late.error().is(reasons::unavailable));
}

TEST_CASE("a database in memory behaves the same") {
  TestDatabase at({.url = "sqlite::memory:"});
  create(at);
  REQUIRE(at.run(at.database().write([](Transaction& tx) { return add_note(tx, "a"); })));
  CHECK(count(at) == 1);
  CHECK(!at.run(at.database().read([](Reader& reader) { return reader.query(insert_note, "b", 1); })));
  CHECK(count(at) == 1);
}
