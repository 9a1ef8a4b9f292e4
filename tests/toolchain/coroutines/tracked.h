#pragma once
// Objects that know whether they are constructed and destroyed exactly once, and a coroutine type of its own:
// this gate tests the compiler, not the platform.
#include <coroutine>
#include <exception>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace gate {

/// Every live Tracked by address. A destructor that finds its address absent ran twice (or on a bitwise
/// copy).
struct Census {
  std::set<const void*> live;
  int double_destroys = 0;
  void born(const void* object) { live.insert(object); }
  void died(const void* object) { double_destroys += live.erase(object) == 0; }
  bool balanced() const { return live.empty() && double_destroys == 0; }
};
inline Census census;

class Tracked {
 public:
  Tracked(int number = 0) : value(number) { census.born(this); }
  Tracked(const Tracked& other) : value(other.value) { census.born(this); }
  Tracked(Tracked&& other) noexcept : value(std::exchange(other.value, -1)) { census.born(this); }
  Tracked& operator=(const Tracked&) = default;
  Tracked& operator=(Tracked&& other) noexcept {
    value = std::exchange(other.value, -1);
    return *this;
  }
  ~Tracked() { census.died(this); }
  int value;
};

/// Suspends once; the test resumes it.
struct Pause {
  static inline std::coroutine_handle<> waiting;
  bool await_ready() { return false; }
  void await_suspend(std::coroutine_handle<> self) { waiting = self; }
  void await_resume() {}
};

template <class T>
class Lazy {
 public:
  struct promise_type {
    std::coroutine_handle<> continuation = std::noop_coroutine();
    std::optional<T> value;
    std::exception_ptr exception;

    Lazy get_return_object() { return Lazy(std::coroutine_handle<promise_type>::from_promise(*this)); }
    std::suspend_always initial_suspend() noexcept { return {}; }
    struct Final {
      bool await_ready() noexcept { return false; }
      std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> self) noexcept {
        return self.promise().continuation;
      }
      void await_resume() noexcept {}
    };
    Final final_suspend() noexcept { return {}; }
    template <class U>
    void return_value(U&& result) {
      value.emplace(std::forward<U>(result));
    }
    void unhandled_exception() { exception = std::current_exception(); }
  };

  explicit Lazy(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  Lazy(Lazy&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
  ~Lazy() {
    if (handle_) handle_.destroy();
  }
  bool await_ready() { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> caller) {
    handle_.promise().continuation = caller;
    return handle_;
  }
  T await_resume() {
    if (handle_.promise().exception) std::rethrow_exception(handle_.promise().exception);
    return std::move(*handle_.promise().value);
  }
  /// Starts it and resumes every Pause until it is done.
  T run() {
    Pause::waiting = {};
    handle_.resume();
    while (auto waiting = std::exchange(Pause::waiting, {})) waiting.resume();
    return await_resume();
  }
  void start() { handle_.resume(); }

 private:
  std::coroutine_handle<promise_type> handle_;
};

}  // namespace gate
