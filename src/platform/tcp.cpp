#include "platform/tcp.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "platform/log.h"

namespace parvis {

namespace {

constexpr int accept_backlog = 1024;
constexpr int64_t accept_back_off_us = millis_us(100);
// An accept burst pauses for one turn, so that a flood of connections does not starve those that exist.
constexpr int accepts_per_turn = 64;
constexpr size_t max_parts_per_write = 64;
constexpr size_t max_send_file_bytes = 1 << 20;

Result<size_t> io_result(Socket& socket, Socket::Side side, ssize_t count, const char* operation) {
  if (count >= 0) return static_cast<size_t>(count);
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) {
    if (errno != EINTR) socket.drained(side);
    return 0;
  }
  return std::unexpected(socket_error(operation, errno));
}

}  // namespace

Task<Result<void>> TcpStream::readable(Monotonic deadline) {
  co_return Waited{co_await socket_.wait(Socket::reading, deadline)};
}

Task<Result<void>> TcpStream::writable(Monotonic deadline) {
  co_return Waited{co_await socket_.wait(Socket::writing, deadline)};
}

Result<size_t> TcpStream::try_read(std::span<uint8_t> into) {
  if (socket_.cancelled()) return fail(reasons::cancelled, "stream aborted");
  CHECK(!into.empty());
  ssize_t count = ::recv(socket_.descriptor(), into.data(), into.size(), 0);
  if (count == 0) return fail(closed);
  if (count > 0 && static_cast<size_t>(count) < into.size()) socket_.short_read();
  return io_result(socket_, Socket::reading, count, "recv");
}

Result<size_t> TcpStream::try_write(std::span<const iovec> parts) {
  if (socket_.cancelled()) return fail(reasons::cancelled, "stream aborted");
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(parts.data());
  message.msg_iovlen = std::min(parts.size(), max_parts_per_write);
  ssize_t count = ::sendmsg(socket_.descriptor(), &message, MSG_NOSIGNAL);
  return io_result(socket_, Socket::writing, count, "sendmsg");
}

Result<size_t> TcpStream::try_send_file(int file_descriptor, uint64_t offset, size_t count) {
  if (socket_.cancelled()) return fail(reasons::cancelled, "stream aborted");
  auto position = static_cast<off_t>(offset);
  ssize_t sent =
      ::sendfile(socket_.descriptor(), file_descriptor, &position, std::min(count, max_send_file_bytes));
  // Zero from sendfile means that the file ended early: it was cut while being served.
  if (sent == 0 && count > 0) return fail(reasons::corrupt, "file shorter than announced");
  return io_result(socket_, Socket::writing, sent, "sendfile");
}

void TcpStream::shutdown_write() { socket_.shut_down(SHUT_WR); }

void TcpStream::abort() {
  socket_.cancel();
  socket_.shut_down(SHUT_RDWR);
}

namespace {

class TcpListener final : public Listener {
 public:
  TcpListener(EpollLoop& loop, int descriptor, Address address, MakeStream make_stream)
      : socket_(loop, descriptor), address_(std::move(address)), make_stream_(std::move(make_stream)) {}

  Task<Result<std::unique_ptr<Stream>>> accept() override;
  void close() override {
    socket_.cancel();
    ::shutdown(socket_.descriptor(), SHUT_RDWR);
  }
  const Address& address() const override { return address_; }
  void divert(Diversion diversion) { diversion_ = std::make_shared<const Diversion>(std::move(diversion)); }

 private:
  struct NextTurn {
    Loop& loop;
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> self) {
      loop.post([self] { self.resume(); });
    }
    void await_resume() {}
  };

  Socket socket_;
  Address address_;
  MakeStream make_stream_;
  std::shared_ptr<const Diversion> diversion_;
  int burst_ = 0;
};

Task<Result<std::unique_ptr<Stream>>> TcpListener::accept() {
  for (;;) {
    if (++burst_ > accepts_per_turn) {
      burst_ = 0;
      co_await NextTurn{socket_.loop()};
    }
    if (socket_.cancelled()) co_return fail(reasons::cancelled, "listener closed");
    sockaddr_storage peer;
    socklen_t length = sizeof peer;
    int descriptor = ::accept4(socket_.descriptor(), reinterpret_cast<sockaddr*>(&peer), &length,
                               SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor >= 0) {
      auto stream = make_stream_(socket_.loop(), descriptor, from_sockaddr(peer), diversion_);
      if (stream) co_return std::move(stream);
      continue;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK) {
      socket_.drained(Socket::reading);
      co_await socket_.wait(Socket::reading, {INT64_MAX});
      burst_ = 0;
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      log_event(Level::warning, "net.accept_failed", {{"errno", errno}, {"address", address_.text()}});
      co_await socket_.loop().sleep_for_us(accept_back_off_us);
    }
    // Anything else (ECONNABORTED, EPROTO ...) concerns the one connection that is gone.
  }
}

Result<void> bind_and_listen(int descriptor, const Address& address, const sockaddr_storage& name,
                             socklen_t length) {
  int on = 1;
  setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  // Accepted sockets inherit it.
  if (name.ss_family != AF_UNIX) setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (name.ss_family == AF_UNIX) ::unlink(address.host.c_str());
  if (::bind(descriptor, reinterpret_cast<const sockaddr*>(&name), length) != 0) {
    return fail(reasons::unavailable, "bind " + address.text() + ": errno " + std::to_string(errno));
  }
  if (::listen(descriptor, accept_backlog) != 0) {
    return fail(reasons::unavailable, "listen " + address.text() + ": errno " + std::to_string(errno));
  }
  return {};
}

}  // namespace

void divert(Listener& listener, Diversion diversion) {
  if (auto* real = dynamic_cast<TcpListener*>(&listener)) real->divert(std::move(diversion));
}

Result<std::unique_ptr<Listener>> listen_tcp(EpollLoop& loop, const Address& address,
                                             MakeStream make_stream) {
  sockaddr_storage name;
  socklen_t length;
  if (!to_sockaddr(address, name, length)) {
    return fail(reasons::malformed, "not a numeric address: " + address.host);
  }
  int descriptor = ::socket(name.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return fail(reasons::unavailable, "socket: errno " + std::to_string(errno));
  if (auto bound = bind_and_listen(descriptor, address, name, length); !bound) {
    ::close(descriptor);
    return std::unexpected(std::move(bound).error());
  }
  length = sizeof name;
  ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&name), &length);
  Address actual = name.ss_family == AF_UNIX ? address : from_sockaddr(name);
  return std::make_unique<TcpListener>(loop, descriptor, std::move(actual), std::move(make_stream));
}

Task<Result<std::unique_ptr<Stream>>> connect_stream(EpollLoop& loop, Address address, Monotonic deadline,
                                                     MakeConnecting make) {
  sockaddr_storage name;
  socklen_t length;
  if (!to_sockaddr(address, name, length)) {
    co_return fail(reasons::malformed, "not a numeric address: " + address.host);
  }
  int descriptor = ::socket(name.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) co_return fail(reasons::unavailable, "socket: errno " + std::to_string(errno));
  int on = 1;
  if (name.ss_family != AF_UNIX) setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  int connected = ::connect(descriptor, reinterpret_cast<sockaddr*>(&name), length);
  int error_number = connected == 0 ? 0 : errno;
  auto [stream, socket] = make(loop, descriptor, address);
  if (!stream) co_return fail(reasons::unavailable, "no stream for " + address.text());
  if (error_number == EINPROGRESS) {
    // A fresh socket reports a hang-up at registration; only the edge after connect() counts.
    socket->drained(Socket::writing);
    CO_TRY(readiness_result(co_await socket->wait(Socket::writing, deadline)));
    socklen_t size = sizeof error_number;
    getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error_number, &size);
  }
  if (error_number != 0) {
    co_return fail(reasons::unavailable,
                   "connect " + address.text() + ": errno " + std::to_string(error_number));
  }
  co_return std::move(stream);
}

Task<Result<std::unique_ptr<Stream>>> connect_tcp(EpollLoop& loop, Address address, Monotonic deadline) {
  return connect_stream(loop, std::move(address), deadline,
                        [](EpollLoop& on, int descriptor, Address peer) -> Connecting {
                          auto stream = std::make_unique<TcpStream>(on, descriptor, std::move(peer));
                          auto* socket = &stream->socket();
                          return {std::move(stream), socket};
                        });
}

}  // namespace parvis
