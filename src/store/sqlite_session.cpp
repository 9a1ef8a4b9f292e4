#include "store/sqlite_session.h"

#include <charconv>
#include <mutex>

#include "base/check.h"
#include "store/sqlite_words.h"

namespace parvis::store {
namespace {

constexpr const char* step_sql[] = {"begin immediate", "savepoint w", "release w", "rollback to w",
                                    "commit",          "rollback",    "begin",     "rollback"};

// Before the library initialises itself; no allocation statistics, which cost a global lock.
void configure_library() {
  static std::once_flag once;
  std::call_once(once, [] { sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); });
}

int bind_one(sqlite3_stmt* statement, int at, const Parameter& parameter) {
  struct Bind {
    sqlite3_stmt* statement;
    int at;
    int operator()(std::monostate) const { return sqlite3_bind_null(statement, at); }
    int operator()(int64_t number) const { return sqlite3_bind_int64(statement, at, number); }
    int operator()(double number) const { return sqlite3_bind_double(statement, at, number); }
    // The caller keeps the bytes until the statement is reset. A null pointer would bind SQL's null.
    int operator()(std::string_view text) const {
      return sqlite3_bind_text64(statement, at, text.data() ? text.data() : "", text.size(), SQLITE_STATIC,
                                 SQLITE_UTF8);
    }
    int operator()(ByteView bytes) const {
      if (bytes.empty()) return sqlite3_bind_zeroblob(statement, at, 0);
      return sqlite3_bind_blob64(statement, at, bytes.data(), bytes.size(), SQLITE_STATIC);
    }
    int operator()(const RawId& id) const {
      std::string text = format_id(id);
      return sqlite3_bind_text64(statement, at, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    }
  };
  return std::visit(Bind{statement, at}, parameter.value);
}

void append_cell(Rows& rows, sqlite3_stmt* statement, int column) {
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_NULL:
      return rows.append_null();
    case SQLITE_INTEGER:
      return rows.append_integer(sqlite3_column_int64(statement, column));
    case SQLITE_FLOAT:
      return rows.append_real(sqlite3_column_double(statement, column));
    case SQLITE_TEXT: {
      auto text = reinterpret_cast<const uint8_t*>(sqlite3_column_text(statement, column));
      return rows.append_bytes(Rows::Type::text,
                               {text, static_cast<size_t>(sqlite3_column_bytes(statement, column))});
    }
    default: {
      auto bytes = static_cast<const uint8_t*>(sqlite3_column_blob(statement, column));
      return rows.append_bytes(Rows::Type::blob,
                               {bytes, static_cast<size_t>(sqlite3_column_bytes(statement, column))});
    }
  }
}

// Leaves the statement ready for its next use, whatever happened; its bound views die with the call.
struct ResetLater {
  sqlite3_stmt* statement;
  ~ResetLater() {
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
  }
};

}  // namespace

Error sqlite_error(int code, std::string detail) {
  constexpr int64_t retry_ms = 1000;
  detail += " (sqlite " + std::to_string(code) + ")";
  switch (code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
    case SQLITE_CONSTRAINT_FOREIGNKEY:
      return Error(reasons::conflict, std::move(detail));
    case SQLITE_IOERR_SHMSIZE:
      return Error(reasons::storage_full, std::move(detail));
    default:
      break;
  }
  switch (code & 0xff) {
    case SQLITE_FULL:
      return Error(reasons::storage_full, std::move(detail));
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return Error(reasons::corrupt, std::move(detail));
    case SQLITE_TOOBIG:
      return Error(reasons::too_large, std::move(detail));
    case SQLITE_INTERRUPT:
      return Error(reasons::timeout, std::move(detail));
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_NOMEM:
    case SQLITE_IOERR:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      return Error(reasons::unavailable, std::move(detail), retry_ms);
    default:
      return Error(reasons::internal, std::move(detail));
  }
}

std::unexpected<Error> SqliteSession::failed(std::string_view doing) {
  return std::unexpected(sqlite_error(sqlite3_extended_errcode(connection_),
                                      std::string(doing) + ": " + sqlite3_errmsg(connection_)));
}

Result<std::unique_ptr<SqliteSession>> SqliteSession::open(Clock& clock, const SqliteOptions& options) {
  configure_library();
  sqlite3* connection = nullptr;
  const char* path = options.path.empty() ? ":memory:" : options.path.c_str();
  // Readers too open for writing: WAL's shared index needs it; query_only keeps them from changing anything.
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  int code = sqlite3_open_v2(path, &connection, flags, options.vfs.empty() ? nullptr : options.vfs.c_str());
  std::unique_ptr<SqliteSession> session(new SqliteSession(clock, connection));
  if (code != SQLITE_OK) {
    return std::unexpected(sqlite_error(code, "open " + options.path + ": " + sqlite3_errstr(code)));
  }
  TRY(session->apply_settings(options));
  return session;
}

SqliteSession::~SqliteSession() {
  for (Prepared& prepared : cache_) sqlite3_finalize(prepared.statement);
  for (sqlite3_stmt* step : steps_) sqlite3_finalize(step);
  sqlite3_close(connection_);
}

Result<void> SqliteSession::apply_settings(const SqliteOptions& options) {
  TRY(register_words(connection_));
  sqlite3_busy_timeout(connection_, busy_timeout_ms);
  sqlite3_db_config(connection_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(connection_, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  sqlite3_db_config(connection_, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
  std::string settings = options.path.empty() ? "" : "pragma journal_mode = wal;";
  settings += options.durable ? "pragma synchronous = full;" : "pragma synchronous = normal;";
  settings +=
      "pragma foreign_keys = on;"
      "pragma case_sensitive_like = on;"  // as PostgreSQL's
      "pragma temp_store = memory;"
      "pragma journal_size_limit = 67108864;"
      "pragma cell_size_check = on;";
  settings += "pragma wal_autocheckpoint = " + std::to_string(options.checkpoint_pages) + ";";
  // A simulated disk has no pages to map.
  if (options.vfs.empty()) settings += "pragma mmap_size = 268435456;";
  settings +=
      options.read_only ? "pragma cache_size = -2048; pragma query_only = on;" : "pragma cache_size = -8192;";
  TRY(run_script(settings));
  for (const char* sql : step_sql) {
    sqlite3_stmt* step = nullptr;
    if (sqlite3_prepare_v3(connection_, sql, -1, SQLITE_PREPARE_PERSISTENT, &step, nullptr) != SQLITE_OK) {
      return failed(sql);
    }
    steps_.push_back(step);
  }
  return {};
}

Result<void> SqliteSession::run_script(const std::string& script) {
  if (sqlite3_exec(connection_, script.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
    return failed("script");
  return {};
}

Result<void> SqliteSession::check_integrity() {
  static const Statement integrity{"sqlite.integrity_check", "pragma integrity_check", "select 'ok'"};
  static const Statement foreign_keys{"sqlite.foreign_key_check", "pragma foreign_key_check",
                                      "select 1 where false"};
  Rows found = TRY(query(integrity));
  if (found.size() != 1 || found.text(0, 0) != "ok") {
    return fail(reasons::corrupt, "integrity check: " + std::string(found.empty() ? "" : found.text(0, 0)));
  }
  if (!TRY(query(foreign_keys)).empty()) return fail(reasons::corrupt, "foreign key check");
  return {};
}

Result<void> SqliteSession::take_step(Step step) {
  sqlite3_stmt* statement = steps_[static_cast<size_t>(step)];
  int code = sqlite3_step(statement);
  if (code == SQLITE_DONE) {
    sqlite3_reset(statement);
    return {};
  }
  auto error = failed(step_sql[static_cast<size_t>(step)]);
  sqlite3_reset(statement);
  return error;
}

Result<void> SqliteSession::prepare(const Statement& statement) {
  TRY(prepared(statement));
  return {};
}

Result<SqliteSession::Prepared*> SqliteSession::prepared(const Statement& statement) {
  if (statement.index >= cache_.size()) cache_.resize(statement.index + 1);
  Prepared& entry = cache_[statement.index];
  if (entry.statement) return &entry;
  const char* tail = nullptr;
  sqlite3_stmt* compiled = nullptr;
  int code = sqlite3_prepare_v3(connection_, statement.sql.data(), static_cast<int>(statement.sql.size()),
                                SQLITE_PREPARE_PERSISTENT, &compiled, &tail);
  if (code != SQLITE_OK) return failed(statement.name);
  entry.statement = compiled;
  if (tail != statement.sql.data() + statement.sql.size()) {
    return fail(reasons::internal, std::string(statement.name) + ": one statement only, without a semicolon");
  }
  entry.read_only = sqlite3_stmt_readonly(compiled) != 0;
  int count = sqlite3_bind_parameter_count(compiled);
  for (int i = 1; i <= count; ++i) {
    // SQLite numbers $k by first appearance: the name tells which parameter it is.
    std::string_view name = sqlite3_bind_parameter_name(compiled, i);
    size_t number = 0;
    std::from_chars(name.data() + 1, name.data() + name.size(), number);
    if (number == 0) return fail(reasons::internal, std::string(statement.name) + ": parameters are $1..$n");
    entry.sources.push_back(number - 1);
    entry.parameters = std::max(entry.parameters, number);
  }
  return &entry;
}

Result<sqlite3_stmt*> SqliteSession::bound(const Statement& statement,
                                           std::span<const Parameter> parameters) {
  Prepared& entry = *TRY(prepared(statement));
  CHECK(entry.parameters == parameters.size());
  if (reading() && !entry.read_only)
    return fail(reasons::internal, std::string(statement.name) + " writes in a read");
  TRY(check_parameters(parameters));
  for (size_t i = 0; i < entry.sources.size(); ++i) {
    int code = bind_one(entry.statement, static_cast<int>(i + 1), parameters[entry.sources[i]]);
    if (code != SQLITE_OK) return std::unexpected(sqlite_error(code, std::string(statement.name) + ": bind"));
  }
  return entry.statement;
}

Result<Rows> SqliteSession::do_query(const Statement& statement, std::span<const Parameter> parameters) {
  sqlite3_stmt* running = TRY(bound(statement, parameters));
  ResetLater reset{running};
  Rows rows;
  int columns = sqlite3_column_count(running);
  rows.set_columns(static_cast<size_t>(columns));
  while (true) {
    int code = sqlite3_step(running);
    if (code == SQLITE_DONE) return rows;
    if (code != SQLITE_ROW) return failed(statement.name);
    for (int column = 0; column < columns; ++column) append_cell(rows, running, column);
    if (rows.bytes() > Rows::max_bytes)
      return fail(reasons::too_large, std::string(statement.name) + ": too many rows");
  }
}

Result<int64_t> SqliteSession::do_change(const Statement& statement, std::span<const Parameter> parameters) {
  sqlite3_stmt* running = TRY(bound(statement, parameters));
  ResetLater reset{running};
  int code = SQLITE_ROW;
  while (code == SQLITE_ROW) code = sqlite3_step(running);
  if (code != SQLITE_DONE) return failed(statement.name);
  return sqlite3_changes64(connection_);
}

}  // namespace parvis::store
