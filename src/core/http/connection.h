#pragma once
// One HTTP/1.1 connection: waits, reads a head, has it answered, and again. Small while idle: no buffer, no
// parser, no request. Private to core/http. Loop thread only.
#include <memory>
#include <string>

#include "core/http/exchange.h"
#include "core/http/server_core.h"
#include "platform/net.h"

namespace parvis::http {

class Connection final : public Peer {
 public:
  /// Takes part in the server until the peer or the server ends it.
  static Task<void> run(std::shared_ptr<ServerCore> core, std::unique_ptr<Stream> stream);

  Connection(std::shared_ptr<ServerCore> core, std::unique_ptr<Stream> stream);
  ~Connection() override;
  void retire() override;
  void abort() override;

  ServerCore& core() { return *core_; }
  Stream& stream() { return *stream_; }

  // For the body: bytes received behind the head, then the stream's.
  bool has_buffered() const { return !pending_.empty(); }
  Result<size_t> take_bytes(std::span<uint8_t> into);
  void put_back(ByteView bytes);

 private:
  enum class Phase : uint8_t { idle, reading, answering, ending };
  enum class Next : uint8_t { another, close, handed_over };

  // Not inlined: the compiler would fold the frames of these into the one that waits between requests.
  [[gnu::noinline]] Task<void> serve();
  /// The next request when its head is complete; null when more bytes are needed.
  Result<std::unique_ptr<Exchange>> take_head();
  std::unique_ptr<Exchange> make_exchange(std::string_view head_and_more, size_t head_size);
  [[gnu::noinline]] Task<Next> answer(std::unique_ptr<Exchange> exchange);
  Result<void> describe(Exchange& exchange);
  Result<void> check_path(Exchange& exchange);
  void trust_forwarding(Request& request);
  Task<Response> respond(Exchange& exchange);
  Response error_response(const Request* request, const Error& error);
  [[gnu::noinline]] Task<void> refuse(Error error);
  Task<bool> leave_body(ConnectionBody& body);
  Task<void> upgrade(std::unique_ptr<Exchange> exchange, Response response);
  [[gnu::noinline]] Task<void> linger();

  std::shared_ptr<ServerCore> core_;
  std::unique_ptr<Stream> stream_;
  std::string pending_;  // received, not yet used
  size_t scanned_ = 0;   // of pending_, by find_head_end()
  Phase phase_ = Phase::idle;
  uint8_t in_a_row_ = 0;  // requests answered without waiting for the peer
  bool trusted_peer_;
  bool aborted_ = false;
};

}  // namespace parvis::http
