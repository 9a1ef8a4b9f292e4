#include "store/sqlite_backup.h"

#include <doctest/doctest.h>

#include "store/testing.h"

namespace parvis::store {
namespace {
const Statement put{
    "test.backup_put",
    "insert into outbox_cursor(subscriber, position) values ($1, $2) on conflict (subscriber) do update "
    "set position = excluded.position"};
const Statement get{"test.backup_get", "select position from outbox_cursor where subscriber = 'backup'"};

void write(TestDatabase& at, int64_t value) {
  CHECK(at.run(at.database().write(
      [value](Transaction& transaction) { return transaction.execute(put, "backup", value); })));
}
}  // namespace

TEST_CASE("a backup is the database as it was, and opens by itself") {
  TestDatabase at;
  write(at, 1);
  std::string copy = at.directory() + "/copy.db";
  CHECK(backup_sqlite(at.url().substr(7), copy));
  write(at, 2);
  CHECK_FALSE(backup_sqlite(at.url().substr(7), copy));
  TestDatabase restored({.url = "sqlite:" + copy});
  auto rows = restored.run(restored.database().read([](Reader& reader) { return reader.query(get); }));
  REQUIRE(rows);
  CHECK(rows->integer(0, 0) == 1);
}

}  // namespace parvis::store
