#pragma once
// A small HTTP/1.1 client for many kept connections on one thread: the load generator shares the machine with
// the server it measures, so it must cost little itself. One request at a time per connection; `done` is
// called on the thread that runs the loop. Not for hostile servers: a fault ends the program.
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

int64_t now_ns();

class EventLoop {
 public:
  EventLoop();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;
  /// Runs until stop(), or until `until_ns` (of now_ns).
  void run(int64_t until_ns = INT64_MAX);
  void stop() { stopped_ = true; }
  /// Calls `tick` every `every_ns` while running; nullptr ends it.
  void every(int64_t every_ns, std::function<void()> tick);

 private:
  friend class Connection;
  int epoll_ = -1;
  bool stopped_ = false;
  std::function<void()> tick_;
  int64_t every_ns_ = 0, next_tick_ns_ = 0;
};

struct Answer {
  int status = 0;
  std::string_view body;
};

class Connection {
 public:
  using Done = std::function<void(const Answer&)>;
  /// `host` is numeric.
  Connection(EventLoop& loop, const std::string& host, uint16_t port);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void request(std::string_view method, std::string_view path, std::string_view token, std::string_view body,
               Done done);
  bool busy() const { return done_ != nullptr; }

 private:
  friend class EventLoop;
  void connect();
  void readable();
  void flush();
  bool take_answer();
  EventLoop& loop_;
  std::string host_;
  uint16_t port_;
  int descriptor_ = -1;
  bool fresh_ = true;  // no answer yet on this connection
  std::string in_, out_, chunked_, again_;
  Done done_;
};

}  // namespace bench
