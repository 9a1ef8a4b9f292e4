#pragma once
// The queues between the loop and the engine's threads; the same for every engine. One writer takes all that
// waits into one transaction; readers take one read each. Results come back to the loop in one post per
// batch.
#include <coroutine>
#include <deque>
#include <mutex>
#include <optional>
#include <vector>

#include "store/session.h"

namespace parvis::store {

class QueuedDatabase final : public Database {
 public:
  /// No readers: reads take turns with the writes on the writer's session. `beneath` outlives the sessions.
  QueuedDatabase(Env& env, std::unique_ptr<Session> writer, std::vector<std::unique_ptr<Session>> readers,
                 std::shared_ptr<void> beneath = {});
  ~QueuedDatabase() override;

  void submit_write(WriteFunction function, std::move_only_function<void(Result<void>)> done) override;
  void submit_read(ReadFunction function, std::move_only_function<void(Result<void>)> done) override;
  void on_commit(std::move_only_function<void(int64_t position)> listener) override;
  std::string_view engine() const override { return engine_; }
  Task<void> close() override;

  /// Writes that share one commit: bounds how long the first waits for the last.
  static constexpr size_t max_batch = 512;
  static constexpr int max_attempts = 3;
  static constexpr int64_t retry_after_ms = 1000;

 private:
  using Done = std::move_only_function<void(Result<void>)>;
  struct Write {
    WriteFunction function;
    Done done;
    Result<void> outcome;
  };
  struct Read {
    ReadFunction function;
    Done done;
    Result<void> outcome;
  };
  struct ReaderSlot {
    std::unique_ptr<Session> session;
    std::unique_ptr<Worker> worker;
    bool busy = false;
  };
  // What posted callbacks need; outlives the database when a post is still on its way.
  struct Listeners {
    std::vector<std::move_only_function<void(int64_t)>> list;
  };

  void refuse(Done done, const char* why);
  void writer_turn();
  void reader_turn(ReaderSlot& slot);
  void run_next_read(Session& session, Read read);
  std::vector<Write> take_writes();
  std::optional<Read> take_read();
  int64_t run_batch(std::vector<Write>& batch);
  Result<void> try_batch(std::vector<Write>& batch);
  void run_one(Write& write, bool alone);
  void finish(size_t count);
  void told_drained();

  Env& env_;
  std::shared_ptr<void> beneath_;  // what the sessions stand on; dies last
  std::string_view engine_;
  std::shared_ptr<Listeners> listeners_ = std::make_shared<Listeners>();
  std::unique_ptr<Session> writer_session_;

  std::mutex mutex_;  // guards the members up to the next blank line
  std::deque<Write> writes_;
  std::deque<Read> reads_;
  size_t running_ = 0;  // taken from a queue, not finished
  bool closing_ = false;
  bool dropping_ = false;  // being destroyed: leave the queues alone
  std::coroutine_handle<> closer_;

  std::vector<std::unique_ptr<ReaderSlot>> readers_;
  std::unique_ptr<Worker> writer_;  // workers die before what they use
};

}  // namespace parvis::store
