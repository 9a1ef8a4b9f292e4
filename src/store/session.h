#pragma once
// One connection to one engine, used by one thread at a time (opened on one, then handed over).
// QueuedDatabase drives it; product code sees only its Transaction or Reader face.
#include <optional>

#include "store/database.h"

namespace parvis::store {

class Session : public Transaction {
 public:
  Result<Rows> run(const Statement& statement, std::span<const Parameter> parameters) final;
  Result<int64_t> change(const Statement& statement, std::span<const Parameter> parameters) final;
  Result<int64_t> publish(const Event& event) final;

  // A batch: begin, then for each write start_write .. keep_write or undo_write, then commit or roll_back.
  Result<void> begin();
  Result<void> start_write(bool alone);
  /// Fails, and undoes, when a statement of this write failed.
  Result<void> keep_write();
  void undo_write();
  Result<void> commit();
  void roll_back();
  /// Newest position published by a kept write of the last batch; 0 when none.
  int64_t published() const { return published_; }

  // A read: begin_read, then end_read whatever happened.
  Result<void> begin_read();
  void end_read();

  /// Reopens a connection that was lost. Cheap when it was not.
  virtual Result<void> ensure_open() = 0;
  /// The engine ended the transaction by itself (full disk, lost connection): nothing of the batch remains.
  virtual bool transaction_lost() = 0;
  /// After a failed commit or a lost transaction: true when the batch did commit after all, false when it did
  /// not; an error when that cannot be known now.
  virtual Result<bool> committed_after_all() { return false; }
  /// The batch may be run again on a new connection.
  virtual bool worth_retrying() const { return false; }

  /// Several statements without parameters, for migrations. Runs inside the caller's transaction.
  virtual Result<void> run_script(const std::string& script) = 0;
  virtual std::string_view engine() const = 0;
  /// Compiles the statement without running it.
  virtual Result<void> prepare(const Statement& statement) = 0;

 protected:
  explicit Session(Clock& clock) : clock_(clock) {}
  enum class Step {
    begin,
    savepoint,
    release,
    roll_back_to_savepoint,
    commit,
    roll_back,
    begin_read,
    end_read
  };
  virtual Result<void> take_step(Step step) = 0;
  virtual Result<Rows> do_query(const Statement& statement, std::span<const Parameter> parameters) = 0;
  virtual Result<int64_t> do_change(const Statement& statement, std::span<const Parameter> parameters) = 0;
  bool reading() const { return reading_; }

 private:
  Clock& clock_;
  std::optional<Error> spoiled_;  // why the running write cannot succeed any more
  bool alone_ = false;            // the batch is one write: no savepoint
  bool reading_ = false;
  int64_t published_ = 0;
  int64_t published_before_write_ = 0;
};

using SessionFactory = std::move_only_function<Result<std::unique_ptr<Session>>()>;

/// Text without NUL, as both engines can keep it.
Result<void> check_parameters(std::span<const Parameter> parameters);

}  // namespace parvis::store
