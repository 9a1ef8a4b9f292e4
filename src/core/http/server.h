#pragma once
// HTTP/1.1 server (RFC 9110, 9112): one coroutine per connection over platform Streams. It parses, bounds,
// pipelines, and writes; what a request means is `Application`'s business. Loop thread only.
#include <memory>

#include "core/http/request.h"
#include "platform/env.h"

namespace parvis::http {

struct ServerLimits {
  size_t max_header_bytes = 16 << 10;
  size_t max_headers = 100;
  size_t max_target_bytes = 8 << 10;
  size_t max_connections = 16'000;
  size_t max_connections_per_peer = 4'000;
  size_t max_pipelined = 16;
  int64_t header_timeout_us = seconds_us(10);  // first byte to end of headers (slowloris)
  int64_t idle_timeout_us = seconds_us(75);    // keep-alive
  int64_t body_stall_timeout_us = seconds_us(20);
  int64_t write_stall_timeout_us = seconds_us(20);
  int64_t websocket_ping_us = seconds_us(45);
};

/// Counts of one exchange, told once it ends (headers included).
struct Traffic {
  uint64_t bytes_in = 0;
  uint64_t bytes_out = 0;
};

class Application {
 public:
  virtual ~Application() = default;
  /// Called with headers read; may read the body. The route decides the body limit before the first read.
  virtual Task<Response> handle(Request& request) = 0;
  virtual uint64_t max_body_bytes(const Request& request) = 0;
  /// After each exchange, and periodically for WebSockets (method "GET"; session, meter, trace id and the
  /// connection's peer are kept, the rest of the request is gone).
  virtual void account(const Request& request, const Traffic& traffic) = 0;
  /// Errors the server itself meets (malformed head, timeouts), in the client's language where known.
  virtual Response error(const Request* request, const Error& error) = 0;
};

struct TrustedProxies {
  std::vector<std::string> networks;  // CIDR: X-Forwarded-For/-Proto, Forwarded are believed from these only
};

class Server {
 public:
  virtual ~Server() = default;
  virtual Task<void> serve(std::unique_ptr<Listener> listener) = 0;  // until stop()
  /// Stops accepting, ends idle connections, closes WebSockets with 1012, waits for running requests until
  /// `deadline`.
  virtual Task<void> stop(Monotonic deadline) = 0;
  struct Counters {
    uint64_t connections = 0, requests = 0, websockets = 0, refused = 0;
  };
  virtual Counters counters() const = 0;
};
std::unique_ptr<Server> make_server(Env& env, Application& application, ServerLimits limits,
                                    TrustedProxies proxies);

}  // namespace parvis::http
