#pragma once
// For tests: an application with one route per way of answering, and clients that speak raw bytes.
#include <string>
#include <vector>

#include "core/http/router.h"
#include "core/http/server.h"
#include "platform/env.h"
#include "proto/websocket.h"

namespace parvis::http {

class TestApplication final : public Application {
 public:
  explicit TestApplication(Env& env);
  Task<Response> handle(Request& request) override;
  uint64_t max_body_bytes(const Request&) override { return max_body; }
  void account(const Request& request, const Traffic& traffic) override;
  Response error(const Request* request, const Error& error) override;

  static constexpr uint64_t max_body = 100'000;
  Env& env;
  Router router;
  std::shared_ptr<File> file;  // of GET /file
  int running = 0;             // handlers
  int websockets = 0;
  std::string websocket_end;  // reason id of the last one's end
  std::vector<std::string> accounts;
  Traffic total;
};

/// Connects, sends `wire` (in pieces of `step` bytes, `pause_us` apart), returns all that comes until the
/// server closes.
/// "" when the connection could not be made or was reset before the first byte.
Task<std::string> talk(Env& env, Address address, std::string wire, size_t step = SIZE_MAX,
                       int64_t pause_us = 0);

/// "200 404 200": the statuses of the responses in `received`, bodies skipped; "?" where it cannot be
/// followed.
std::string statuses(std::string_view received);
/// Of the first response; chunks are decoded.
std::string body_of(std::string_view received);

/// A WebSocket client. Null when the handshake failed.
class TestSocket {
 public:
  static Task<std::unique_ptr<TestSocket>> open(Env& env, Address address, std::string extra_headers = "");
  Task<Result<void>> send(std::string bytes);  // frames, see proto::masked_frame()
  /// The next message or control frame; Stream::closed at the end.
  Task<Result<proto::WebSocketEvent>> next();
  Stream& stream() { return *stream_; }
  std::string head;  // the server's 101

 private:
  explicit TestSocket(Env& env) : env_(env) {}
  Env& env_;
  std::unique_ptr<Stream> stream_;
  std::string received_;
  proto::WebSocketDecoder decoder_{{.role = proto::WebSocketDecoder::Role::client, .compression = true}};
};

}  // namespace parvis::http
