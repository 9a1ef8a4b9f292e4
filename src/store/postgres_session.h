#pragma once
// A connection to PostgreSQL: prepared statements with binary values, reconnection, errors. Owner of
// libpq-fe.h. Every batch of writes holds one advisory lock until its commit: writers of several processes
// take turns, as on SQLite, and outbox positions become visible in their order.
#include <libpq-fe.h>

#include <string>
#include <vector>

#include "store/session.h"

namespace parvis::store {

class PostgresSession final : public Session {
 public:
  /// `url` in libpq's form. Refuses a database whose collation is not by bytes.
  static Result<std::unique_ptr<PostgresSession>> open(Clock& clock, std::string url);

  Result<void> ensure_open() override;
  bool transaction_lost() override;
  Result<bool> committed_after_all() override;
  bool worth_retrying() const override { return lost_; }
  Result<void> run_script(const std::string& script) override;
  std::string_view engine() const override { return "postgresql"; }
  Result<void> prepare(const Statement& statement) override;

 private:
  struct CloseConnection {
    void operator()(PGconn* connection) const { PQfinish(connection); }
  };
  struct ClearResult {
    void operator()(PGresult* result) const { PQclear(result); }
  };
  using Answer = std::unique_ptr<PGresult, ClearResult>;
  struct Prepared {
    bool ready = false;
    std::string name;
    std::vector<Oid> types;  // of the parameters, as the server inferred them
  };

  PostgresSession(Clock& clock, std::string url) : Session(clock), url_(std::move(url)) {}
  Result<void> connect();
  Result<void> check_server();
  Result<Prepared*> prepared(const Statement& statement);
  Result<Answer> execute(const Statement& statement, std::span<const Parameter> parameters);
  Result<Answer> command(const char* sql);
  Result<Answer> answered(PGresult* result, std::string_view doing);

  Result<void> take_step(Step step) override;
  Result<Rows> do_query(const Statement& statement, std::span<const Parameter> parameters) override;
  Result<int64_t> do_change(const Statement& statement, std::span<const Parameter> parameters) override;

  std::string url_;
  std::unique_ptr<PGconn, CloseConnection> connection_;
  std::vector<Prepared> cache_;  // by Statement::index
  bool lost_ = false;            // the connection broke under a transaction
  bool committing_ = false;      // it broke, if it did, after the commit was sent
  std::string transaction_id_;   // of the running batch, to ask for its fate
};

}  // namespace parvis::store
