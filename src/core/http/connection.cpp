#include "core/http/connection.h"

#include <algorithm>

#include "core/http/response_writer.h"
#include "core/http/status.h"
#include "core/http/websocket_peer.h"
#include "proto/url.h"

namespace parvis::http {
namespace {

/// How long, and for how much, a closing connection reads on so that its last answer is not lost to a reset.
constexpr int64_t linger_us = seconds_us(2);
constexpr size_t linger_bytes = 1 << 20;
/// An unread body up to this size is read and dropped, to keep the connection.
constexpr uint64_t drainable_bytes = 64 << 10;
constexpr int64_t default_deadline_us = seconds_us(30);

struct NextTurn {
  Loop& loop;
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> self) {
    loop.post([self] { self.resume(); });
  }
  void await_resume() {}
};

}  // namespace

Task<void> Connection::run(std::shared_ptr<ServerCore> core, std::unique_ptr<Stream> stream) {
  Connection connection(std::move(core), std::move(stream));
  co_await connection.serve();
}

Connection::Connection(std::shared_ptr<ServerCore> core, std::unique_ptr<Stream> stream)
    : core_(std::move(core)), stream_(std::move(stream)), trusted_peer_(core_->is_trusted(stream_->peer())) {
  core_->peers.add(*this);
  ++core_->counters.connections;
}

Connection::~Connection() {
  core_->peers.remove(*this);
  if (stream_) core_->leave(stream_->peer());  // else the WebSocket does, later
  core_->peer_left.notify_all();
}

void Connection::retire() {
  if (phase_ == Phase::idle) abort();
}

void Connection::abort() {
  aborted_ = true;
  if (stream_) stream_->abort();
}

Task<void> Connection::serve() {
  auto& loop = core_->env.loop;
  int64_t patience_us = core_->limits.header_timeout_us;  // TLS handshake and first byte
  while (!aborted_) {
    if (pending_.empty()) {
      if (core_->stopping) break;
      phase_ = Phase::idle;
      in_a_row_ = 0;
      auto ready = co_await stream_->readable(loop.now() + patience_us);
      if (!ready) co_return;
    } else if (++in_a_row_ >= core_->limits.max_pipelined) {
      // Others get their turn before the rest of a long pipeline.
      in_a_row_ = 0;
      co_await NextTurn{loop};
    }
    patience_us = core_->limits.idle_timeout_us;
    phase_ = Phase::reading;
    auto exchange = take_head();
    for (Monotonic deadline = loop.now() + core_->limits.header_timeout_us; exchange && !*exchange;) {
      auto ready = co_await stream_->readable(deadline);
      if (!ready) {
        exchange = std::unexpected(std::move(ready).error());
      } else {
        exchange = take_head();
      }
    }
    if (!exchange) {
      co_await refuse(std::move(exchange).error());
      co_return;
    }
    phase_ = Phase::answering;
    auto next = co_await answer(std::move(*exchange));
    if (next == Next::handed_over) co_return;
    if (next == Next::close) break;
  }
  phase_ = Phase::ending;
  if (!aborted_) co_await linger();
}

Result<std::unique_ptr<Exchange>> Connection::take_head() {
  const proto::HeadLimits limits{core_->limits.max_header_bytes, core_->limits.max_headers,
                                 core_->limits.max_target_bytes};
  if (!pending_.empty()) {
    size_t end = TRY(proto::find_head_end(pending_, scanned_, limits));
    if (end) {
      auto exchange = make_exchange(std::string_view(pending_).substr(0, end), end);
      pending_.erase(0, end);
      if (pending_.empty()) std::string().swap(pending_);
      TRY(proto::parse_request_head(exchange->bytes, limits, exchange->head));
      return exchange;
    }
  }
  auto scratch = core_->scratch();
  size_t count = TRY(stream_->try_read(scratch));
  if (count == 0) return nullptr;
  auto fresh = as_text(scratch.first(count));
  if (!pending_.empty()) {
    pending_.append(fresh);
    size_t end = TRY(proto::find_head_end(pending_, scanned_, limits));
    // Answered by the branch above, which finds it at once.
    if (end) return take_head();
    return nullptr;
  }
  size_t end = TRY(proto::find_head_end(fresh, scanned_, limits));
  if (end == 0) {
    pending_ = fresh;
    return nullptr;
  }
  auto exchange = make_exchange(fresh, end);
  TRY(proto::parse_request_head(exchange->bytes, limits, exchange->head));
  return exchange;
}

/// Copies the head out of the shared buffer, and keeps what came behind it unless that is pending_ itself.
std::unique_ptr<Exchange> Connection::make_exchange(std::string_view head_and_more, size_t head_size) {
  auto exchange = core_->take_exchange();
  exchange->bytes.assign(head_and_more, 0, head_size);
  exchange->traffic.bytes_in = head_size;
  scanned_ = 0;
  if (head_and_more.size() > head_size) pending_ = head_and_more.substr(head_size);
  return exchange;
}

Result<size_t> Connection::take_bytes(std::span<uint8_t> into) {
  if (pending_.empty()) return stream_->try_read(into);
  size_t count = std::min(into.size(), pending_.size());
  std::copy_n(pending_.begin(), count, into.begin());
  pending_.erase(0, count);
  if (pending_.empty()) std::string().swap(pending_);
  return count;
}

void Connection::put_back(ByteView bytes) { pending_.insert(0, as_text(bytes)); }

Result<void> Connection::check_path(Exchange& exchange) {
  auto target = proto::split_target(exchange.request.target);
  exchange.request.query = target.query;
  exchange.request.path = target.path;
  if (!target.authority.empty()) exchange.request.host = target.authority;
  if (proto::path_is_normal(target.path)) return {};
  auto path = proto::normalise_path(target.path);
  // Clients resolve dots before they send; what still has them tries something.
  if (!path || proto::has_dot_segments(target.path)) return fail(proto::http_reasons::malformed_head, "path");
  exchange.path = std::move(*path);
  exchange.request.path = exchange.path;
  return {};
}

void Connection::trust_forwarding(Request& request) {
  if (!trusted_peer_) return;
  auto peer = proto::parse_ip(request.peer.host);
  proto::IpAddress local = *proto::parse_ip("127.0.0.1");  // stands for a local socket, trusted by its name
  std::vector<proto::IpNetwork> networks = core_->trusted;
  if (!peer) networks.push_back({local, 128});
  auto client =
      proto::resolve_client(peer.value_or(local),
                            {request.header("forwarded"), request.header("x-forwarded-for"),
                             request.header("x-forwarded-proto"), request.header("x-forwarded-host")},
                            networks);
  request.peer.host = client.address.text();
  if (client.secure) request.secure = *client.secure;
  if (!client.host.empty()) request.host = client.host;
}

/// Fills the request from the parsed head.
Result<void> Connection::describe(Exchange& exchange) {
  auto& request = exchange.request;
  const auto& head = exchange.head;
  request.method = head.method;
  request.target = head.target;
  request.headers = head.headers;
  request.peer = stream_->peer();
  request.secure = stream_->encrypted();
  request.host = head.host;
  request.deadline = core_->env.loop.now() + default_deadline_us;
  request.trace_id = core_->next_trace_id();
  request.body = &exchange.body;
  trust_forwarding(request);
  return check_path(exchange);
}

Response Connection::error_response(const Request* request, const Error& error) {
  auto response = core_->application.error(request, error);
  response.status = status_of(error);
  return response;
}

Task<Response> Connection::respond(Exchange& exchange) {
  auto& request = exchange.request;
  exchange.body.begin(*this, exchange.head, UINT64_MAX);
  if (auto described = describe(exchange); !described) co_return error_response(&request, described.error());
  if (exchange.head.has_body()) {
    uint64_t max_bytes = core_->application.max_body_bytes(request);
    if (exchange.head.content_length.value_or(0) > max_bytes) {
      co_return error_response(&request, Error(reasons::too_large, "Content-Length past the route's limit"));
    }
    exchange.body.begin(*this, exchange.head, max_bytes);
  }
  auto response = co_await core_->application.handle(request);
  if (!response.upgrade) co_return response;
  auto accepted = WebSocketPeer::check_handshake(exchange.head);
  if (accepted) co_return response;
  auto refusal = error_response(&request, accepted.error());
  refusal.status = 426;
  refusal.set("Upgrade", "websocket").set("Sec-WebSocket-Version", "13");
  co_return refusal;
}

Task<Connection::Next> Connection::answer(std::unique_ptr<Exchange> exchange) {
  ++core_->counters.requests;
  auto response = co_await respond(*exchange);
  if (aborted_) co_return Next::close;
  if (response.upgrade) {
    co_await upgrade(std::move(exchange), std::move(response));
    co_return Next::handed_over;
  }
  auto& body = exchange->body;
  auto left = body.left();
  bool drainable = left && *left <= drainable_bytes && !body.awaits_continue();
  bool keep = exchange->head.keep_alive && !core_->stopping && drainable;
  ResponseWriter writer(*core_, *stream_, exchange->head, exchange->traffic);
  bool sent = writer.try_write_at_once(response, keep);
  if (!sent) sent = co_await writer.write(response);
  exchange->traffic.bytes_in += body.bytes_read();
  if (sent && keep && !body.finished()) keep = co_await leave_body(body);
  core_->application.account(exchange->request, exchange->traffic);
  core_->give_back(std::move(exchange));
  if (!sent) {
    abort();
    co_return Next::close;
  }
  co_return keep ? Next::another : Next::close;
}

/// Reads what a handler did not; false when that fails.
Task<bool> Connection::leave_body(ConnectionBody& body) {
  std::array<uint8_t, 4096> sink;
  while (!body.finished()) {
    auto count = co_await body.read(sink);
    if (!count) co_return false;
  }
  co_return true;
}

/// Answers what never became a request, when there is somebody to answer.
Task<void> Connection::refuse(Error error) {
  bool gone = error.is(Stream::closed) || error.is(reasons::cancelled);
  bool silent = error.is(reasons::timeout) && pending_.empty();
  if (gone || silent || aborted_) co_return;
  ++core_->counters.refused;
  Traffic traffic;
  proto::RequestHead head;
  head.keep_alive = false;
  auto response = error_response(nullptr, error);
  ResponseWriter writer(*core_, *stream_, head, traffic);
  bool keep = false;
  bool sent = writer.try_write_at_once(response, keep);
  if (!sent) sent = co_await writer.write(response);
  if (sent) co_await linger();
}

Task<void> Connection::linger() {
  auto& loop = core_->env.loop;
  phase_ = Phase::ending;
  stream_->shutdown_write();
  Monotonic deadline = loop.now() + linger_us;
  size_t dropped = 0;
  while (dropped < linger_bytes) {
    auto ready = co_await stream_->readable(deadline);
    if (!ready) co_return;
    auto count = stream_->try_read(core_->scratch());
    if (!count) co_return;
    dropped += *count;
  }
}

Task<void> Connection::upgrade(std::unique_ptr<Exchange> exchange, Response response) {
  ResponseWriter writer(*core_, *stream_, exchange->head, exchange->traffic);
  auto extension = WebSocketPeer::negotiate(exchange->head);
  response.status = 101;
  response.set("Upgrade", "websocket");
  response.set("Sec-WebSocket-Accept", WebSocketPeer::accept_value(exchange->head));
  if (extension) response.set("Sec-WebSocket-Extensions", *extension);
  auto handler = std::move(response.upgrade);
  bool keep = true;
  bool sent = writer.try_write_at_once(response, keep);
  if (!sent) sent = co_await writer.write(response);
  if (!sent || aborted_) co_return abort();
  auto peer = std::make_shared<WebSocketPeer>(core_, std::move(stream_), std::move(pending_),
                                              extension.has_value(), exchange->request, exchange->traffic);
  core_->give_back(std::move(exchange));
  peer->start(std::move(handler));
}

}  // namespace parvis::http
