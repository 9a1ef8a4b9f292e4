#pragma once
// Task<T>: a lazy coroutine with one owner. It starts when awaited (symmetric transfer), frees its frame when
// the Task dies. Single-threaded: a Task is created, resumed and destroyed on its loop's thread.
//   Task<Result<int>> count(Database& db);
//   int n = CO_TRY(co_await count(db));
// spawn(task) detaches: the frame lives until the coroutine returns. Exceptions that leave a Task abort: they
// are bugs.
#include <coroutine>
#include <cstddef>
#include <exception>
#include <optional>
#include <utility>

#include "base/check.h"

namespace parvis {

template <class T = void>
class Task;

namespace task_detail {

struct FinalAwaiter {
  bool await_ready() noexcept { return false; }
  template <class Promise>
  std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> self) noexcept {
    auto next = self.promise().continuation;
    return next ? next : std::noop_coroutine();
  }
  void await_resume() noexcept {}
};

struct PromiseBase {
  std::coroutine_handle<> continuation;
  std::suspend_always initial_suspend() noexcept { return {}; }
  FinalAwaiter final_suspend() noexcept { return {}; }
  [[noreturn]] void unhandled_exception() noexcept { std::terminate(); }
};

template <class T>
struct Promise : PromiseBase {
  std::optional<T> value;
  Task<T> get_return_object();
  template <class U = T>  // the default lets `co_return {};` work
  void return_value(U&& result) {
    value.emplace(std::forward<U>(result));
  }
  T take() { return std::move(*value); }
};

template <>
struct Promise<void> : PromiseBase {
  Task<void> get_return_object();
  void return_void() {}
  void take() {}
};

}  // namespace task_detail

template <class T>
class [[nodiscard]] Task {
 public:
  using promise_type = task_detail::Promise<T>;
  using Handle = std::coroutine_handle<promise_type>;

  Task() = default;
  explicit Task(Handle handle) : handle_(handle) {}
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
  Task& operator=(Task&& other) noexcept {
    if (this != &other) {
      if (handle_) handle_.destroy();
      handle_ = std::exchange(other.handle_, {});
    }
    return *this;
  }
  ~Task() {
    if (handle_) handle_.destroy();
  }

  struct Awaiter {
    Handle handle;
    bool await_ready() { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> caller) {
      handle.promise().continuation = caller;
      return handle;
    }
    T await_resume() { return handle.promise().take(); }
  };
  Awaiter operator co_await() && {
    CHECK(handle_);
    return {handle_};
  }

 private:
  Handle handle_;
};

template <class T>
Task<T> task_detail::Promise<T>::get_return_object() {
  return Task<T>(std::coroutine_handle<Promise<T>>::from_promise(*this));
}
inline Task<void> task_detail::Promise<void>::get_return_object() {
  return Task<void>(std::coroutine_handle<Promise<void>>::from_promise(*this));
}

/// Runs `task` until its first suspension now; its frame then frees itself at the end.
void spawn(Task<void> task);

/// The detached tasks of one machine. A simulated machine that dies destroys what its tasks were doing; a
/// real process has one default group per thread, which is never destroyed. Loop thread only.
class SpawnGroup {
 public:
  SpawnGroup() = default;
  SpawnGroup(const SpawnGroup&) = delete;
  ~SpawnGroup() { destroy_tasks(); }
  /// Destroys the frames still suspended, newest first. The loop's callbacks must be dropped before.
  void destroy_tasks();
  size_t size() const { return size_; }
  static SpawnGroup& current();
  /// True while frames are destroyed: awaiters and signals then detach instead of checking that nobody waits.
  static bool tearing_down();
  /// Makes tearing_down() true in its scope, for who drops callbacks that may own parts of frames.
  class TearDown {
   public:
    TearDown();
    TearDown(const TearDown&) = delete;
    ~TearDown();

   private:
    bool outer_;
  };

  /// spawn() inside this scope adds to `group`.
  class Scope {
   public:
    explicit Scope(SpawnGroup& group);
    Scope(const Scope&) = delete;
    ~Scope();

   private:
    SpawnGroup* previous_;
  };

  struct Link {
    Link* previous = nullptr;
    Link* next = nullptr;
    SpawnGroup* group = nullptr;
    std::coroutine_handle<> handle;
  };

 private:
  friend struct SpawnedTask;
  Link* newest_ = nullptr;
  size_t size_ = 0;
};

}  // namespace parvis
