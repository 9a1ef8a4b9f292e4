#include "store/migrations.h"
#include "store/postgres_session.h"
#include "store/queued_database.h"
#include "store/sqlite_session.h"
#include "store/sqlite_vfs.h"

namespace parvis::store {
namespace {

constexpr size_t max_readers = 16;

std::string parent_of(const std::string& path) {
  size_t slash = path.find_last_of('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

Result<std::unique_ptr<Database>> open_sqlite(Env& env, const DatabaseOptions& options, std::string path) {
  bool in_memory = path == ":memory:";
  std::shared_ptr<FsVfs> vfs;
  if (options.through_fs) vfs = std::make_shared<FsVfs>(env);
  SqliteOptions settings{.path = in_memory ? "" : path,
                         .vfs = vfs ? vfs->name() : "",
                         .durable = options.durable,
                         .checkpoint_pages = options.checkpoint_pages};
  std::unique_ptr<Session> writer = TRY(SqliteSession::open(env.clock, settings));
  TRY(migrate(*writer, env.clock, embedded_migrations()));
  // SQLite leaves the name of a new database to chance.
  if (!in_memory) TRY(env.fs.sync_directory(parent_of(path)));
  settings.read_only = true;
  std::vector<std::unique_ptr<Session>> readers;
  for (size_t i = 0; i < options.readers && !in_memory; ++i) {
    readers.push_back(TRY(SqliteSession::open(env.clock, settings)));
  }
  return std::make_unique<QueuedDatabase>(env, std::move(writer), std::move(readers), std::move(vfs));
}

Result<std::unique_ptr<Database>> open_postgres(Env& env, const DatabaseOptions& options) {
  std::unique_ptr<Session> writer = TRY(PostgresSession::open(env.clock, options.url));
  TRY(migrate(*writer, env.clock, embedded_migrations()));
  std::vector<std::unique_ptr<Session>> readers;
  for (size_t i = 0; i < options.readers; ++i) {
    readers.push_back(TRY(PostgresSession::open(env.clock, options.url)));
  }
  return std::make_unique<QueuedDatabase>(env, std::move(writer), std::move(readers));
}

}  // namespace

Result<std::unique_ptr<Database>> open_database(Env& env, const DatabaseOptions& options) {
  if (options.readers < 1 || options.readers > max_readers)
    return fail(reasons::malformed, "readers: 1 to 16");
  std::string_view url = options.url;
  if (url.starts_with("sqlite:")) return open_sqlite(env, options, std::string(url.substr(7)));
  if (url.starts_with("postgresql://")) return open_postgres(env, options);
  return fail(reasons::malformed, "a database is sqlite:PATH or postgresql://...");
}

}  // namespace parvis::store
