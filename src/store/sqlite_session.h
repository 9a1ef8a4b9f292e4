#pragma once
// A connection to an SQLite file: settings, bound statements, errors. Owner of sqlite3.h, with its neighbours
// sqlite_*.
#include <sqlite3.h>

#include <string>
#include <vector>

#include "store/session.h"

namespace parvis::store {

struct SqliteOptions {
  std::string path;  // "" for a private database in memory
  std::string vfs;   // "" for the system's
  bool read_only = false;
  bool durable = true;  // false: synchronous=NORMAL
  int checkpoint_pages = 4000;
};

class SqliteSession final : public Session {
 public:
  static Result<std::unique_ptr<SqliteSession>> open(Clock& clock, const SqliteOptions& options);
  ~SqliteSession() override;

  Result<void> ensure_open() override { return {}; }
  bool transaction_lost() override { return sqlite3_get_autocommit(connection_) != 0; }
  Result<void> run_script(const std::string& script) override;
  std::string_view engine() const override { return "sqlite"; }
  Result<void> prepare(const Statement& statement) override;
  /// Reads the whole file: its structure, indexes and foreign keys; reasons::corrupt.
  Result<void> check_integrity();
  sqlite3* handle() { return connection_; }

 private:
  // How long a connection waits for another process (a backup, an administrator's command) before
  // "unavailable".
  static constexpr int busy_timeout_ms = 5000;

  struct Prepared {
    sqlite3_stmt* statement = nullptr;
    std::vector<size_t> sources;  // parameter of the call for each parameter of SQLite
    size_t parameters = 0;
    bool read_only = false;
  };

  SqliteSession(Clock& clock, sqlite3* connection) : Session(clock), connection_(connection) {}
  Result<void> apply_settings(const SqliteOptions& options);
  Result<Prepared*> prepared(const Statement& statement);
  Result<sqlite3_stmt*> bound(const Statement& statement, std::span<const Parameter> parameters);
  std::unexpected<Error> failed(std::string_view doing);

  Result<void> take_step(Step step) override;
  Result<Rows> do_query(const Statement& statement, std::span<const Parameter> parameters) override;
  Result<int64_t> do_change(const Statement& statement, std::span<const Parameter> parameters) override;

  sqlite3* connection_;
  std::vector<Prepared> cache_;       // by Statement::index
  std::vector<sqlite3_stmt*> steps_;  // by Step
};

/// The house's Error for an extended result code.
Error sqlite_error(int code, std::string detail);

}  // namespace parvis::store
