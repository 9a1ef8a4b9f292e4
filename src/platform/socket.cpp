#include "platform/socket.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

namespace parvis {

Socket::Socket(EpollLoop& loop, int descriptor) : loop_(loop), descriptor_(descriptor) {
  registered_ = loop_.watch(descriptor_, *this).has_value();
}

Socket::~Socket() {
  CHECK((!sides_[reading].waiter && !sides_[writing].waiter) || SpawnGroup::tearing_down());
  if (timer_) loop_.cancel(timer_);
  loop_.unwatch(descriptor_, *this);
  ::close(descriptor_);
}

void Socket::cancel() {
  if (cancelled_) return;
  cancelled_ = true;
  for (Side side : {reading, writing}) {
    if (auto handle = take(side, Readiness::cancelled)) loop_.post([handle] { handle.resume(); });
  }
}

void Socket::shut_down(int how) {
  if (!handed_over_) ::shutdown(descriptor_, how);
}

bool Socket::diverted() {
  uint8_t first = 0;
  if (::recv(descriptor_, &first, 1, MSG_PEEK | MSG_DONTWAIT) != 1) return false;
  auto diversion = std::exchange(diversion_, nullptr);
  if (!diversion->takes(first)) return false;
  int copy = ::fcntl(descriptor_, F_DUPFD_CLOEXEC, 0);
  handed_over_ = copy >= 0;
  if (handed_over_) diversion->take(copy);
  cancel();
  return true;
}

void Socket::on_ready(uint32_t events) {
  if (diversion_ && (events & EPOLLIN) && diverted()) return;
  if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) hung_up_ = true;
  if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) sides_[reading].maybe_ready = true;
  if (events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) sides_[writing].maybe_ready = true;
  std::coroutine_handle<> writer, reader;
  if (sides_[writing].maybe_ready) writer = take(writing, Readiness::ready);
  if (sides_[reading].maybe_ready) reader = take(reading, Readiness::ready);
  // Either may destroy this object.
  if (writer) writer.resume();
  if (reader) reader.resume();
}

std::coroutine_handle<> Socket::take(Side side, Readiness outcome) {
  Wait* waiter = std::exchange(sides_[side].waiter, nullptr);
  if (!waiter) return {};
  waiter->outcome_ = outcome;
  return waiter->self_;
}

void Socket::arm(Monotonic deadline) {
  if (deadline >= armed_for_) return;
  if (timer_) loop_.cancel(timer_);
  armed_for_ = deadline;
  timer_ = loop_.call_at(deadline, [this] { on_timer(); });
}

void Socket::on_timer() {
  timer_ = 0;
  armed_for_ = {INT64_MAX};
  std::coroutine_handle<> late[2];
  for (Side side : {reading, writing}) {
    Wait* waiter = sides_[side].waiter;
    if (!waiter) continue;
    if (waiter->deadline_ <= loop_.now()) {
      late[side] = take(side, Readiness::timeout);
    } else {
      arm(waiter->deadline_);
    }
  }
  if (late[writing]) late[writing].resume();
  if (late[reading]) late[reading].resume();
}

void Socket::Wait::await_suspend(std::coroutine_handle<> self) {
  self_ = self;
  CHECK(!socket_.sides_[side_].waiter);
  socket_.sides_[side_].waiter = this;
  socket_.arm(deadline_);
}

Readiness Socket::Wait::await_resume() const { return socket_.cancelled_ ? Readiness::cancelled : outcome_; }

Socket::Wait::~Wait() {
  if (self_ && SpawnGroup::tearing_down() && socket_.sides_[side_].waiter == this) {
    socket_.sides_[side_].waiter = nullptr;
  }
}

Result<void> readiness_result(Readiness readiness) {
  switch (readiness) {
    case Readiness::ready:
      return {};
    case Readiness::timeout:
      return fail(reasons::timeout);
    case Readiness::cancelled:
      break;
  }
  return fail(reasons::cancelled, "stream aborted");
}

Error socket_error(const char* operation, int error_number) {
  return Error(reasons::cancelled, std::string(operation) + ": errno " + std::to_string(error_number));
}

bool to_sockaddr(const Address& address, sockaddr_storage& out, unsigned& length) {
  std::memset(&out, 0, sizeof out);
  auto& v4 = reinterpret_cast<sockaddr_in&>(out);
  auto& v6 = reinterpret_cast<sockaddr_in6&>(out);
  auto& local = reinterpret_cast<sockaddr_un&>(out);
  if (address.host.starts_with('/')) {
    if (address.host.size() >= sizeof local.sun_path) return false;
    local.sun_family = AF_UNIX;
    std::memcpy(local.sun_path, address.host.data(), address.host.size());
    length = sizeof local;
  } else if (inet_pton(AF_INET, address.host.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(address.port);
    length = sizeof v4;
  } else if (inet_pton(AF_INET6, address.host.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(address.port);
    length = sizeof v6;
  } else {
    return false;
  }
  return true;
}

Address from_sockaddr(const sockaddr_storage& in) {
  char text[INET6_ADDRSTRLEN] = "";
  if (in.ss_family == AF_INET) {
    auto& v4 = reinterpret_cast<const sockaddr_in&>(in);
    inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text);
    return {text, ntohs(v4.sin_port)};
  }
  if (in.ss_family == AF_INET6) {
    auto& v6 = reinterpret_cast<const sockaddr_in6&>(in);
    if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) {
      inet_ntop(AF_INET, v6.sin6_addr.s6_addr + 12, text, sizeof text);
    } else {
      inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text);
    }
    return {text, ntohs(v6.sin6_port)};
  }
  return {"unix", 0};
}

}  // namespace parvis
