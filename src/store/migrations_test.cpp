#include "store/migrations.h"

#include "store/sqlite_session.h"
#include "store/testing.h"

#include <doctest/doctest.h>

using namespace parvis;
using namespace parvis::store;

namespace {

struct Fixture {
  std::unique_ptr<Env, void (*)(Env*)> env = make_system_env();
  TestDirectory directory;
  std::unique_ptr<SqliteSession> session =
      *SqliteSession::open(env->clock, {.path = directory.path() + "/test.db"});
  Result<void> apply(std::vector<Migration> list) { return migrate(*session, env->clock, list); }
};

}  // namespace

TEST_CASE("migrations apply once, in order, later ones on top") {
  Fixture at;
  Migration first{1, "001_a", "create table a(x bigint);", "", ""};
  Migration second{2, "002_b", "alter table a add column y text;", "create view v as select y from a;", ""};
  CHECK(at.apply({first}));
  CHECK(at.apply({first}));
  CHECK(at.apply({first, second}));
  CHECK(at.session->run_script("insert into a(x, y) values (1, 'y')"));
  CHECK(at.session->run_script("select y from v"));
}

TEST_CASE("a script changed after it was applied is refused") {
  Fixture at;
  CHECK(at.apply({{1, "001_a", "create table a(x bigint);", "", ""}}));
  auto outcome = at.apply({{1, "001_a", "create table a(x bigint, y bigint);", "", ""}});
  REQUIRE(!outcome);
  CHECK(outcome.error().is(schema_changed));
}

TEST_CASE("a database of a newer version is refused") {
  Fixture at;
  Migration first{1, "001_a", "create table a(x bigint);", "", ""};
  CHECK(at.apply({first, {2, "002_b", "create table b(x bigint);", "", ""}}));
  auto outcome = at.apply({first});
  REQUIRE(!outcome);
  CHECK(outcome.error().is(schema_newer));
}

TEST_CASE("a script that fails halfway leaves nothing, and may be corrected") {
  Fixture at;
  CHECK(!at.apply({{1, "001_a", "create table a(x bigint); create table a(x bigint);", "", ""}}));
  CHECK(at.apply({{1, "001_a", "create table a(x bigint);", "", ""}}));
}

TEST_CASE("portable types become SQLite's, outside quotes and comments, and tables are strict") {
  CHECK(portable_to_sqlite(
            "create table a(x bigint primary key, b bytea); -- bigint\ninsert into a values ('bytea');") ==
        "create table a(x integer primary key, b blob) strict; -- bigint\ninsert into a values ('bytea');");
  CHECK(portable_to_sqlite("create index i on a(x);") == "create index i on a(x);");
}

TEST_CASE("a value of the wrong type is refused by SQLite as by PostgreSQL") {
  Fixture at;
  CHECK(at.apply({{1, "001_a", "create table a(x bigint, b boolean, t text);", "", ""}}));
  CHECK(!at.session->run_script("insert into a(x) values ('word')"));
  CHECK(at.session->run_script("insert into a(b) values (true)"));
}

TEST_CASE("the scripts of the source tree apply") {
  Fixture at;
  CHECK(migrate(*at.session, at.env->clock, embedded_migrations()));
  CHECK(migrate(*at.session, at.env->clock, embedded_migrations()));
}
