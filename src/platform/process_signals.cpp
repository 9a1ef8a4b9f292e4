#include "platform/process_signals.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

#include "platform/epoll_loop.h"

namespace parvis {

namespace {

// A handler may only touch this: it runs on any thread, at any moment.
std::atomic<int> handler_pipe = -1;

void on_signal(int number) {
  int saved_errno = errno;
  auto byte = static_cast<uint8_t>(number);
  [[maybe_unused]] auto written =
      ::write(handler_pipe, &byte, 1);  // full: as many signals are already waiting
  errno = saved_errno;
}

}  // namespace

struct ProcessSignals::Wake final : Watched {
  explicit Wake(EpollLoop& on) : loop(on) {
    CHECK(::pipe2(pipe, O_NONBLOCK | O_CLOEXEC) == 0);
    CHECK(loop.watch(pipe[0], *this));
    CHECK(handler_pipe.exchange(pipe[1]) == -1);
  }
  ~Wake() {
    for (auto& [number, action] : previous) ::sigaction(number, &action, nullptr);
    handler_pipe = -1;
    loop.unwatch(pipe[0], *this);
    ::close(pipe[0]);
    ::close(pipe[1]);
  }
  void on_ready(uint32_t) override {
    bool seen[65] = {};
    uint8_t numbers[64];
    for (ssize_t count; (count = ::read(pipe[0], numbers, sizeof numbers)) > 0;) {
      for (ssize_t i = 0; i < count; ++i) seen[numbers[i] % 65] = true;
    }
    // Posted: a callback may destroy this object.
    for (auto& [number, callback] : callbacks) {
      if (seen[number]) loop.post([shared = callback] { (*shared)(); });
    }
  }

  EpollLoop& loop;
  int pipe[2];
  std::map<int, std::shared_ptr<Callback>> callbacks;  // shared with the posts on their way
  std::map<int, struct sigaction> previous;
};

ProcessSignals::ProcessSignals(Env& env)
    : wake_(std::make_unique<Wake>(dynamic_cast<EpollLoop&>(env.loop))) {}

ProcessSignals::~ProcessSignals() = default;

void ProcessSignals::on(int signal_number, Callback callback) {
  CHECK(signal_number > 0 && signal_number <= 64);
  wake_->callbacks[signal_number] = std::make_shared<Callback>(std::move(callback));
  struct sigaction action{};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  struct sigaction before;
  CHECK(::sigaction(signal_number, &action, &before) == 0);
  wake_->previous.emplace(signal_number, before);
}

}  // namespace parvis
