#pragma once
// The virtual users' side of HTTP/1.1 and WebSocket, written apart from the server's parsers: an agreement of
// both on a mistake is less likely.
#include <string>

#include "platform/env.h"

namespace parvis::simulated {

struct Answer {
  int status = 0;
  std::string head;
  std::string body;
};

/// One connection of a virtual user.
class HttpUser {
 public:
  HttpUser(Env& env, std::unique_ptr<Stream> stream) : env_(env), stream_(std::move(stream)) {}
  Task<Result<void>> send(std::string bytes);
  /// The next response, in full. `head_only` for answers to HEAD.
  Task<Result<Answer>> receive(bool head_only = false);
  /// The payload of the next WebSocket frame; `opcode` says which.
  Task<Result<std::string>> receive_frame(uint8_t& opcode);
  /// Reads on until the server ends the connection.
  Task<Result<void>> wait_for_end();
  Stream& stream() { return *stream_; }

  static constexpr int64_t patience_us = seconds_us(300);

 private:
  Task<Result<void>> need(size_t bytes);
  Task<Result<std::string>> take_line();
  Task<Result<void>> read_chunks(std::string& body);

  Env& env_;
  std::unique_ptr<Stream> stream_;
  std::string buffer_;
};

std::string lower(std::string text);
/// The value of a header in a lower-cased head, or "".
std::string header_of(const std::string& head, const std::string& name);

}  // namespace parvis::simulated
