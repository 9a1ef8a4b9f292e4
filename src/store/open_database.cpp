#include "store/migrations.h"
#include "store/postgres_session.h"
#include "store/queued_database.h"
#include "store/sqlite_session.h"

namespace parvis::store {
namespace {

constexpr size_t max_readers = 16;

Result<std::unique_ptr<Database>> open_sqlite(Env& env, const DatabaseOptions& options, std::string path) {
  bool in_memory = path == ":memory:";
  SqliteOptions settings{
      .path = in_memory ? "" : path, .vfs = options.sqlite_vfs, .durable = options.durable};
  std::unique_ptr<Session> writer = TRY(SqliteSession::open(env.clock, settings));
  TRY(migrate(*writer, env.clock, embedded_migrations()));
  settings.read_only = true;
  std::vector<std::unique_ptr<Session>> readers;
  for (size_t i = 0; i < options.readers && !in_memory; ++i) {
    readers.push_back(TRY(SqliteSession::open(env.clock, settings)));
  }
  return std::make_unique<QueuedDatabase>(env, std::move(writer), std::move(readers));
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
