#include "core/http/server.h"

#include <algorithm>

#include "core/http/connection.h"
#include "core/http/server_core.h"
#include "platform/log.h"

namespace parvis::http {
namespace {

class HttpServer final : public Server {
 public:
  HttpServer(Env& env, Application& application, ServerLimits limits, std::vector<proto::IpNetwork> trusted)
      : core_(std::make_shared<ServerCore>(env, application, limits, std::move(trusted))) {}

  Task<void> serve(std::unique_ptr<Listener> listener) override;
  Task<void> stop(Monotonic deadline) override;
  Counters counters() const override { return core_->counters; }

 private:
  static void turn_away(ServerCore& core, Stream& stream);
  std::shared_ptr<ServerCore> core_;
  std::vector<Listener*> listeners_;
};

/// Says "too busy" if that can be said at once; a flood gets no coroutine.
void HttpServer::turn_away(ServerCore& core, Stream& stream) {
  ++core.counters.refused;
  if (stream.encrypted()) return;
  constexpr std::string_view text =
      "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
  iovec part{const_cast<char*>(text.data()), text.size()};
  (void)stream.try_write({&part, 1});
  stream.shutdown_write();
}

Task<void> HttpServer::serve(std::unique_ptr<Listener> listener) {
  auto core = core_;
  listeners_.push_back(listener.get());
  while (!core->stopping) {
    auto stream = co_await listener->accept();
    if (!stream) break;
    if (!core->enter((*stream)->peer())) {
      turn_away(*core, **stream);
      continue;
    }
    spawn(Connection::run(core, std::move(*stream)));
  }
  std::erase(listeners_, listener.get());
}

Task<void> HttpServer::stop(Monotonic deadline) {
  auto core = core_;
  core->stopping = true;
  for (auto* listener : listeners_) listener->close();
  core->peers.for_each([](Peer& peer) { peer.retire(); });
  while (core->peers.size() > 0) {
    if (!co_await core->peer_left.wait(core->env.loop, deadline)) break;
  }
  if (core->peers.size() == 0) co_return;
  log_event(Level::warning, "http.stop_cut", {{"connections", core->peers.size()}});
  core->peers.for_each([](Peer& peer) { peer.abort(); });
  // What waits on its stream ends within a turn or two; a handler that waits on something else is left to
  // itself.
  Monotonic last = core->env.loop.now() + seconds_us(1);
  while (core->peers.size() > 0) {
    if (!co_await core->peer_left.wait(core->env.loop, last)) break;
  }
}

}  // namespace

std::unique_ptr<Server> make_server(Env& env, Application& application, ServerLimits limits,
                                    TrustedProxies proxies) {
  auto trusted = proto::parse_networks(proxies.networks);
  if (!trusted) {
    log_event(Level::error, "http.trusted_proxies", {{"error", trusted.error().detail}});
    trusted = std::vector<proto::IpNetwork>{};  // believing nobody is the safe reading of a typo
  }
  return std::make_unique<HttpServer>(env, application, limits, std::move(*trusted));
}

}  // namespace parvis::http
