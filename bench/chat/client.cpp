#include "client.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace bench {

int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

namespace {

[[noreturn]] void die(const char* what) {
  std::fprintf(stderr, "bench_chat: %s: %s\n", what, std::strerror(errno));
  std::exit(1);
}

// The value of a header, by its lower-case name; heads are short.
std::string header(std::string_view head, std::string_view name) {
  for (size_t at = head.find("\r\n"); at != std::string_view::npos; at = head.find("\r\n", at + 2)) {
    auto line = head.substr(at + 2, head.find("\r\n", at + 2) - at - 2);
    size_t colon = line.find(':');
    if (colon != name.size()) continue;
    bool same = true;
    for (size_t i = 0; i < colon; ++i) same = same && (line[i] | 0x20) == (name[i] | 0x20);
    if (!same) continue;
    auto value = line.substr(colon + 1);
    while (!value.empty() && value.front() == ' ') value.remove_prefix(1);
    return std::string(value);
  }
  return {};
}

}  // namespace

EventLoop::EventLoop() : epoll_(::epoll_create1(0)) {
  if (epoll_ < 0) die("epoll");
}
EventLoop::~EventLoop() { ::close(epoll_); }

void EventLoop::every(int64_t every_ns, std::function<void()> tick) {
  tick_ = std::move(tick);
  every_ns_ = every_ns;
  next_tick_ns_ = now_ns() + every_ns;
}

void EventLoop::run(int64_t until_ns) {
  stopped_ = false;
  epoll_event events[256];
  while (!stopped_) {
    int64_t now = now_ns();
    if (now >= until_ns) return;
    int64_t wake = std::min(until_ns, now + 1'000'000'000);
    if (tick_) wake = std::min(wake, next_tick_ns_);
    int wait_ms = static_cast<int>((wake - now + 999'999) / 1'000'000);
    int count = ::epoll_wait(epoll_, events, 256, std::max(wait_ms, 0));
    for (int i = 0; i < count && !stopped_; ++i) {
      auto* connection = static_cast<Connection*>(events[i].data.ptr);
      if (events[i].events & EPOLLOUT) connection->flush();
      if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) connection->readable();
    }
    if (tick_ && now_ns() >= next_tick_ns_) {
      next_tick_ns_ += every_ns_;
      tick_();
    }
  }
}

Connection::Connection(EventLoop& loop, const std::string& host, uint16_t port)
    : loop_(loop), host_(host), port_(port) {
  connect();
}
Connection::~Connection() { ::close(descriptor_); }

void Connection::connect() {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = ::socket(AF_INET, SOCK_STREAM, 0);
  if (descriptor_ < 0) die("socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port_);
  if (::inet_pton(AF_INET, host_.c_str(), &address.sin_addr) != 1) die(host_.c_str());
  if (::connect(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) die("connect");
  int on = 1;
  ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = this;
  if (::epoll_ctl(loop_.epoll_, EPOLL_CTL_ADD, descriptor_, &event) != 0) die("epoll_ctl");
  fresh_ = true;
  in_.clear();
}

void Connection::request(std::string_view method, std::string_view path, std::string_view token,
                         std::string_view body, Done done) {
  out_.append(method).append(" ").append(path).append(" HTTP/1.1\r\nHost: ").append(host_).append("\r\n");
  if (!token.empty()) out_.append("Authorization: Bearer ").append(token).append("\r\n");
  if (!body.empty() || method != "GET") {
    out_.append("Content-Type: application/json\r\nContent-Length: ").append(std::to_string(body.size()));
    out_.append("\r\n");
  }
  out_.append("\r\n").append(body);
  again_ = out_;
  done_ = std::move(done);
  flush();
}

void Connection::flush() {
  while (!out_.empty()) {
    ssize_t sent = ::send(descriptor_, out_.data(), out_.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0 && errno == EAGAIN) break;
    if (sent < 0) {
      // A kept connection that the server closed meanwhile; requests of the bench may be repeated.
      if (fresh_) die("send");
      connect();
      out_ = again_;
      continue;
    }
    out_.erase(0, static_cast<size_t>(sent));
  }
  epoll_event event{};
  event.events = out_.empty() ? EPOLLIN : (EPOLLIN | EPOLLOUT);
  event.data.ptr = this;
  ::epoll_ctl(loop_.epoll_, EPOLL_CTL_MOD, descriptor_, &event);
}

void Connection::readable() {
  char buffer[64 << 10];
  for (;;) {
    ssize_t got = ::recv(descriptor_, buffer, sizeof buffer, MSG_DONTWAIT);
    if (got < 0 && errno == EAGAIN) break;
    if (got <= 0) {
      if (done_ && fresh_) die("the server closed the connection");
      connect();
      if (done_) {
        out_ = again_;
        flush();
      }
      return;
    }
    in_.append(buffer, static_cast<size_t>(got));
    if (got < static_cast<ssize_t>(sizeof buffer)) break;
  }
  while (done_ && take_answer()) {
  }
}

bool Connection::take_answer() {
  size_t head_end = in_.find("\r\n\r\n");
  if (head_end == std::string::npos) return false;
  std::string_view head(in_.data(), head_end + 2);
  Answer answer;
  std::from_chars(head.data() + 9, head.data() + 12, answer.status);
  size_t body_at = head_end + 4, end = 0;
  if (header(head, "transfer-encoding") == "chunked") {
    chunked_.clear();
    for (size_t at = body_at;;) {
      size_t line = in_.find("\r\n", at);
      if (line == std::string::npos) return false;
      size_t size = std::strtoull(in_.c_str() + at, nullptr, 16);
      if (in_.size() < line + 2 + size + 2) return false;
      chunked_.append(in_, line + 2, size);
      at = line + 2 + size + 2;
      if (size == 0) {
        end = at;
        break;
      }
    }
    answer.body = chunked_;
  } else {
    size_t size = std::strtoull(header(head, "content-length").c_str(), nullptr, 10);
    end = body_at + size;
    if (in_.size() < end) return false;
    answer.body = std::string_view(in_).substr(body_at, size);
  }
  fresh_ = false;
  auto done = std::move(done_);
  done_ = nullptr;
  // The body must outlive the call, in which the next request may begin.
  std::string kept = std::move(in_);
  in_ = kept.substr(end);
  done(answer);
  return true;
}

}  // namespace bench
