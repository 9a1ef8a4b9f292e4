#pragma once
// Everything non-deterministic, passed down constructors. Real in production, simulated in tests: no other
// folder reads a clock, makes randomness, opens a file or a socket, or starts a thread.
#include <array>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <type_traits>

#include "base/id.h"
#include "base/time.h"
#include "platform/fs.h"
#include "platform/loop.h"
#include "platform/net.h"
#include "platform/task.h"
#include "platform/worker.h"

namespace parvis {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() = 0;
};

class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<uint8_t> out) = 0;  // cryptographic in production, seeded in simulation
  uint64_t number() {
    std::array<uint8_t, 8> bytes;
    fill(bytes);
    uint64_t out;
    std::memcpy(&out, bytes.data(), sizeof out);
    return out;
  }
};

/// Threads for work that blocks or burns CPU. Bounded queue: beyond `capacity` waiting jobs, run() fails with
/// reasons::unavailable at once.
class Executor {
 public:
  virtual ~Executor() = default;
  /// Runs `work` on a pool thread, then `done` on the loop. False when the queue is full (neither runs).
  virtual bool submit(Callback work, Callback done) = 0;

  /// co_await executor.run([..] { return value; }): value computed on a pool thread, resumed on the loop.
  template <class F, class T = std::invoke_result_t<F>>
  Task<Result<T>> run(F function) {
    std::optional<T> value;
    struct Hop {
      Executor& executor;
      F& function;
      std::optional<T>& value;
      bool refused = false;
      bool await_ready() const { return false; }
      bool await_suspend(std::coroutine_handle<> self) {
        refused = !executor.submit([this] { value.emplace(function()); }, [self] { self.resume(); });
        return !refused;
      }
      void await_resume() {}
    } hop{*this, function, value};
    co_await hop;
    if (hop.refused) co_return fail(reasons::unavailable, "executor queue full");
    co_return std::move(*value);
  }

  /// The same for a function that itself returns a Result<..>: one level of Result comes back.
  template <class F, class R = std::invoke_result_t<F>>
  Task<R> run_result(F function) {
    auto outcome = co_await run(std::move(function));
    if (!outcome) co_return std::unexpected(std::move(outcome).error());
    co_return std::move(*outcome);
  }
};

struct Env {
  Loop& loop;
  Clock& clock;
  Random& random;
  Net& net;
  Fs& fs;
  Executor& disk;                       // file work, 2 threads
  Executor& cpu;                        // argon2, thumbnails; 1 thread, 16 waiting
  Workers& workers = thread_workers();  // the store's own threads

  template <class IdType>
  IdType new_id() {
    std::array<uint8_t, 10> bytes;
    random.fill(bytes);
    return IdType(make_id(clock.now(), bytes));
  }
};

/// The real environment. Owns its loop and threads; one per process (or per test).
std::unique_ptr<Env, void (*)(Env*)> make_system_env();

}  // namespace parvis
