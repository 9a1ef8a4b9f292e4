#pragma once
// One request and its answer: everything that exists only while they do. Pooled by the server, so that an
// idle connection holds none of it. Private to core/http.
#include <string>

#include "core/http/request.h"
#include "core/http/server.h"
#include "proto/http1_chunked.h"
#include "proto/http1_request.h"

namespace parvis::http {

class Connection;

/// Pulls the body out of the connection, decoding chunks, within the route's limit.
class ConnectionBody final : public BodyReader {
 public:
  void begin(Connection& connection, const proto::RequestHead& head, uint64_t max_bytes);
  Task<Result<size_t>> read(std::span<uint8_t> into) override;
  std::optional<uint64_t> content_length() const override { return content_length_; }

  bool finished() const { return finished_; }
  /// The client still waits for "100 Continue": what it does without one is unknown.
  bool awaits_continue() const { return expect_continue_; }
  /// Bytes a client that announced its length will still send.
  std::optional<uint64_t> left() const;
  uint64_t bytes_read() const { return bytes_read_; }

 private:
  Task<Result<void>> send_continue();
  /// When patience ends: a stall, or an average rate that only an attacker or a dead link has.
  Monotonic deadline() const;
  static constexpr int64_t min_bytes_per_second = 512;
  static constexpr int64_t rate_grace_us = seconds_us(60);
  /// Takes what is buffered or readable now; 0 when there is nothing yet.
  Result<size_t> try_read(std::span<uint8_t> into);
  Result<size_t> decode_chunks(std::span<uint8_t> into);

  Connection* connection_ = nullptr;
  std::optional<uint64_t> content_length_;
  uint64_t max_bytes_ = 0;
  uint64_t bytes_read_ = 0;
  Monotonic started_{};
  bool chunked_ = false;
  bool expect_continue_ = false;
  bool finished_ = true;
  bool failed_ = false;
  proto::ChunkedDecoder decoder_;
};

struct Exchange {
  std::string bytes;  // the head as received: views of `head` and `request` point here
  std::string path;   // decoded, when that differs
  proto::RequestHead head;
  Request request;
  ConnectionBody body;
  Traffic traffic;

  void clear();
};

}  // namespace parvis::http
