#pragma once
// The commit log of the chat: everything that must be durable is added in order; whatever was added while the
// previous batch was being committed goes to the disk as one write (one fsync for all). `done` runs on the
// loop, in the order of add(), with the fate of its batch. When a batch fails, everything added after it
// fails too: later events name earlier ones.
#include <functional>
#include <memory>
#include <vector>

#include "base/result.h"
#include "platform/loop.h"
#include "platform/task.h"
#include "store/database.h"

namespace parvis::chat {

class Log {
 public:
  using Done = std::move_only_function<void(const Result<void>&)>;
  Log(Loop& loop, store::Database& database) : loop_(loop), database_(database) {}

  /// `write` runs on the writer thread: values only. False (and nothing happens) when max_pending wait.
  bool add(store::WriteFunction write, Done done = {});
  /// Runs after each batch, once all its `done` ran.
  void after_batch(std::function<void()> listener) { after_batch_ = std::move(listener); }
  bool idle() const { return !in_flight_ && pending_.empty(); }
  size_t pending() const { return pending_.size(); }

  /// Waits until everything added so far is durable, or has failed.
  struct Commit {
    Log& log;
    Result<void> outcome;
    bool await_ready() const { return log.idle(); }
    void await_suspend(std::coroutine_handle<> self);
    Result<void> await_resume() { return std::move(outcome); }
  };
  Commit commit() { return {*this, {}}; }

  static constexpr size_t max_pending = 16'384;

 private:
  struct Item {
    store::WriteFunction write;
    Done done;
  };
  void schedule();
  void flush();
  void finish(std::vector<Item>& batch, const Result<void>& outcome);

  Loop& loop_;
  store::Database& database_;
  std::vector<Item> pending_;
  std::function<void()> after_batch_;
  bool in_flight_ = false;
  bool scheduled_ = false;
};

}  // namespace parvis::chat
