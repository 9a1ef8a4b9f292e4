#pragma once
// One non-blocking descriptor and who waits for it: the part that TCP streams, TLS streams and listeners
// share. At most one coroutine waits per direction. Owns the descriptor. Loop thread only.
#include <coroutine>

#include "platform/diversion.h"
#include "platform/epoll_loop.h"
#include "platform/net.h"

struct sockaddr_storage;

namespace parvis {

enum class Readiness : uint8_t { ready, timeout, cancelled };

class Socket final : private Watched {
 public:
  enum Side : uint8_t { reading, writing };

  Socket(EpollLoop& loop, int descriptor);
  Socket(const Socket&) = delete;
  ~Socket();

  int descriptor() const { return descriptor_; }
  EpollLoop& loop() const { return loop_; }
  bool cancelled() const { return cancelled_; }
  /// False until the descriptor is registered; the reason is a full epoll or no memory.
  bool registered() const { return registered_; }

  /// The caller saw "would block": wait() suspends until the kernel reports the next edge.
  void drained(Side side) { sides_[side].maybe_ready = false; }
  /// Bytes were taken, fewer than asked: nothing is left, unless the peer's end is waiting behind them.
  void short_read() { sides_[reading].maybe_ready = hung_up_; }
  /// Before the loop has reported anything of it.
  void divert(std::shared_ptr<const Diversion> diversion) { diversion_ = std::move(diversion); }
  /// shutdown(2), unless the connection is somebody else's by now.
  void shut_down(int how);
  /// Wakes both waiters with Readiness::cancelled, in a later turn. Idempotent.
  void cancel();

  class [[nodiscard]] Wait {
   public:
    Wait(Socket& socket, Side side, Monotonic deadline) : socket_(socket), side_(side), deadline_(deadline) {}
    Wait(const Wait&) = delete;
    ~Wait();
    bool await_ready() const { return socket_.cancelled_ || socket_.sides_[side_].maybe_ready; }
    void await_suspend(std::coroutine_handle<> self);
    Readiness await_resume() const;

   private:
    friend class Socket;
    Socket& socket_;
    Side side_;
    Readiness outcome_ = Readiness::ready;
    Monotonic deadline_;
    std::coroutine_handle<> self_;
  };
  Wait wait(Side side, Monotonic deadline) { return {*this, side, deadline}; }

 private:
  struct SideState {
    Wait* waiter = nullptr;
    bool maybe_ready = false;
  };
  void on_ready(uint32_t epoll_events) override;
  std::coroutine_handle<> take(Side side, Readiness outcome);
  bool diverted();
  // One timer serves both sides and is armed lazily: a deadline that moves later costs nothing until the old
  // one fires.
  void arm(Monotonic deadline);
  void on_timer();

  EpollLoop& loop_;
  int descriptor_;
  bool registered_ = false;
  bool cancelled_ = false;
  bool hung_up_ = false;
  bool handed_over_ = false;
  std::shared_ptr<const Diversion> diversion_;  // until the first byte
  SideState sides_[2];
  TimerId timer_ = 0;
  Monotonic armed_for_{INT64_MAX};
};

/// The error that a failed wait stands for.
Result<void> readiness_result(Readiness readiness);
/// co_return Waited{co_await socket.wait(..)}: the Result is made inside the promise, so that the frame of a
/// waiting coroutine, which is most of an idle connection, holds it once.
struct Waited {
  Readiness readiness;
  operator Result<void>() const { return readiness_result(readiness); }
};
Error socket_error(const char* operation, int error_number);

/// Numeric host to a socket address; false when `address` is not numeric. A host that begins with '/' is a
/// local path.
bool to_sockaddr(const Address& address, sockaddr_storage& out, unsigned& length);
/// IPv4-mapped IPv6 addresses come back as IPv4.
Address from_sockaddr(const sockaddr_storage& in);

}  // namespace parvis
