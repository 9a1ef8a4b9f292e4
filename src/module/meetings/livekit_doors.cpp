#include "module/meetings/routes.h"

namespace parvis {
namespace {

using http::Request;
using http::Response;

constexpr uint16_t normal_close = 1000, too_slow_close = 1013;

/// A participant's socket. A client that does not read is let go: it comes back and resumes.
class SocketConnection final : public livekit::Connection {
 public:
  explicit SocketConnection(http::WebSocket& socket) : socket_(&socket) {}
  void send(ByteView frame) override {
    if (!closed_ && !socket_->send(as_text(frame), true)) close_with(too_slow_close, "too slow");
  }
  void close(std::string_view reason) override { close_with(normal_close, reason); }

 private:
  void close_with(uint16_t code, std::string_view reason) {
    if (closed_) return;
    closed_ = true;
    socket_->close(code, reason);
  }
  http::WebSocket* socket_;
  bool closed_ = false;
};

livekit::JoinQuery query_of(const Request& request, bool single) {
  livekit::JoinQuery out;
  out.single_connection = single;
  if (single) {
    out.join_request = request.query_value("join_request").value_or("");
    return out;
  }
  for (const char* name :
       {"auto_subscribe", "reconnect", "sid", "protocol", "client_protocol", "version", "browser", "os"}) {
    if (auto value = request.query_value(name)) out.parameters[name] = std::move(*value);
  }
  return out;
}

std::string token_of(const Request& request) {
  if (auto token = request.query_value("access_token")) return std::move(*token);
  return bearer_token(request);
}

Task<void> serve(Loop& loop, Meetings& meetings, livekit::JoinQuery query, livekit::Grant grant,
                 std::unique_ptr<http::WebSocket> socket) {
  SocketConnection connection(*socket);
  meetings.seat(grant);
  auto session = meetings.server().join(query, grant, connection);
  while (true) {
    auto message = co_await socket->receive();
    if (!message) break;
    session->receive(as_bytes(message->data));
    // Who asks for too much is read later, and loses nothing.
    if (int64_t pause_us = session->pause_us()) co_await loop.sleep_for_us(pause_us);
  }
}

Task<Result<Response>> open(Loop& loop, Meetings& meetings, Request& request, bool single) {
  auto query = query_of(request, single);
  auto grant = CO_TRY(co_await meetings.admit(token_of(request), request.peer.host));
  CO_TRY(meetings.server().check(query, grant));
  Response response;
  response.upgrade = [&loop, &meetings, query = std::move(query),
                      grant = std::move(grant)](auto socket) mutable {
    return serve(loop, meetings, std::move(query), std::move(grant), std::move(socket));
  };
  co_return response;
}

/// A client asks here why its socket failed, and shows people what it is told.
Task<Result<Response>> validate(Loop&, Meetings& meetings, Request& request, bool single) {
  auto query = query_of(request, single);
  auto grant = CO_TRY(co_await meetings.admit(token_of(request), request.peer.host));
  CO_TRY(meetings.server().check(query, grant));
  co_return Response::text("success");
}

}  // namespace

std::string bearer_token(const Request& request) {
  constexpr std::string_view bearer = "Bearer ";
  auto header = request.header("Authorization");
  return std::string(header.starts_with(bearer) ? header.substr(bearer.size()) : std::string_view());
}

void add_livekit_doors(Context& context, Meetings& meetings) {
  auto add = [&](std::string_view pattern, bool single, auto handler) {
    context.router.add("GET", pattern,
                       {.access = http::Access::anonymous,
                        .tool = "reunions",
                        .cost = 5,
                        .cross_origin = true,
                        .door = "text"},
                       [&loop = context.env.loop, &meetings, single, handler](Request& request) {
                         return handler(loop, meetings, request, single);
                       });
  };
  add("/rtc", false, open);
  add("/rtc/v1", true, open);
  add("/rtc/validate", false, validate);
  add("/rtc/v1/validate", true, validate);
}

}  // namespace parvis
