// The HTTP server alone, with routes to measure: GET /plain, GET /json, POST /echo, GET /ws (echoes), GET
// /hold (answers after a minute: an idle long poll).
//   bench_http_server <port> [<tls port> <certificate.pem> <key.pem>]
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "core/http/router.h"
#include "core/http/server.h"
#include "platform/env.h"

using namespace parvis;
using namespace parvis::http;

namespace {

Env* environment = nullptr;

Task<Result<Response>> plain(Request&) { co_return Response::text("Bonjour"); }

Task<Result<Response>> make_json(Request& request) {
  std::string body;
  json::Writer writer(body);
  writer.begin_object().field("path", request.path).key("members").begin_array();
  for (const char* name : {"Camille", "Dominique", "Sacha"}) {
    writer.begin_object()
        .field("name", name)
        .field("role", "contributeur")
        .field("present", true)
        .end_object();
  }
  writer.end_array().end_object();
  co_return Response::json(std::move(body));
}

Task<Result<Response>> echo(Request& request) {
  auto text = CO_TRY(co_await request.read_text(1 << 20));
  co_return Response::text(std::move(text));
}

Task<void> echo_messages(std::unique_ptr<WebSocket> socket) {
  while (true) {
    auto message = co_await socket->receive();
    if (!message) co_return;
    socket->send(message->data, message->binary);
  }
}

Task<Result<Response>> websocket(Request&) {
  Response response;
  response.upgrade = echo_messages;
  co_return response;
}

Task<Result<Response>> hold(Request&) {
  co_await environment->loop.sleep_for_us(seconds_us(60));
  co_return Response::empty();
}

class BenchApplication final : public Application {
 public:
  BenchApplication() {
    router_.add("GET", "/plain", {}, plain);
    router_.add("GET", "/json", {}, make_json);
    router_.add("POST", "/echo", {}, echo);
    router_.add("GET", "/ws", {}, websocket);
    router_.add("GET", "/hold", {}, hold);
  }
  Task<Response> handle(Request& request) override {
    bool known_path = false;
    auto* route = router_.match(request.method, request, known_path);
    if (!route) co_return Response::text("", known_path ? 405 : 404);
    auto response = co_await route->handler(request);
    if (!response) co_return error(&request, response.error());
    co_return std::move(*response);
  }
  uint64_t max_body_bytes(const Request&) override { return 1 << 20; }
  void account(const Request&, const Traffic&) override {}
  Response error(const Request*, const Error& error) override {
    return Response::text(std::string(error.reason->en) + "\n", 500);
  }

 private:
  Router router_;
};

Task<void> serve_until_signal(Env& env, Server& server) {
  static volatile std::sig_atomic_t signalled = 0;
  std::signal(SIGTERM, [](int) { signalled = 1; });
  std::signal(SIGINT, [](int) { signalled = 1; });
  while (!signalled) co_await env.loop.sleep_for_us(millis_us(200));
  co_await server.stop(env.loop.now() + seconds_us(5));
  env.loop.stop();
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2 && count != 5) {
    std::fprintf(stderr, "usage: bench_http_server <port> [<tls port> <certificate> <key>]\n");
    return 2;
  }
  auto env = make_system_env();
  environment = env.get();
  BenchApplication application;
  ServerLimits limits;
  limits.max_connections_per_peer = limits.max_connections;
  auto server = make_server(*env, application, limits, {});
  auto port = [&](int index) { return static_cast<uint16_t>(std::atoi(arguments[index])); };
  auto listener = env->net.listen({"127.0.0.1", port(1)});
  if (!listener) return std::fprintf(stderr, "%s\n", listener.error().detail.c_str()), 1;
  spawn(server->serve(std::move(*listener)));
  std::unique_ptr<TlsContext> context;
  if (count == 5) {
    auto loaded = env->net.load_tls({arguments[3], arguments[4]});
    if (!loaded) return std::fprintf(stderr, "%s\n", loaded.error().detail.c_str()), 1;
    context = std::move(*loaded);
    auto secure = env->net.listen_tls({"127.0.0.1", port(2)}, *context);
    if (!secure) return std::fprintf(stderr, "%s\n", secure.error().detail.c_str()), 1;
    spawn(server->serve(std::move(*secure)));
  }
  spawn(serve_until_signal(*env, *server));
  env->loop.run();
  return 0;
}
