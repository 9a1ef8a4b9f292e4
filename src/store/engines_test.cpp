// Both engines understand every statement of this program. Modules have the same test over their own
// statements.
#include "store/postgres_session.h"
#include "store/sqlite_session.h"
#include "store/testing.h"

#include <doctest/doctest.h>

using namespace parvis;
using namespace parvis::store;

TEST_CASE("every registered statement can be prepared") {
  for_each_engine([](TestDatabase& at) {
    size_t refused = prepare_all(at, {"test."});
    CHECK(refused == 0);
  });
}

TEST_CASE("PostgreSQL: a batch whose connection is cut is run again, once") {
  for_each_engine([](TestDatabase& at) {
    if (at.database().engine() != "postgresql") return;
    static const Statement create{"test.create_cut", "create table test_cut(x bigint)"};
    static const Statement insert{"test.insert_cut", "insert into test_cut(x) values (1)"};
    static const Statement count{"test.count_cut", "select count(*) from test_cut"};
    static const Statement suicide{"test.suicide", "select 1",
                                   "select pg_terminate_backend(pg_backend_pid())"};
    REQUIRE(at.run(at.database().write([](Transaction& tx) { return tx.execute(create); })));
    int runs = 0;
    auto written = at.run(at.database().write([&runs](Transaction& tx) -> Result<void> {
      TRY(tx.execute(insert));
      if (++runs == 1) TRY(tx.query(suicide));
      return {};
    }));
    CHECK(written);
    CHECK(runs == 2);
    // A reader's connection is cut too; the read after it finds a new one.
    for (int i = 0; i < 4; ++i)
      static_cast<void>(at.run(at.database().read([](Reader& r) { return r.query(suicide); })));
    auto rows = at.run(at.database().read([](Reader& reader) { return reader.query(count); }));
    REQUIRE(rows);
    CHECK(rows->integer(0, 0) == 1);
  });
}

TEST_CASE("PostgreSQL: a commit whose answer is lost is neither lost nor doubled") {
  for_each_engine([](TestDatabase& at) {
    if (at.database().engine() != "postgresql") return;
    static const Statement create{"test.create_fate", "create table test_fate(x bigint)"};
    static const Statement insert{"test.insert_fate", "insert into test_fate(x) values (1)"};
    static const Statement count{"test.count_fate", "select count(*) from test_fate"};
    // A deferred trigger cuts the connection within the commit: that transaction did not happen, and must be
    // run again.
    static const Statement function{
        "test.fate_function", "select 1",
        "create function cut() returns trigger language plpgsql as $f$ begin "
        "if new.x = 1 then perform pg_terminate_backend(pg_backend_pid()); end if; return null; end $f$"};
    static const Statement trigger{
        "test.fate_trigger", "select 1",
        "create constraint trigger cut after insert on test_fate deferrable initially deferred "
        "for each row execute function cut()"};
    static const Statement insert_other{"test.insert_other", "insert into test_fate(x) values (2)"};
    REQUIRE(at.run(at.database().write([](Transaction& tx) -> Result<void> {
      TRY(tx.execute(create));
      TRY(tx.execute(function));
      TRY(tx.execute(trigger));
      return {};
    })));
    int runs = 0;
    auto written = at.run(at.database().write([&runs](Transaction& tx) -> Result<int64_t> {
      return ++runs == 1 ? tx.execute(insert) : tx.execute(insert_other);
    }));
    CHECK(written);
    CHECK(runs == 2);
    auto rows = at.run(at.database().read([](Reader& reader) { return reader.query(count); }));
    REQUIRE(rows);
    CHECK(rows->integer(0, 0) == 1);
  });
}
