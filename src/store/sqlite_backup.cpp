#include "store/sqlite_backup.h"

#include <sqlite3.h>

#include <memory>

namespace parvis::store {
namespace {

struct Close {
  void operator()(sqlite3* database) const { sqlite3_close(database); }
};
using Handle = std::unique_ptr<sqlite3, Close>;

Result<Handle> open(const std::string& path, int flags) {
  sqlite3* raw = nullptr;
  int status = sqlite3_open_v2(path.c_str(), &raw, flags, nullptr);
  Handle handle(raw);
  if (status != SQLITE_OK) return fail(reasons::unavailable, path + ": " + sqlite3_errstr(status));
  sqlite3_busy_timeout(raw, 10'000);
  return handle;
}

bool has_tables(sqlite3* database) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(database, "select 1 from sqlite_schema", -1, &statement, nullptr) != SQLITE_OK)
    return true;
  bool some = sqlite3_step(statement) != SQLITE_DONE;
  sqlite3_finalize(statement);
  return some;
}

}  // namespace

Result<void> backup_sqlite(const std::string& from, const std::string& to) {
  auto source = TRY(open(from, SQLITE_OPEN_READWRITE));
  auto target = TRY(open(to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE));
  if (has_tables(target.get())) return fail(reasons::conflict, to + " exists");
  sqlite3_backup* copy = sqlite3_backup_init(target.get(), "main", source.get(), "main");
  if (!copy) return fail(reasons::unavailable, sqlite3_errmsg(target.get()));
  // All pages in one step: one read transaction, one state of the database.
  int status = sqlite3_backup_step(copy, -1);
  sqlite3_backup_finish(copy);
  if (status == SQLITE_FULL) return fail(reasons::storage_full, to);
  if (status != SQLITE_DONE)
    return fail(reasons::unavailable, std::string("backup: ") + sqlite3_errstr(status));
  return {};
}

}  // namespace parvis::store
