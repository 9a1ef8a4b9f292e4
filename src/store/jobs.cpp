#include "store/jobs.h"

#include <algorithm>
#include <map>

#include "platform/log.h"
#include "platform/signal.h"

namespace parvis::store {
namespace {

const Statement insert_job{
    "job.insert",
    "insert into job(id, kind, payload, run_at, attempts, lease_owner, lease_until, dead, last_error) "
    "values ($1, $2, $3, $4, 0, '', 0, false, '')"};
const Statement any_ready{
    "job.any_ready",
    "select 1 from job where not dead and kind = $1 and run_at <= $2 and lease_until <= $2 limit 1"};
// One writer at a time on both engines: nobody else can lease the same row.
const Statement lease_jobs{
    "job.lease",
    "update job set lease_owner = $1, lease_until = $2, attempts = attempts + 1 where id in "
    "(select id from job where not dead and kind = $3 and run_at <= $4 and lease_until <= $4 "
    "order by run_at, id limit $5) returning id, payload, attempts"};
// The attempt's number fences: a run whose lease was lost changes nothing.
const Statement finish_job{"job.finish",
                           "delete from job where id = $1 and lease_owner = $2 and attempts = $3"};
const Statement postpone_job{
    "job.postpone",
    "update job set run_at = $4, lease_owner = '', lease_until = 0, dead = $5, last_error = $6 "
    "where id = $1 and lease_owner = $2 and attempts = $3"};
const Statement free_leases{
    "job.free_leases",
    "update job set lease_owner = '', lease_until = 0 where lease_owner <> '' and lease_owner <> $1"};
const Statement list_dead{
    "job.list_dead",
    "select id, kind, payload, last_error, attempts from job where dead order by id limit $1"};
const Statement revive_job{"job.revive",
                           "update job set dead = false, attempts = 0, run_at = 0 where id = $1 and dead"};
const Statement forget_job{"job.forget", "delete from job where id = $1 and dead"};

constexpr size_t max_error_bytes = 500;

class TableJobs final : public Jobs {
 public:
  TableJobs(Env& env, Database& database)
      : env_(env), database_(database), owner_(env.new_id<Id<struct OwnerTag>>().text()) {}
  ~TableJobs() override {
    *alive_ = false;
    if (timer_) env_.loop.cancel(timer_);
  }

  Result<std::string> enqueue(Transaction& transaction, std::string_view kind, std::string_view payload,
                              Instant run_at) override;
  void handle(JobKind kind) override {
    std::string name = kind.name;
    bool added = kinds_.emplace(std::move(name), Kind{std::move(kind)}).second;
    CHECK(added);
  }
  void start() override {
    started_ = true;
    // The embedded database has one process: what others hold was held by one that is dead.
    if (database_.engine() == "sqlite") spawn(take_over());
    look();
  }
  Task<void> drain(Monotonic deadline) override;
  Task<Result<std::vector<DeadJob>>> dead(size_t limit) override;
  Task<Result<void>> revive(std::string id) override { return change_dead(revive_job, std::move(id)); }
  Task<Result<void>> forget(std::string id) override { return change_dead(forget_job, std::move(id)); }

 private:
  struct Kind {
    JobKind settings;
    size_t running = 0;
    bool looking = false;
    bool look_again = false;
  };

  Task<void> take_over();
  void look();
  Task<void> look_for(Kind& kind);
  Task<Result<size_t>> take(Kind& kind);
  Task<void> run(Kind& kind, Job job);
  Task<Result<void>> settle(const JobKind& kind, Job job, Result<void> outcome);
  Task<Result<void>> change_dead(const Statement& statement, std::string id);
  Instant next_attempt(int attempt);

  Env& env_;
  Database& database_;
  const std::string owner_;
  std::map<std::string, Kind> kinds_;
  TimerId timer_ = 0;
  bool started_ = false;
  bool draining_ = false;
  size_t active_ = 0;  // looks and runs under way
  Signal idle_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

Result<std::string> TableJobs::enqueue(Transaction& transaction, std::string_view kind,
                                       std::string_view payload, Instant run_at) {
  std::string id = env_.new_id<Id<struct JobTag>>().text();
  TRY(transaction.execute(insert_job, id, kind, payload, run_at));
  // The look that this wakes queues behind the commit of this transaction.
  env_.loop.post_from_any_thread([this, alive = alive_] {
    if (*alive) look();
  });
  return id;
}

/// Its write is queued before the first look's.
Task<void> TableJobs::take_over() {
  auto freed = co_await database_.write(
      [owner = owner_](Transaction& transaction) { return transaction.execute(free_leases, owner); });
  if (!freed) log_event(Level::warning, "jobs.leases_kept", {{"detail", freed.error().detail}});
}

void TableJobs::look() {
  if (!started_ || draining_) return;
  if (timer_) env_.loop.cancel(timer_);
  timer_ = env_.loop.call_at(env_.loop.now() + millis_us(poll_ms), [this] {
    timer_ = 0;
    look();
  });
  for (auto& [name, kind] : kinds_) {
    kind.look_again = true;
    if (!kind.looking) spawn(look_for(kind));
  }
}

Task<void> TableJobs::look_for(Kind& kind) {
  kind.looking = true;
  ++active_;
  while (kind.look_again && !draining_ && kind.running < kind.settings.concurrency) {
    kind.look_again = false;
    auto taken = co_await take(kind);
    if (!taken)
      log_event(Level::warning, "jobs.look_failed",
                {{"kind", kind.settings.name}, {"detail", taken.error().detail}});
  }
  kind.looking = false;
  if (--active_ == 0) idle_.notify_all();
}

Task<Result<size_t>> TableJobs::take(Kind& kind) {
  const JobKind& settings = kind.settings;
  Instant now = env_.clock.now();
  // Behind the writes that wait: what was enqueued by a write under way is seen by the next look.
  auto leased =
      co_await database_.write([name = settings.name, now, owner = owner_, until = now + settings.deadline_ms,
                                room = settings.concurrency - kind.running](Transaction& tx) -> Result<Rows> {
        if (TRY(tx.query(any_ready, name, now)).empty()) return Rows();
        return tx.query(lease_jobs, owner, until, name, now, room);
      });
  Rows rows = CO_TRY(std::move(leased));
  Monotonic deadline = env_.loop.now() + millis_us(settings.deadline_ms);
  for (size_t i = 0; i < rows.size(); ++i) {
    ++kind.running;
    ++active_;
    spawn(run(kind, {.id = std::string(rows.text(i, 0)),
                     .kind = settings.name,
                     .payload = std::string(rows.text(i, 1)),
                     .attempt = static_cast<int>(rows.integer(i, 2)),
                     .deadline = deadline}));
  }
  co_return rows.size();
}

Task<void> TableJobs::run(Kind& kind, Job job) {
  Result<void> outcome = job.attempt > kind.settings.max_attempts
                             ? fail(reasons::timeout, "never finished before its deadline")
                             : co_await kind.settings.run(job);
  auto settled = co_await settle(kind.settings, job, std::move(outcome));
  if (!settled) {
    // The lease ends by itself; the job runs again then.
    log_event(Level::warning, "jobs.settle_failed", {{"job", job.id}, {"detail", settled.error().detail}});
  }
  --kind.running;
  if (--active_ == 0) idle_.notify_all();
  kind.look_again = true;
  if (!kind.looking && !draining_) spawn(look_for(kind));
}

Instant TableJobs::next_attempt(int attempt) {
  int64_t pause = std::min(max_pause_ms, first_pause_ms << std::min(attempt - 1, 20));
  auto jitter = static_cast<int64_t>(env_.random.number() % static_cast<uint64_t>(pause));
  return env_.clock.now() + (pause / 2 + jitter);
}

Task<Result<void>> TableJobs::settle(const JobKind& kind, Job job, Result<void> outcome) {
  if (outcome) {
    CO_TRY(co_await database_.write([job, owner = owner_](Transaction& tx) {
      return tx.execute(finish_job, job.id, owner, job.attempt);
    }));
    co_return Result<void>{};
  }
  Code code = outcome.error().code();
  bool hopeless = code == Code::invalid || code == Code::gone || code == Code::not_found;
  bool dead = hopeless || job.attempt >= kind.max_attempts;
  std::string error =
      (std::string(outcome.error().reason->id) + ": " + outcome.error().detail).substr(0, max_error_bytes);
  log_event(dead ? Level::error : Level::info, dead ? "job.dead" : "job.failed",
            {{"job", job.id},
             {"kind", kind.name},
             {"attempt", job.attempt},
             {"reason", outcome.error().reason->id}});
  CO_TRY(co_await database_.write(
      [job, owner = owner_, dead, error, at = next_attempt(job.attempt)](Transaction& tx) {
        return tx.execute(postpone_job, job.id, owner, job.attempt, at, dead, error);
      }));
  co_return Result<void>{};
}

Task<void> TableJobs::drain(Monotonic deadline) {
  draining_ = true;
  while (active_ > 0 && env_.loop.now() < deadline) (void)co_await idle_.wait(env_.loop, deadline);
}

Task<Result<std::vector<DeadJob>>> TableJobs::dead(size_t limit) {
  auto rows =
      CO_TRY(co_await database_.read([limit](Reader& reader) { return reader.query(list_dead, limit); }));
  std::vector<DeadJob> out;
  for (size_t i = 0; i < rows.size(); ++i) {
    out.push_back({.id = std::string(rows.text(i, 0)),
                   .kind = std::string(rows.text(i, 1)),
                   .payload = std::string(rows.text(i, 2)),
                   .last_error = std::string(rows.text(i, 3)),
                   .attempts = rows.integer(i, 4)});
  }
  co_return out;
}

Task<Result<void>> TableJobs::change_dead(const Statement& statement, std::string id) {
  int64_t changed = CO_TRY(
      co_await database_.write([&statement, id](Transaction& tx) { return tx.execute(statement, id); }));
  if (changed == 0) co_return fail(reasons::not_found, "no such dead job");
  look();
  co_return Result<void>{};
}

}  // namespace

std::unique_ptr<Jobs> make_jobs(Env& env, Database& database) {
  return std::make_unique<TableJobs>(env, database);
}

}  // namespace parvis::store
