#include "core/http/websocket_peer.h"

#include <algorithm>

#include "base/utf8.h"
#include "proto/ascii.h"

namespace parvis::http {
namespace {

using proto::Opcode;
namespace close_code = proto::close_code;

bool has_token(std::string_view list, std::string_view token) {
  bool found = false;
  proto::for_each_element(list, ',', [&](std::string_view element) {
    found = proto::ascii::same(element, token);
    return !found;
  });
  return found;
}

/// What the handler holds. Its end closes the connection.
class HandlerSocket final : public WebSocket {
 public:
  explicit HandlerSocket(std::shared_ptr<WebSocketPeer> peer) : peer_(std::move(peer)) {}
  ~HandlerSocket() override { peer_->handler_ended(); }
  Task<Result<Message>> receive() override { return peer_->receive(); }
  bool send(std::string_view data, bool binary) override { return peer_->send(data, nullptr, binary); }
  bool send(SharedBytes data, bool binary) override { return peer_->send(*data, data, binary); }
  void cork() override { peer_->cork(); }
  void uncork() override { peer_->uncork(); }
  void close(uint16_t code, std::string_view reason) override { peer_->close(code, reason); }
  size_t queued_bytes() const override { return peer_->queued_bytes(); }

 private:
  std::shared_ptr<WebSocketPeer> peer_;
};

}  // namespace

Result<void> WebSocketPeer::check_handshake(const proto::RequestHead& head) {
  auto header = [&](std::string_view name) { return proto::find_header(head.headers, name); };
  bool valid = head.method == "GET" && head.minor_version == 1 && head.upgrade && !head.has_body() &&
               has_token(header("upgrade"), "websocket") && header("sec-websocket-version") == "13" &&
               proto::valid_websocket_key(header("sec-websocket-key"));
  if (!valid) return fail(reasons::malformed, "not a WebSocket handshake");
  return {};
}

std::optional<std::string> WebSocketPeer::negotiate(const proto::RequestHead& head) {
  return proto::negotiate_deflate(proto::find_header(head.headers, "sec-websocket-extensions"));
}

std::string WebSocketPeer::accept_value(const proto::RequestHead& head) {
  return proto::websocket_accept(proto::find_header(head.headers, "sec-websocket-key"));
}

WebSocketPeer::WebSocketPeer(std::shared_ptr<ServerCore> core, std::unique_ptr<Stream> stream,
                             std::string received, bool compression, const Request& request, Traffic traffic)
    : core_(std::move(core)),
      stream_(std::move(stream)),
      received_(received.empty() ? nullptr : std::make_unique<std::string>(std::move(received))),
      session_(request.session),
      meter_(request.meter),
      trace_id_(request.trace_id),
      traffic_(traffic),
      compression_(compression) {
  core_->peers.add(*this);
}

WebSocketPeer::~WebSocketPeer() {
  bool untold = traffic_.bytes_in + traffic_.bytes_out > 0;  // the close frames
  if (untold && !SpawnGroup::tearing_down()) report();
  core_->peers.remove(*this);
  core_->leave(stream_->peer());
  core_->peer_left.notify_all();
}

void WebSocketPeer::start(WebSocketHandler handler) {
  ++core_->counters.websockets;
  handler_ = std::move(handler);
  if (core_->stopping) retire();
  spawn(handler_(std::make_unique<HandlerSocket>(shared_from_this())));
}

void WebSocketPeer::handler_ended() {
  close(close_code::normal, "");
  if (SpawnGroup::tearing_down()) return;
  // In a later turn: the handler's coroutine, which is just ending, may still use what handler_ captured.
  core_->env.loop.post([self = shared_from_this()] { spawn(self->finish(self)); });
}

void WebSocketPeer::retire() { close(close_code::restart, "restart"); }

void WebSocketPeer::abort() {
  broken_ = true;
  stream_->abort();
}

void WebSocketPeer::report() {
  // Rebuilt for the moment: a Request of 200 bytes is not kept per idle socket.
  Request request;
  request.method = "GET";
  request.peer = stream_->peer();
  request.secure = stream_->encrypted();
  request.trace_id = trace_id_;
  request.session = session_;
  request.meter = meter_;
  core_->application.account(request, traffic_);
  traffic_ = {};
}

// Receiving.

Result<WebSocket::Message> WebSocketPeer::fail_with(uint16_t code) {
  deaf_ = true;
  close(code, "");
  if (code == close_code::too_big) return fail(reasons::too_large, "WebSocket message");
  return fail(reasons::malformed, "WebSocket protocol");
}

WebSocketPeer::Outcome WebSocketPeer::deliver(proto::WebSocketEvent event) {
  using Kind = proto::WebSocketEvent::Kind;
  switch (event.kind) {
    case Kind::need_more:
    case Kind::pong:
      return std::nullopt;
    case Kind::ping:
      control(Opcode::pong, event.data);
      return std::nullopt;
    case Kind::close:
      close_received_ = true;
      close(event.close_code == close_code::no_status ? close_code::normal : event.close_code, "");
      return fail(Stream::closed);
    case Kind::text:
    case Kind::binary:
      break;
  }
  if (close_sent_) return std::nullopt;  // already parting: only the peer's close frame matters
  bool binary = event.kind == Kind::binary;
  if (event.compressed) {
    auto plain = core_->deflate().inflate(event.data, WebSocket::max_message_bytes);
    if (!plain) return fail_with(plain.error());
    if (!binary && !utf8::valid(*plain)) return fail_with(close_code::invalid_data);
    event.data = std::move(*plain);
  }
  return WebSocket::Message{binary, std::move(event.data)};
}

WebSocketPeer::Outcome WebSocketPeer::decode(ByteView& bytes) {
  if (!decoder_) {
    decoder_ = std::make_unique<proto::WebSocketDecoder>(proto::WebSocketDecoder::Options{
        .compression = compression_, .max_message_bytes = WebSocket::max_message_bytes});
  }
  Outcome outcome;
  while (!outcome && !bytes.empty()) {
    auto event = decoder_->next(bytes);
    outcome = event ? deliver(std::move(*event)) : Outcome(fail_with(event.error()));
  }
  if (decoder_->idle()) decoder_.reset();
  return outcome;
}

/// From what was received behind the last message.
WebSocketPeer::Outcome WebSocketPeer::take_message() {
  if (close_received_ || deaf_) return fail(Stream::closed);
  if (!received_) return std::nullopt;
  auto held = std::move(received_);
  auto bytes = as_bytes(*held);
  auto outcome = decode(bytes);
  if (!bytes.empty()) received_ = std::make_unique<std::string>(as_text(bytes));
  return outcome;
}

WebSocketPeer::Outcome WebSocketPeer::read_message() {
  auto scratch = core_->scratch();
  auto count = stream_->try_read(scratch);
  if (!count) return std::unexpected(std::move(count).error());
  if (*count == 0) return std::nullopt;
  awaiting_pong_ = false;
  traffic_.bytes_in += *count;
  if (traffic_.bytes_in + traffic_.bytes_out >= report_every_bytes) report();
  ByteView bytes = scratch.first(*count);
  auto outcome = decode(bytes);
  if (!bytes.empty()) received_ = std::make_unique<std::string>(as_text(bytes));
  return outcome;
}

/// Nothing came for a while: ask, or give up when the last question stayed unanswered.
Result<void> WebSocketPeer::on_silence() {
  if (close_sent_ || awaiting_pong_) {
    abort();
    if (close_sent_) return fail(Stream::closed);
    return fail(reasons::timeout, "the peer is silent");
  }
  awaiting_pong_ = true;
  if (traffic_.bytes_in + traffic_.bytes_out > 0) report();
  control(Opcode::ping, "");
  return {};
}

WebSocketPeer::Outcome WebSocketPeer::after_wait(Result<void> ready) {
  if (ready) return read_message();
  if (!ready.error().is(reasons::timeout)) return std::unexpected(std::move(ready).error());
  auto kept = on_silence();
  if (kept) return std::nullopt;
  return std::unexpected(std::move(kept).error());
}

Monotonic WebSocketPeer::wait_deadline() const {
  return std::min(core_->env.loop.now() + core_->limits.websocket_ping_us, close_deadline_);
}

/// The frame of this coroutine is most of an idle WebSocket: nothing large may live across the wait.
Task<Result<WebSocket::Message>> WebSocketPeer::receive() {
  keep_next();
  while (!outcome_) {
    keep_after_wait(co_await stream_->readable(wait_deadline()));
    if (!outcome_) keep_next();
  }
  co_return Taken{outcome_};
}

void WebSocketPeer::keep_next() { keep(take_message()); }
void WebSocketPeer::keep_after_wait(Result<void>&& ready) { keep(after_wait(std::move(ready))); }
void WebSocketPeer::keep(Outcome outcome) {
  if (outcome) outcome_ = std::make_unique<Result<WebSocket::Message>>(std::move(*outcome));
}

// Sending.

void WebSocketPeer::control(Opcode opcode, std::string_view payload) {
  send_frame(opcode, false, payload, nullptr);
}

bool WebSocketPeer::send(std::string_view data, const SharedBytes& shared, bool binary) {
  if (close_sent_ || broken_) return false;
  auto opcode = binary ? Opcode::binary : Opcode::text;
  if (!compression_ || data.size() < compress_from_bytes) return send_frame(opcode, false, data, shared);
  if (shared) {
    auto packed = core_->compressed(shared);
    return packed ? send_frame(opcode, true, *packed, packed) : send_frame(opcode, false, data, shared);
  }
  auto packed = core_->deflate().compress(data);
  if (packed.size() >= data.size()) return send_frame(opcode, false, data, nullptr);
  return send_frame(opcode, true, packed, nullptr);
}

bool WebSocketPeer::send_frame(Opcode opcode, bool compressed, std::string_view data,
                               const SharedBytes& shared) {
  if (broken_) return false;
  Outgoing frame;
  frame.head_size =
      static_cast<uint8_t>(proto::write_frame_head(frame.head, opcode, compressed, data.size()));
  size_t size = frame.head_size + data.size();
  if (queued_bytes() + size > WebSocket::max_queued_bytes && opcode != Opcode::close) {
    overflow();
    return false;
  }
  size_t written = 0;
  if (!queue_ && !corked_) {
    std::array<iovec, 2> parts = {iovec{frame.head.data(), frame.head_size},
                                  iovec{const_cast<char*>(data.data()), data.size()}};
    auto count = stream_->try_write({parts.data(), data.empty() ? size_t{1} : size_t{2}});
    if (!count) {
      abort();
      return false;
    }
    written = *count;
  }
  traffic_.bytes_out += size;
  if (written == size) return true;
  frame.data = shared ? shared : std::make_shared<const std::string>(data);
  if (!queue_) {
    queue_ = std::make_unique<Queue>();
    queue_->front_written = written;
  }
  queue_->frames.push_back(std::move(frame));
  queue_->bytes += size - written;
  if (!corked_ && !std::exchange(flushing_, true)) spawn(flush(shared_from_this()));
  return true;
}

void WebSocketPeer::uncork() {
  corked_ = false;
  if (queue_ && !broken_ && !std::exchange(flushing_, true)) spawn(flush(shared_from_this()));
}

/// The reader is too slow: what waits is dropped, except a frame already begun, and it is told why.
void WebSocketPeer::overflow() {
  if (queue_) {
    auto& frames = queue_->frames;
    frames.erase(frames.begin() + 1, frames.end());
    queue_->bytes = frames.front().head_size + frames.front().data->size() - queue_->front_written;
  }
  close(close_code::try_again, "too slow");
}

Result<size_t> WebSocketPeer::write_queued() {
  std::array<iovec, 64> parts;
  size_t count = 0;
  for (size_t i = 0; i < queue_->frames.size() && count + 2 <= parts.size(); ++i) {
    auto& frame = queue_->frames[i];
    size_t skip = i == 0 ? queue_->front_written : 0;
    if (skip < frame.head_size) {
      parts[count++] = {frame.head.data() + skip, frame.head_size - skip};
      skip = 0;
    } else {
      skip -= frame.head_size;
    }
    if (frame.data->size() > skip) {
      parts[count++] = {const_cast<char*>(frame.data->data()) + skip, frame.data->size() - skip};
    }
  }
  return stream_->try_write({parts.data(), count});
}

void WebSocketPeer::advance(size_t count) {
  auto& frames = queue_->frames;
  queue_->bytes -= count;
  queue_->front_written += count;
  size_t done = 0;
  while (done < frames.size()) {
    size_t size = frames[done].head_size + frames[done].data->size();
    if (queue_->front_written < size) break;
    queue_->front_written -= size;
    ++done;
  }
  frames.erase(frames.begin(), frames.begin() + static_cast<std::ptrdiff_t>(done));
  if (frames.empty()) queue_.reset();
}

Task<void> WebSocketPeer::flush(std::shared_ptr<WebSocketPeer>) {
  auto& loop = core_->env.loop;
  while (queue_ && !broken_) {
    auto count = write_queued();
    if (count && *count > 0) {
      advance(*count);
      continue;
    }
    auto ready = count ? co_await stream_->writable(loop.now() + core_->limits.write_stall_timeout_us)
                       : Result<void>(std::unexpected(std::move(count).error()));
    if (!ready) abort();
  }
  flushing_ = false;
}

// Closing.

void WebSocketPeer::close(uint16_t code, std::string_view reason) {
  if (std::exchange(close_sent_, true)) return;
  auto& loop = core_->env.loop;
  close_deadline_ = loop.now() + close_wait_us;
  control(Opcode::close, proto::close_payload(code, reason));
  // A handler that waits in receive() does so with its old deadline: cut it short if the peer does not
  // answer.
  loop.call_at(close_deadline_, [weak = weak_from_this()] {
    if (auto self = weak.lock(); self && !self->close_received_) self->abort();
  });
}

/// After the handler: the peer's close frame is waited for briefly, then the stream ends.
Task<void> WebSocketPeer::finish(std::shared_ptr<WebSocketPeer>) {
  while (!close_received_ && !broken_) {
    auto message = co_await receive();
    if (!message) break;
  }
  report();
  --core_->counters.websockets;
  auto& loop = core_->env.loop;
  while (flushing_) {
    auto ready = co_await stream_->readable(loop.now() + close_wait_us);
    if (!ready || !stream_->try_read(core_->scratch())) break;
  }
  if (broken_) co_return;
  stream_->shutdown_write();
  Monotonic deadline = loop.now() + close_wait_us;
  while (co_await stream_->readable(deadline)) {
    if (!stream_->try_read(core_->scratch())) co_return;
  }
}

}  // namespace parvis::http
