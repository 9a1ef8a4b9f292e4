#pragma once
// The server's end of one WebSocket: the stream, what is half received, what waits to be sent. Shared by the
// handler's WebSocket, the coroutine that flushes, and the server's list. Private to core/http. Loop thread
// only.
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/http/request.h"
#include "core/http/server_core.h"
#include "proto/websocket.h"

namespace parvis::http {

class WebSocketPeer final : public Peer, public std::enable_shared_from_this<WebSocketPeer> {
 public:
  static Result<void> check_handshake(const proto::RequestHead& head);
  static std::optional<std::string> negotiate(const proto::RequestHead& head);
  static std::string accept_value(const proto::RequestHead& head);

  /// Runs the handler to its end, then closes.
  static Task<void> run(std::shared_ptr<WebSocketPeer> peer, WebSocketHandler handler);

  WebSocketPeer(std::shared_ptr<ServerCore> core, std::unique_ptr<Stream> stream, std::string received,
                bool compression, Request request, Traffic traffic);
  ~WebSocketPeer() override;

  Task<Result<WebSocket::Message>> receive();
  bool send(std::string_view data, const SharedBytes& shared, bool binary);
  void close(uint16_t code, std::string_view reason);
  size_t queued_bytes() const { return queued_bytes_; }

  void retire() override;
  void abort() override;

 private:
  struct Outgoing {
    SharedBytes data;
    std::array<uint8_t, proto::max_server_frame_head> head;
    uint8_t head_size;
  };
  using Outcome = std::optional<Result<WebSocket::Message>>;

  Outcome take_message();
  Outcome read_message();
  Outcome decode(ByteView& bytes);
  Outcome deliver(proto::WebSocketEvent event);
  Result<WebSocket::Message> fail_with(uint16_t code);
  Result<void> on_silence();
  void control(proto::Opcode opcode, std::string_view payload);
  bool send_frame(proto::Opcode opcode, bool compressed, std::string_view data, const SharedBytes& shared);
  void overflow();
  Task<void> flush(std::shared_ptr<WebSocketPeer> self);
  Result<size_t> write_queued();
  void advance(size_t count);
  Task<void> finish();
  void report();

  static constexpr int64_t close_wait_us = seconds_us(3);
  static constexpr size_t compress_from_bytes = 256;
  static constexpr uint64_t report_every_bytes = 256 << 10;

  std::shared_ptr<ServerCore> core_;
  std::unique_ptr<Stream> stream_;
  std::unique_ptr<proto::WebSocketDecoder> decoder_;  // only while a message is half received
  std::string received_;                              // behind the last message taken
  std::vector<Outgoing> queue_;
  size_t front_written_ = 0;  // of queue_.front()
  size_t queued_bytes_ = 0;
  std::unique_ptr<Request> request_;  // for the account; without headers
  Traffic traffic_;                   // since the last account
  Monotonic close_deadline_{INT64_MAX};
  bool compression_;
  bool awaiting_pong_ = false;
  bool close_sent_ = false;
  bool close_received_ = false;
  bool broken_ = false;  // the stream is of no more use
  bool deaf_ = false;    // the peer broke the protocol: nothing more is read from it
  bool flushing_ = false;
};

}  // namespace parvis::http
