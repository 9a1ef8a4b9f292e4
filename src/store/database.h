#pragma once
// One database behind one interface: SQLite (WAL, synchronous=FULL, one writer thread, group commit) or PostgreSQL.
// SQL is written once with $1..$n; a Statement registers itself so that a test prepares every one on both engines.
//
//   static const Statement insert_space{"space.insert", "insert into space(id, name) values ($1, $2)"};
//   auto id = CO_TRY(co_await db.write([=](Transaction& tx) -> Result<int64_t> {
//     TRY(tx.execute(insert_space, id_text, name));
//     return tx.publish({.kind = "space.created", .subject = id_text});
//   }));
//
// write(): the function runs on the writer thread inside its own savepoint; several writes share one commit. When the
// task resumes with a value, that value is durable. An error rolls back this write alone. A function may run again
// (after a lost PostgreSQL connection), so it must have no effect outside the transaction and its return value.
// read(): runs on a reader thread, on a snapshot that includes every acknowledged write.
// Both copy nothing implicitly: capture by value, never references to loop-owned state.
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "platform/env.h"

namespace parvis::store {

class Statement {
 public:
  /// `sql` in the portable subset; `postgres_sql` only where the engines cannot agree. Static storage duration.
  Statement(std::string_view name, std::string_view sql, std::string_view postgres_sql = {});
  std::string_view name, sql, postgres_sql;
  size_t index;  // dense, for per-connection caches of prepared statements
  static const std::vector<const Statement*>& all();
};

/// A parameter: integer, real, text, blob or null. Views must outlive the call only.
class Parameter {
 public:
  using Variant = std::variant<std::monostate, int64_t, double, std::string_view, ByteView>;
  Parameter(std::nullptr_t) {}
  Parameter(std::nullopt_t) {}
  template <class Number>
    requires std::is_integral_v<Number> || std::is_enum_v<Number>
  Parameter(Number number) : value(static_cast<int64_t>(number)) {}
  Parameter(double number) : value(number) {}
  Parameter(std::string_view text) : value(text) {}
  Parameter(const char* text) : value(std::string_view(text)) {}
  Parameter(const std::string& text) : value(std::string_view(text)) {}
  Parameter(ByteView bytes) : value(bytes) {}
  Parameter(const Bytes& bytes) : value(ByteView(bytes)) {}
  Parameter(Instant instant) : value(instant.ms) {}
  template <class T>
  Parameter(const std::optional<T>& maybe) {
    if (maybe) value = Parameter(*maybe).value;
  }
  Variant value;
};

/// The result of a query, copied out of the engine: cells live as long as the Rows.
class Rows {
 public:
  size_t size() const { return columns_ ? cells_.size() / columns_ : 0; }
  bool empty() const { return size() == 0; }
  bool is_null(size_t row, size_t column) const { return cell(row, column).type == Type::null; }
  int64_t integer(size_t row, size_t column) const;    // 0 for null
  double real(size_t row, size_t column) const;
  std::string_view text(size_t row, size_t column) const;  // "" for null
  ByteView blob(size_t row, size_t column) const;

  enum class Type : uint8_t { null, integer, real, text, blob };
  // For engines: rows are appended cell by cell.
  void set_columns(size_t columns) { columns_ = columns; }
  void append_null();
  void append_integer(int64_t value);
  void append_real(double value);
  void append_bytes(Type type, ByteView bytes);

 private:
  struct Cell {
    Type type;
    uint32_t size;
    union {
      int64_t integer;
      double real;
      uint64_t offset;
    };
  };
  const Cell& cell(size_t row, size_t column) const { return cells_[row * columns_ + column]; }
  size_t columns_ = 0;
  std::vector<Cell> cells_;
  std::string bytes_;
};

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

  /// Called on the loop after each commit that published events, with the newest position.
  virtual void on_commit(std::move_only_function<void(int64_t position)> listener) = 0;
  virtual std::string_view engine() const = 0;  // "sqlite" or "postgresql"
  /// Drains the queues and closes; for graceful stop.
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
  std::string url;  // "sqlite:/path/file.db", "sqlite::memory:" (tests), "postgresql:..." (libpq connection string)
  size_t readers = 2;
};
/// Opens (creates) the database and migrates it to the newest schema; refuses a schema newer than this binary.
Result<std::unique_ptr<Database>> open_database(Env& env, const DatabaseOptions& options);

}  // namespace parvis::store

#include "store/database_await.h"  // IWYU pragma: export
