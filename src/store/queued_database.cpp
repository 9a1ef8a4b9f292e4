#include "store/queued_database.h"

#include "base/check.h"
#include "platform/log.h"

namespace parvis::store {

QueuedDatabase::QueuedDatabase(Env& env, std::unique_ptr<Session> writer,
                               std::vector<std::unique_ptr<Session>> readers, std::shared_ptr<void> beneath)
    : env_(env), beneath_(std::move(beneath)), engine_(writer->engine()), writer_session_(std::move(writer)) {
  for (auto& session : readers) {
    auto slot = std::make_unique<ReaderSlot>();
    slot->session = std::move(session);
    slot->worker = env.workers.start("db-reader", [this, at = slot.get()] { reader_turn(*at); });
    readers_.push_back(std::move(slot));
  }
  writer_ = env.workers.start("db-writer", [this] { writer_turn(); });
}

QueuedDatabase::~QueuedDatabase() {
  {
    std::lock_guard lock(mutex_);
    dropping_ = true;
  }
  writer_.reset();
  for (auto& slot : readers_) slot->worker.reset();
}

void QueuedDatabase::refuse(Done done, const char* why) {
  env_.loop.post(
      [done = std::move(done), why]() mutable { done(fail(reasons::unavailable, why, retry_after_ms)); });
}

void QueuedDatabase::submit_write(WriteFunction function, Done done) {
  {
    std::lock_guard lock(mutex_);
    if (closing_ || writes_.size() >= max_queued)
      return refuse(std::move(done), "database writes: queue full or closed");
    writes_.push_back({std::move(function), std::move(done), {}});
  }
  writer_->wake();
}

void QueuedDatabase::submit_read(ReadFunction function, Done done) {
  ReaderSlot* idle = nullptr;
  {
    std::lock_guard lock(mutex_);
    if (closing_ || reads_.size() >= max_queued)
      return refuse(std::move(done), "database reads: queue full or closed");
    reads_.push_back({std::move(function), std::move(done), {}});
    for (auto& slot : readers_) {
      if (slot->busy) continue;
      slot->busy = true;
      idle = slot.get();
      break;
    }
  }
  if (idle) idle->worker->wake();
  if (readers_.empty()) writer_->wake();
}

void QueuedDatabase::on_commit(std::move_only_function<void(int64_t position)> listener) {
  listeners_->list.push_back(std::move(listener));
}

std::vector<QueuedDatabase::Write> QueuedDatabase::take_writes() {
  std::vector<Write> batch;
  std::lock_guard lock(mutex_);
  if (dropping_) return batch;
  while (!writes_.empty() && batch.size() < max_batch) {
    batch.push_back(std::move(writes_.front()));
    writes_.pop_front();
  }
  running_ += batch.size();
  return batch;
}

std::optional<QueuedDatabase::Read> QueuedDatabase::take_read() {
  std::lock_guard lock(mutex_);
  if (dropping_ || reads_.empty()) return std::nullopt;
  std::optional<Read> read(std::move(reads_.front()));
  reads_.pop_front();
  ++running_;
  return read;
}

void QueuedDatabase::finish(size_t count) {
  std::lock_guard lock(mutex_);
  running_ -= count;
  if (closer_ && running_ == 0 && writes_.empty() && reads_.empty()) told_drained();
}

void QueuedDatabase::told_drained() {
  env_.loop.post_from_any_thread([closer = std::exchange(closer_, {})] { closer.resume(); });
}

void QueuedDatabase::writer_turn() {
  for (auto batch = take_writes(); !batch.empty(); batch = take_writes()) {
    size_t count = batch.size();
    int64_t position = run_batch(batch);
    env_.loop.post_from_any_thread([batch = std::move(batch), position, listeners = listeners_]() mutable {
      for (Write& write : batch) write.done(std::move(write.outcome));
      if (position == 0) return;
      for (auto& listener : listeners->list) listener(position);
    });
    finish(count);
  }
  if (!readers_.empty()) return;
  while (auto read = take_read()) run_next_read(*writer_session_, std::move(*read));
}

void QueuedDatabase::run_one(Write& write, bool alone) {
  Session& session = *writer_session_;
  write.outcome = session.start_write(alone);
  if (!write.outcome) return;
  write.outcome = write.function(session);
  if (write.outcome) {
    write.outcome = session.keep_write();
  } else {
    session.undo_write();
  }
}

/// An error means that nothing of the batch was kept, as far as the session knows.
Result<void> QueuedDatabase::try_batch(std::vector<Write>& batch) {
  Session& session = *writer_session_;
  TRY(session.ensure_open());
  TRY(session.begin());
  bool any = false;
  for (Write& write : batch) {
    run_one(write, batch.size() == 1);
    if (session.transaction_lost()) {
      return write.outcome ? fail(reasons::unavailable, "transaction lost") : write.outcome;
    }
    any = any || write.outcome.has_value();
  }
  if (any) return session.commit();
  session.roll_back();
  return {};
}

int64_t QueuedDatabase::run_batch(std::vector<Write>& batch) {
  Session& session = *writer_session_;
  for (int attempt = 1;; ++attempt) {
    auto kept = try_batch(batch);
    if (kept) return session.published();
    auto committed = session.committed_after_all();
    if (committed && *committed) return session.published();
    bool again = committed && session.worth_retrying() && attempt < max_attempts;
    session.roll_back();
    if (again) continue;
    log_event(
        Level::error, "store.batch_failed",
        {{"reason", kept.error().reason->id}, {"detail", kept.error().detail}, {"writes", batch.size()}});
    for (Write& write : batch) {
      if (write.outcome) write.outcome = kept;
    }
    return 0;
  }
}

void QueuedDatabase::reader_turn(ReaderSlot& slot) {
  while (true) {
    auto read = take_read();
    if (read) {
      run_next_read(*slot.session, std::move(*read));
      continue;
    }
    std::lock_guard lock(mutex_);
    if (!reads_.empty() && !dropping_) continue;
    slot.busy = false;
    return;
  }
}

void QueuedDatabase::run_next_read(Session& session, Read read) {
  read.outcome = session.ensure_open();
  if (read.outcome) read.outcome = session.begin_read();
  if (read.outcome) {
    read.outcome = read.function(session);
    session.end_read();
  }
  env_.loop.post_from_any_thread([done = std::move(read.done), outcome = std::move(read.outcome)]() mutable {
    done(std::move(outcome));
  });
  finish(1);
}

Task<void> QueuedDatabase::close() {
  struct Drained {
    QueuedDatabase& database;
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> self) {
      std::lock_guard lock(database.mutex_);
      CHECK(!database.closing_);
      database.closing_ = true;
      database.closer_ = self;
      if (database.running_ == 0 && database.writes_.empty() && database.reads_.empty())
        database.told_drained();
    }
    void await_resume() {}
  };
  if (!writer_) co_return;
  co_await Drained{*this};
  writer_.reset();
  for (auto& slot : readers_) slot->worker.reset();
  readers_.clear();
  writer_session_.reset();
}

}  // namespace parvis::store
