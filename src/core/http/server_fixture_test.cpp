// The bodies of server_fixture.h (named *_test.cpp so that they stay out of the library).
#include "core/http/server_fixture.h"

#include "core/http/status.h"
#include "proto/ascii.h"
#include "proto/http1_chunked.h"

namespace parvis::http {
namespace {

constexpr int64_t patience_us = seconds_us(200);

Task<Result<Response>> plain(Request&) { co_return Response::text("Bonjour"); }

Task<Result<Response>> who(Request& request) {
  co_return Response::text(request.peer.host + " " + (request.secure ? "secure" : "clear") + " " +
                           request.host + " " + std::string(request.path));
}

Task<Result<Response>> echo(Request& request) {
  auto text = CO_TRY(co_await request.read_text(TestApplication::max_body));
  co_return Response::text(std::move(text));
}

Task<Result<Response>> pieces(Request&) {
  Response response = Response::text("start;");
  auto piece = std::make_shared<const std::string>(10'000, 'p');
  for (int i = 0; i < 40; ++i) response.pieces.push_back(piece);
  co_return response;
}

Task<Result<Response>> stream_body(Request& request) {
  Response response = Response::text("start;");
  bool breaks = request.query == "break";
  response.generator = [step = 0, breaks]() mutable -> Task<Result<std::string>> {
    return [](int at, bool fails) -> Task<Result<std::string>> {
      if (fails && at == 2) co_return fail(reasons::corrupt);
      co_return at < 3 ? std::string(30'000, static_cast<char>('a' + at)) : std::string();
    }(step++, breaks);
  };
  co_return response;
}

Task<void> echo_messages(TestApplication& app, std::unique_ptr<WebSocket> socket) {
  ++app.websockets;
  while (true) {
    auto message = co_await socket->receive();
    if (!message) {
      app.websocket_end = message.error().reason->id;
      break;
    }
    if (message->data == "close please") {
      socket->close(4000, "à vos ordres");
      continue;
    }
    if (message->data == "flood") {
      auto block = std::make_shared<const std::string>(100'000, 'f');
      while (socket->send(block, true)) {
      }
      continue;
    }
    socket->send(std::make_shared<const std::string>(std::move(message->data)), message->binary);
  }
  --app.websockets;
}

/// One message at most, for the reader of heads.
Task<Result<size_t>> read_some(Env& env, Stream& stream, std::string& into) {
  while (true) {
    CO_TRY(co_await stream.readable(env.loop.now() + patience_us));
    std::array<uint8_t, 4096> buffer;
    size_t count = CO_TRY(stream.try_read(buffer));
    into.append(as_text(std::span(buffer).first(count)));
    if (count) co_return count;
  }
}

struct Reply {
  std::string status;
  std::string body;
  bool whole = false;
};
/// Takes one response off the front.
Reply take_reply(std::string_view& rest) {
  Reply out;
  size_t end = rest.find("\r\n\r\n");
  if (end == std::string_view::npos || !rest.starts_with("HTTP/1.1 ")) return rest = {}, out;
  out.status = rest.substr(9, 3);
  std::string head(rest.substr(0, end + 2));
  rest.remove_prefix(end + 4);
  if (out.status == "100" || out.status == "304" || out.status == "204") return out.whole = true, out;
  if (size_t at = head.find("Content-Length: "); at != std::string::npos) {
    auto size = static_cast<size_t>(std::stoull(head.substr(at + 16)));
    out.whole = rest.size() >= size;
    out.body = rest.substr(0, size);
    rest.remove_prefix(std::min(size, rest.size()));
  } else if (head.find("Transfer-Encoding: chunked") != std::string::npos) {
    proto::ChunkedDecoder decoder;
    out.body.resize(rest.size());
    auto progress =
        decoder.decode(as_bytes(rest), {reinterpret_cast<uint8_t*>(out.body.data()), out.body.size()});
    out.body.resize(progress ? progress->produced : 0);
    out.whole = progress && progress->done;
    rest.remove_prefix(progress ? progress->consumed : rest.size());
  } else {
    out.body = rest;
    rest = {};
    out.whole = true;
  }
  return out;
}

}  // namespace

TestApplication::TestApplication(Env& environment) : env(environment) {
  router.add("GET", "/plain", {}, plain);
  router.add("GET", "/who/{rest...}", {}, who);
  router.add("POST", "/echo", {}, echo);
  router.add("POST", "/ignore", {}, plain);
  router.add("GET", "/pieces", {}, pieces);
  router.add("GET", "/stream", {}, stream_body);
  router.add("PROPFIND", "/dav/{rest...}", {}, echo);
  router.add("GET", "/file", {}, [this](Request&) -> Task<Result<Response>> {
    return [](TestApplication& app) -> Task<Result<Response>> {
      Response response;
      response.file = FileBody{app.file, 10, CO_TRY(app.file->size()) - 10};
      co_return response;
    }(*this);
  });
  router.add("GET", "/slow", {}, [this](Request&) -> Task<Result<Response>> {
    return [](Env& world) -> Task<Result<Response>> {
      co_await world.loop.sleep_for_us(seconds_us(5));
      co_return Response::text("enfin");
    }(env);
  });
  router.add("GET", "/ws", {}, [this](Request&) -> Task<Result<Response>> {
    return [](TestApplication& app) -> Task<Result<Response>> {
      Response response;
      response.upgrade = [&app](std::unique_ptr<WebSocket> socket) {
        return echo_messages(app, std::move(socket));
      };
      co_return response;
    }(*this);
  });
}

Task<Response> TestApplication::handle(Request& request) {
  ++running;
  bool known_path = false;
  auto* route = router.match(request.method, request, known_path);
  auto response = route
                      ? co_await route->handler(request)
                      : Result<Response>(fail(known_path ? reasons::method_not_allowed : reasons::not_found));
  --running;
  if (response) co_return std::move(*response);
  auto refusal = error(&request, response.error());
  if (known_path && !route) {
    for (const auto& method : router.methods_for(request)) refusal.add("Allow", method);
  }
  co_return refusal;
}

void TestApplication::account(const Request& request, const Traffic& traffic) {
  accounts.push_back(std::string(request.method) + " " + std::string(request.path));
  total.bytes_in += traffic.bytes_in;
  total.bytes_out += traffic.bytes_out;
}

Response TestApplication::error(const Request*, const Error& error) {
  return Response::text(std::string(error.reason->id), status_of(error));
}

Task<std::string> talk(Env& env, Address address, std::string wire, size_t step, int64_t pause_us) {
  std::string received;
  auto stream = co_await env.net.connect(address, env.loop.now() + patience_us);
  if (!stream) co_return received;
  for (std::string_view rest = wire; !rest.empty();) {
    auto piece = rest.substr(0, step);
    rest.remove_prefix(piece.size());
    // A server that has heard enough may close while we still talk: what it said is read all the same.
    if (!co_await (*stream)->write_all(piece, env.loop, patience_us)) break;
    if (!pause_us) continue;
    co_await env.loop.sleep_for_us(pause_us);
    // Read between the pieces too: an answer left unread would be lost to the reset that late bytes cause.
    std::array<uint8_t, 4096> buffer;
    auto count = (*stream)->try_read(buffer);
    if (count) received.append(as_text(std::span(buffer).first(*count)));
    if (!count) co_return received;
  }
  while (co_await read_some(env, **stream, received)) {
  }
  co_return received;
}

std::string statuses(std::string_view received) {
  std::string out;
  while (!received.empty()) {
    auto reply = take_reply(received);
    if (!out.empty()) out += " ";
    out += reply.status + (reply.whole ? "" : "?");
  }
  return out;
}

std::string body_of(std::string_view received) { return take_reply(received).body; }

Task<std::unique_ptr<TestSocket>> TestSocket::open(Env& env, Address address, std::string extra_headers) {
  std::unique_ptr<TestSocket> socket(new TestSocket(env));
  auto stream = co_await env.net.connect(address, env.loop.now() + patience_us);
  if (!stream) co_return nullptr;
  socket->stream_ = std::move(*stream);
  auto request =
      "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
      extra_headers + "\r\n";
  if (!co_await socket->send(request)) co_return nullptr;
  size_t end;
  while ((end = socket->received_.find("\r\n\r\n")) == std::string::npos) {
    if (!co_await read_some(env, *socket->stream_, socket->received_)) co_return nullptr;
  }
  socket->head = socket->received_.substr(0, end);
  socket->received_.erase(0, end + 4);
  if (!socket->head.starts_with("HTTP/1.1 101 ")) co_return nullptr;
  co_return socket;
}

Task<Result<void>> TestSocket::send(std::string bytes) {
  co_return co_await stream_->write_all(bytes, env_.loop, patience_us);
}

Task<Result<proto::WebSocketEvent>> TestSocket::next() {
  while (true) {
    auto bytes = as_bytes(received_);
    auto event = decoder_.next(bytes);
    received_.erase(0, received_.size() - bytes.size());
    if (!event) co_return fail(reasons::malformed, "server frame");
    if (event->kind != proto::WebSocketEvent::Kind::need_more) co_return std::move(*event);
    CO_TRY(co_await read_some(env_, *stream_, received_));
  }
}

}  // namespace parvis::http
