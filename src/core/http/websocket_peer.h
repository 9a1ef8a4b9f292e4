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

  /// Starts the handler; when it lets go of its WebSocket, the connection is closed.
  void start(WebSocketHandler handler);
  void handler_ended();

  WebSocketPeer(std::shared_ptr<ServerCore> core, std::unique_ptr<Stream> stream, std::string received,
                bool compression, const Request& request, Traffic traffic);
  ~WebSocketPeer() override;

  Task<Result<WebSocket::Message>> receive();
  bool send(std::string_view data, const SharedBytes& shared, bool binary);
  void cork() { corked_ = true; }
  void uncork();
  void close(uint16_t code, std::string_view reason);
  size_t queued_bytes() const { return queue_ ? queue_->bytes : 0; }

  void retire() override;
  void abort() override;

 private:
  struct Outgoing {
    SharedBytes data;
    std::array<uint8_t, proto::max_server_frame_head> head;
    uint8_t head_size;
  };
  struct Queue {
    std::vector<Outgoing> frames;
    size_t front_written = 0;  // of frames.front()
    size_t bytes = 0;
  };
  using Outcome = std::optional<Result<WebSocket::Message>>;

  /// Becomes the Result inside the promise itself, without a copy in the frame.
  struct Taken {
    std::unique_ptr<Result<WebSocket::Message>>& from;
    operator Result<WebSocket::Message>() const {
      auto held = std::move(from);
      return std::move(*held);
    }
  };
  void keep(Outcome outcome);
  // Not inlined, or what they hold for a moment becomes part of receive()'s frame.
  [[gnu::noinline]] void keep_next();
  [[gnu::noinline]] void keep_after_wait(Result<void>&& ready);
  Outcome take_message();
  Outcome after_wait(Result<void> ready);
  Monotonic wait_deadline() const;
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
  Task<void> finish(std::shared_ptr<WebSocketPeer> self);
  void report();

  static constexpr int64_t close_wait_us = seconds_us(3);
  static constexpr size_t compress_from_bytes = 256;
  static constexpr uint64_t report_every_bytes = 256 << 10;

  std::shared_ptr<ServerCore> core_;
  std::unique_ptr<Stream> stream_;
  std::unique_ptr<proto::WebSocketDecoder> decoder_;     // only while a message is half received
  std::unique_ptr<Result<WebSocket::Message>> outcome_;  // on its way to the handler
  std::unique_ptr<std::string> received_;                // behind the last message taken
  std::unique_ptr<Queue> queue_;                         // only while something waits
  WebSocketHandler handler_;                             // owns what its coroutine captures
  std::shared_ptr<void> session_;  // these three are what the account needs of the request
  void* meter_;
  uint64_t trace_id_;
  Traffic traffic_;  // since the last account
  Monotonic close_deadline_{INT64_MAX};
  bool compression_;
  bool awaiting_pong_ = false;
  bool close_sent_ = false;
  bool close_received_ = false;
  bool broken_ = false;  // the stream is of no more use
  bool deaf_ = false;    // the peer broke the protocol: nothing more is read from it
  bool flushing_ = false;
  bool corked_ = false;
};

}  // namespace parvis::http
