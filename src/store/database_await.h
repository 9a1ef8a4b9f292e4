#pragma once
// Bridge between Database's callbacks and tasks. Included by database.h only.

namespace parvis::store {

template <class R, class F>
Task<R> Database::run_write(F function) {
  R outcome = fail(reasons::internal);
  struct Hop {
    Database& database;
    F& function;
    R& outcome;
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> self) {
      database.submit_write(
          [this](Transaction& transaction) -> Result<void> {
            outcome = function(transaction);
            if (!outcome) return std::unexpected(outcome.error());
            return {};
          },
          [this, self](Result<void> committed) {
            if (!committed) outcome = std::unexpected(std::move(committed).error());
            self.resume();
          });
    }
    void await_resume() {}
  } hop{*this, function, outcome};
  co_await hop;
  co_return outcome;
}

template <class R, class F>
Task<R> Database::run_read(F function) {
  R outcome = fail(reasons::internal);
  struct Hop {
    Database& database;
    F& function;
    R& outcome;
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> self) {
      database.submit_read(
          [this](Reader& reader) -> Result<void> {
            outcome = function(reader);
            if (!outcome) return std::unexpected(outcome.error());
            return {};
          },
          [this, self](Result<void> finished) {
            if (!finished) outcome = std::unexpected(std::move(finished).error());
            self.resume();
          });
    }
    void await_resume() {}
  } hop{*this, function, outcome};
  co_await hop;
  co_return outcome;
}

}  // namespace parvis::store
