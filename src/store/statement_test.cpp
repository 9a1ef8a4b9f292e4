#include "store/statement.h"

#include "store/testing.h"

#include <doctest/doctest.h>

using namespace parvis;
using namespace parvis::store;

TEST_CASE("every registered statement has its own name and a dense index") {
  auto& all = Statement::all();
  for (size_t i = 0; i < all.size(); ++i) CHECK(all[i]->index == i);
}

TEST_CASE("values come back as they went in, whatever the order of the parameters in the text") {
  static const Statement echo{"test.echo",
                              "select $3, cast($1 as bigint), cast($2 as text), cast($4 as double precision)",
                              "select $3::bytea, $1::bigint, $2::text, $4::double precision"};
  for_each_engine([](TestDatabase& at) {
    Bytes bytes = {0, 1, 255, 0};
    auto rows = at.run(at.database().read([=](Reader& reader) -> Result<Rows> {
      return reader.query(echo, int64_t{-9'000'000'000'000'000'000}, "réunion 🦉", bytes, 2.5);
    }));
    REQUIRE(rows);
    CHECK(rows->size() == 1);
    CHECK(Bytes(rows->blob(0, 0).begin(), rows->blob(0, 0).end()) == bytes);
    CHECK(rows->integer(0, 1) == int64_t{-9'000'000'000'000'000'000});
    CHECK(rows->text(0, 2) == "réunion 🦉");
    CHECK(rows->real(0, 3) == 2.5);
  });
}

TEST_CASE("null, empty text, empty bytes and empty ids are told apart") {
  static const Statement insert{"test.insert_values",
                                "insert into test_values(n, t, b, flag) values ($1, $2, $3, $4)"};
  static const Statement select{"test.select_values", "select n, t, b, flag from test_values"};
  static const Statement create{"test.create_values",
                                "create table test_values(n bigint, t text, b bytea, flag boolean)"};
  for_each_engine([](TestDatabase& at) {
    auto rows = at.run(at.database().write([](Transaction& tx) -> Result<Rows> {
      TRY(tx.execute(create));
      TRY(tx.execute(insert, nullptr, "", Bytes{}, true));
      TRY(tx.execute(insert, std::optional<int64_t>(), std::optional<std::string>("x"), nullptr, false));
      TRY(tx.execute(insert, 0, SpaceId(), Bytes{7}, std::optional<bool>()));
      return tx.query(select);
    }));
    REQUIRE(rows);
    REQUIRE(rows->size() == 3);
    CHECK(rows->is_null(0, 0));
    CHECK(!rows->is_null(0, 1));
    CHECK(rows->text(0, 1).empty());
    CHECK(!rows->is_null(0, 2));
    CHECK(rows->boolean(0, 3));
    CHECK(rows->text(1, 1) == "x");
    CHECK(rows->is_null(1, 2));
    CHECK(!rows->boolean(1, 3));
    CHECK(rows->integer(2, 0) == 0);
    CHECK(rows->is_null(2, 1));
    CHECK(rows->blob(2, 2).size() == 1);
    CHECK(rows->is_null(2, 3));
  });
}

TEST_CASE("an id is stored as its 26 characters and read back") {
  static const Statement create{"test.create_ids", "create table test_ids(id text primary key)"};
  static const Statement insert{"test.insert_id", "insert into test_ids(id) values ($1)"};
  static const Statement select{"test.select_id", "select id from test_ids where id = $1"};
  for_each_engine([](TestDatabase& at) {
    auto id = at.env().new_id<SpaceId>();
    auto rows = at.run(at.database().write([id](Transaction& tx) -> Result<Rows> {
      TRY(tx.execute(create));
      TRY(tx.execute(insert, id));
      return tx.query(select, id.text());
    }));
    REQUIRE(rows);
    REQUIRE(rows->size() == 1);
    CHECK(rows->id<SpaceId>(0, 0) == id);
  });
}

TEST_CASE("text with a NUL is refused, not cut") {
  static const Statement length{"test.length", "select length($1)", "select length($1::text)"};
  for_each_engine([](TestDatabase& at) {
    auto rows = at.run(at.database().read(
        [](Reader& reader) -> Result<Rows> { return reader.query(length, std::string("a\0b", 3)); }));
    REQUIRE(!rows);
    CHECK(rows.error().is(reasons::malformed));
  });
}
