#pragma once
// Work to do later, at least once: stored with the state that asks for it, run on the loop under a lease,
// tried again after a growing pause, kept for an administrator when it keeps failing. What a killed process
// held runs again when its lease ends; in the embedded database, which has one process, as soon as the next
// starts. Loop thread only, except enqueue().
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "platform/env.h"
#include "store/database.h"

namespace parvis::store {

struct Job {
  std::string id;
  std::string kind;
  std::string payload;
  int attempt = 1;     // 1 for the first
  Monotonic deadline;  // the work should give up by then; the lease ends there and another attempt may begin
};

struct JobKind {
  std::string name;  // "mail.send"
  /// An error means: later again. Codes invalid, gone and not_found mean: never, keep it as dead.
  std::function<Task<Result<void>>(Job)> run;
  size_t concurrency = 1;
  int64_t deadline_ms = 60'000;
  int max_attempts = 10;
};

struct DeadJob {
  std::string id, kind, payload, last_error;
  int64_t attempts = 0;
};

class Jobs {
 public:
  virtual ~Jobs() = default;

  /// Inside the transaction that needs it. Returns the job's id. `run_at` in the past or zero: as soon as
  /// possible.
  virtual Result<std::string> enqueue(Transaction& transaction, std::string_view kind,
                                      std::string_view payload, Instant run_at = {}) = 0;
  /// Before start(). Jobs of kinds nobody handles wait.
  virtual void handle(JobKind kind) = 0;
  virtual void start() = 0;
  /// Takes no new job and waits for those that run, until `deadline`.
  virtual Task<void> drain(Monotonic deadline) = 0;

  virtual Task<Result<std::vector<DeadJob>>> dead(size_t limit) = 0;
  /// Gives a dead job its attempts back; reasons::not_found.
  virtual Task<Result<void>> revive(std::string id) = 0;
  virtual Task<Result<void>> forget(std::string id) = 0;

  /// How often the table is looked at for jobs whose time has come.
  static constexpr int64_t poll_ms = 1000;
  /// Pause before attempt n + 1: 2^(n-1) seconds, between half and one and a half of it, at most an hour.
  static constexpr int64_t first_pause_ms = 1000;
  static constexpr int64_t max_pause_ms = 3'600'000;
};

std::unique_ptr<Jobs> make_jobs(Env& env, Database& database);

}  // namespace parvis::store
