#pragma once
// Writes one response: head, then bytes, shared pieces, a file or a stream. Private to core/http.
#include <span>
#include <string>
#include <vector>

#include "core/http/server_core.h"
#include "proto/http1_request.h"

namespace parvis::http {

class ResponseWriter {
 public:
  /// `traffic` counts what is sent. All outlive the writer.
  ResponseWriter(ServerCore& core, Stream& stream, const proto::RequestHead& head, Traffic& traffic)
      : core_(core), stream_(stream), head_(head), traffic_(traffic) {}

  /// The common case, without a coroutine: everything is in memory and fits the socket. When false, write()
  /// goes on where this stopped.
  bool try_write_at_once(Response& response, bool& keep_alive);
  /// False when the peer is gone, too slow, or the body failed: the connection is then unusable.
  Task<bool> write(Response& response);

 private:
  void serialise(const Response& response, bool& keep_alive);
  void append_headers(const Response& response);
  void append_framing(const Response& response, bool& keep_alive);
  size_t gather(const Response& response, std::span<iovec> out) const;
  Task<bool> write_bytes(Response& response);
  Task<bool> write_file(FileBody file);
  Task<Result<void>> send_part(FileBody& file);
  Task<bool> write_stream(BodyGenerator generator);

  static constexpr size_t small_parts = 18;

  ServerCore& core_;
  Stream& stream_;
  const proto::RequestHead& head_;
  Traffic& traffic_;
  std::string out_;     // the head
  size_t written_ = 0;  // of head and in-memory body
  bool body_wanted_ = true;
  bool chunked_ = false;
  bool failed_ = false;
};

}  // namespace parvis::http
