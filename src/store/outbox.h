#pragma once
// Reading the outbox. A subscriber has a name and a stored cursor; it is given every event after it, in
// order, at least once: after a crash the last ones come again, so it must be idempotent by position. Loop
// thread only.
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "platform/env.h"
#include "store/database.h"

namespace parvis::store {

struct OutboxEvent {
  int64_t position = 0;
  Instant at;
  std::string kind, actor, space, subject, payload, rule;
};

/// Up to `limit` events after `position`, in order.
Result<std::vector<OutboxEvent>> read_outbox(Reader& reader, int64_t position, size_t limit);

class Outbox {
 public:
  virtual ~Outbox() = default;

  /// An error: the same events come again after a pause. Before start().
  using Subscriber = std::function<Task<Result<void>>(std::vector<OutboxEvent>)>;
  /// A name never seen before starts at the oldest event kept, or at the newest when `from_now`.
  virtual void subscribe(std::string name, Subscriber subscriber, bool from_now = false) = 0;
  virtual void start() = 0;
  /// Hands out nothing more and waits for what is under way, until `deadline`.
  virtual Task<void> drain(Monotonic deadline) = 0;

  /// Deletes events older than `before` that every stored cursor has passed; returns how many. Keeps the
  /// newest, from which positions are counted.
  virtual Task<Result<int64_t>> trim(Instant before) = 0;

  static constexpr size_t batch = 256;
  static constexpr int64_t retry_pause_ms = 1000;
};

std::unique_ptr<Outbox> make_outbox(Env& env, Database& database);

}  // namespace parvis::store
