#include "store/postgres_session.h"

#include "base/check.h"
#include "platform/log.h"
#include "store/postgres_values.h"

namespace parvis::store {
namespace {

constexpr int64_t retry_ms = 1000;
// "parvis" as a number: the advisory lock of whoever writes.
constexpr const char* begin_batch =
    "begin; select pg_advisory_xact_lock(123563962034547); select pg_current_xact_id()::text";

const char* text_of(Session*, int step) {
  static constexpr const char* texts[] = {begin_batch,
                                          "savepoint w",
                                          "release savepoint w",
                                          "rollback to savepoint w; release savepoint w",
                                          "commit",
                                          "rollback",
                                          "begin isolation level repeatable read read only",
                                          "rollback"};
  return texts[step];
}

Error postgres_error(std::string_view state, std::string detail) {
  detail += " (sqlstate " + std::string(state) + ")";
  if (state == "23505" || state == "23503" || state == "40001" || state == "40P01") {
    return Error(reasons::conflict, std::move(detail));
  }
  if (state == "53100") return Error(reasons::storage_full, std::move(detail));
  if (state == "57014") return Error(reasons::timeout, std::move(detail));
  if (state == "22021") return Error(reasons::malformed, std::move(detail));
  if (state == "54000") return Error(reasons::too_large, std::move(detail));
  if (state.starts_with("XX")) return Error(reasons::corrupt, std::move(detail));
  // Connections, resources, shutdown, and no state at all: the connection broke.
  if (state.empty() || state.starts_with("08") || state.starts_with("53") || state.starts_with("57")) {
    return Error(reasons::unavailable, std::move(detail), retry_ms);
  }
  return Error(reasons::internal, std::move(detail));
}

}  // namespace

Result<std::unique_ptr<PostgresSession>> PostgresSession::open(Clock& clock, std::string url) {
  std::unique_ptr<PostgresSession> session(new PostgresSession(clock, std::move(url)));
  TRY(session->connect());
  TRY(session->check_server());
  return session;
}

Result<void> PostgresSession::connect() {
  cache_.clear();
  connection_.reset(PQconnectdb(url_.c_str()));
  if (PQstatus(connection_.get()) != CONNECTION_OK) {
    std::string detail = PQerrorMessage(connection_.get());
    connection_.reset();
    return fail(reasons::unavailable, "postgresql: " + detail, retry_ms);
  }
  PQsetNoticeProcessor(connection_.get(), [](void*, const char*) {}, nullptr);
  TRY(
      command("set synchronous_commit = on; set lock_timeout = '10s'; set standard_conforming_strings = on; "
              "set client_encoding = 'UTF8'"));
  return {};
}

Result<void> PostgresSession::check_server() {
  Answer answer =
      TRY(command("select datcollate, pg_encoding_to_char(encoding) from pg_database where datname = "
                  "current_database()"));
  std::string_view collation = PQgetvalue(answer.get(), 0, 0), encoding = PQgetvalue(answer.get(), 0, 1);
  if (encoding == "UTF8" && (collation == "C" || collation == "POSIX" || collation.starts_with("C.")))
    return {};
  return fail(reasons::unavailable,
              "create the database with: createdb --template=template0 --encoding=UTF8 --locale=C.UTF-8");
}

Result<PostgresSession::Answer> PostgresSession::answered(PGresult* result, std::string_view doing) {
  Answer answer(result);
  ExecStatusType status = PQresultStatus(result);
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return answer;
  if (PQstatus(connection_.get()) == CONNECTION_BAD) lost_ = true;
  const char* state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : nullptr;
  const char* primary = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : nullptr;
  std::string detail = std::string(doing) + ": " + (primary ? primary : PQerrorMessage(connection_.get()));
  return std::unexpected(postgres_error(lost_ || !state ? "" : state, std::move(detail)));
}

Result<PostgresSession::Answer> PostgresSession::command(const char* sql) {
  return answered(PQexec(connection_.get(), sql), "command");
}

Result<void> PostgresSession::ensure_open() {
  if (connection_ && !lost_ && PQstatus(connection_.get()) == CONNECTION_OK) return {};
  lost_ = false;
  TRY(connect());
  log_event(Level::info, "postgresql.reconnected");
  return {};
}

bool PostgresSession::transaction_lost() {
  return lost_ || !connection_ || PQtransactionStatus(connection_.get()) == PQTRANS_IDLE;
}

/// The connection broke after the commit was sent: the server knows what became of the transaction.
Result<bool> PostgresSession::committed_after_all() {
  if (!committing_ || !lost_) return false;
  committing_ = false;
  lost_ = false;
  TRY(connect());
  // Waits for the lock that the old connection's server process may still hold: its end decides.
  TRY(command("begin"));
  TRY(command("select pg_advisory_xact_lock(123563962034547)"));
  const char* values[] = {transaction_id_.c_str()};
  Answer answer = TRY(answered(PQexecParams(connection_.get(), "select pg_xact_status($1::text::xid8)", 1,
                                            nullptr, values, nullptr, nullptr, 0),
                               "transaction status"));
  std::string_view status = PQgetvalue(answer.get(), 0, 0);
  bool committed = status == "committed";
  TRY(command("rollback"));
  lost_ = true;  // let the batch begin anew on a connection that is known to be clean
  return committed;
}

Result<void> PostgresSession::run_script(const std::string& script) {
  TRY(command(script.c_str()));
  return {};
}

Result<void> PostgresSession::take_step(Step step) {
  committing_ = step == Step::commit;
  Answer answer = TRY(command(text_of(this, static_cast<int>(step))));
  if (step == Step::begin) transaction_id_ = PQgetvalue(answer.get(), 0, 0);
  // A commit of a failed transaction answers ROLLBACK, without an error.
  if (step == Step::commit && std::string_view(PQcmdStatus(answer.get())) != "COMMIT") {
    return fail(reasons::internal, "commit answered as rollback");
  }
  return {};
}

Result<void> PostgresSession::prepare(const Statement& statement) {
  TRY(prepared(statement));
  return {};
}

Result<PostgresSession::Prepared*> PostgresSession::prepared(const Statement& statement) {
  if (statement.index >= cache_.size()) cache_.resize(statement.index + 1);
  Prepared& entry = cache_[statement.index];
  if (entry.ready) return &entry;
  // A name may be left from a prepare whose description failed.
  entry.name = "s" + std::to_string(statement.index);
  std::string sql(statement.postgres_sql);
  TRY(answered(PQprepare(connection_.get(), entry.name.c_str(), sql.c_str(), 0, nullptr), statement.name));
  Answer answer = TRY(answered(PQdescribePrepared(connection_.get(), entry.name.c_str()), statement.name));
  for (int i = 0; i < PQnparams(answer.get()); ++i) entry.types.push_back(PQparamtype(answer.get(), i));
  entry.ready = true;
  return &entry;
}

Result<PostgresSession::Answer> PostgresSession::execute(const Statement& statement,
                                                         std::span<const Parameter> parameters) {
  Prepared& entry = *TRY(prepared(statement));
  CHECK(entry.types.size() == parameters.size());
  TRY(check_parameters(parameters));
  PostgresParameters values;
  for (size_t i = 0; i < parameters.size(); ++i) {
    auto added = values.add(parameters[i], entry.types[i]);
    if (!added) return fail(*added.error().reason, std::string(statement.name) + ": " + added.error().detail);
  }
  constexpr int binary_results = 1;
  return answered(PQexecPrepared(connection_.get(), entry.name.c_str(), values.count(), values.values(),
                                 values.lengths(), values.formats(), binary_results),
                  statement.name);
}

Result<Rows> PostgresSession::do_query(const Statement& statement, std::span<const Parameter> parameters) {
  Answer answer = TRY(execute(statement, parameters));
  Rows rows;
  int columns = PQnfields(answer.get());
  rows.set_columns(static_cast<size_t>(columns));
  for (int row = 0; row < PQntuples(answer.get()); ++row) {
    for (int column = 0; column < columns; ++column)
      TRY(append_postgres_cell(rows, answer.get(), row, column));
    if (rows.bytes() > Rows::max_bytes)
      return fail(reasons::too_large, std::string(statement.name) + ": too many rows");
  }
  return rows;
}

Result<int64_t> PostgresSession::do_change(const Statement& statement,
                                           std::span<const Parameter> parameters) {
  Answer answer = TRY(execute(statement, parameters));
  std::string_view count = PQcmdTuples(answer.get());
  return count.empty() ? 0 : std::stoll(std::string(count));
}

}  // namespace parvis::store
