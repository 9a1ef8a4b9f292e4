#pragma once
// One database behind one interface: SQLite (WAL, synchronous=FULL, one writer thread, group commit) or
// PostgreSQL. SQL is written once with $1..$n; a Statement registers itself so that a test prepares every one
// on both engines.
//
//   static const Statement insert_space{"space.insert", "insert into space(id, name) values ($1, $2)"};
//   auto id = CO_TRY(co_await db.write([=](Transaction& tx) -> Result<int64_t> {
//     TRY(tx.execute(insert_space, id_text, name));
//     return tx.publish({.kind = "space.created", .subject = id_text});
//   }));
//
// write(): the function runs on the writer thread inside its own savepoint; several writes share one commit.
// When the task resumes with a value, that value is durable. An error rolls back this write alone. A function
// may run again (after a lost PostgreSQL connection), so it must have no effect outside the transaction and
// its return value. A statement that fails spoils its write: later statements return the same error, and the
// write rolls back even if the function ignored it (PostgreSQL knows no other way). Where a conflict is
// expected, say `on conflict do nothing`. read(): runs on a reader thread, on a snapshot that includes every
// acknowledged write. Reading statements only. Both copy nothing implicitly: capture by value, never
// references to loop-owned state.
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/result.h"
#include "platform/env.h"
#include "store/statement.h"

namespace parvis::store {

/// One fact for subscribers, written in the same transaction as the state it tells of (outbox).
struct Event {
  std::string_view kind;     // "space.member_removed"
  std::string_view actor;    // person id text, or ""
  std::string_view space;    // space id text, or ""
  std::string_view subject;  // id of the thing
  std::string_view payload;  // JSON object or ""
  std::string_view rule;     // the rule of may() that allowed it; kept for the audit
};

class Reader {
 public:
  virtual ~Reader() = default;
  template <class... Parameters>
  Result<Rows> query(const Statement& statement, const Parameters&... parameters) {
    const Parameter list[] = {Parameter(parameters)..., Parameter(nullptr)};
    return run(statement, {list, sizeof...(parameters)});
  }
  virtual Result<Rows> run(const Statement& statement, std::span<const Parameter> parameters) = 0;
};

class Transaction : public Reader {
 public:
  /// Rows changed. A broken unique constraint is reasons::conflict.
  template <class... Parameters>
  Result<int64_t> execute(const Statement& statement, const Parameters&... parameters) {
    const Parameter list[] = {Parameter(parameters)..., Parameter(nullptr)};
    return change(statement, {list, sizeof...(parameters)});
  }
  virtual Result<int64_t> change(const Statement& statement, std::span<const Parameter> parameters) = 0;
  /// Appends to the outbox; returns its position (strictly increasing in commit order).
  virtual Result<int64_t> publish(const Event& event) = 0;
};

using WriteFunction = std::move_only_function<Result<void>(Transaction&)>;
using ReadFunction = std::move_only_function<Result<void>(Reader&)>;

class Database {
 public:
  virtual ~Database() = default;

  template <class F, class R = std::invoke_result_t<F, Transaction&>>
  Task<R> write(F function) {
    co_return co_await run_write<R>(std::move(function));
  }
  template <class F, class R = std::invoke_result_t<F, Reader&>>
  Task<R> read(F function) {
    co_return co_await run_read<R>(std::move(function));
  }

  /// `function` runs on the writer (reader) thread; `done` on the loop, after the commit is durable.
  /// Queue bounded: beyond max_queued the error is reasons::unavailable with a retry hint.
  virtual void submit_write(WriteFunction function, std::move_only_function<void(Result<void>)> done) = 0;
  virtual void submit_read(ReadFunction function, std::move_only_function<void(Result<void>)> done) = 0;

  /// Called on the loop after each commit that published events, with the newest position, once the writes of
  /// that commit have been told that they are done. Register before the first write.
  virtual void on_commit(std::move_only_function<void(int64_t position)> listener) = 0;
  virtual std::string_view engine() const = 0;  // "sqlite" or "postgresql"
  /// Drains the queues and closes; later calls fail with reasons::unavailable. For graceful stop. Without it,
  /// destroying the database drops what is queued.
  virtual Task<void> close() = 0;

  static constexpr size_t max_queued = 4096;

 private:
  // Bridges the callback interface to a task; see database_await.h.
  template <class R, class F>
  Task<R> run_write(F function);
  template <class R, class F>
  Task<R> run_read(F function);
};

struct DatabaseOptions {
  /// "sqlite:/path/file.db", "sqlite::memory:" (tests; reads take turns with writes), "postgresql://..."
  /// (libpq's form).
  std::string url;
  size_t readers = 2;
  /// SQLite's files go through env.fs instead of the system's: for the simulator, one thread only.
  bool through_fs = false;
  /// False: a power cut may lose acknowledged writes (SQLite's synchronous=NORMAL). Only to measure and to
  /// test the tests.
  bool durable = true;
  /// SQLite: pages of the log after which it is copied into the database.
  int checkpoint_pages = 4000;
};
/// Opens (creates) the database and migrates it to the newest schema (migrations.h). Blocks; call before the
/// loop runs.
Result<std::unique_ptr<Database>> open_database(Env& env, const DatabaseOptions& options);

}  // namespace parvis::store

#include "store/database_await.h"  // IWYU pragma: export
