#include <fmt/format.h>

#include <algorithm>
#include <csignal>

#include "core/periodic.h"
#include "main/commands.h"
#include "main/demo.h"
#include "main/first_start.h"
#include "main/house.h"
#include "platform/host.h"
#include "platform/log.h"
#include "platform/process_signals.h"
#include "platform/run_task.h"
#include "platform/signal.h"

namespace parvis {
namespace {

constexpr int64_t stop_timeout_us = seconds_us(10);
constexpr int64_t memory_check_us = seconds_us(5);
constexpr size_t memory_growth_worth_a_look = 4 << 20;  // bytes

class Serving {
 public:
  Serving(Env& env, Options options) : env_(env), options_(std::move(options)) {}

  Task<Result<void>> run() {
    house_ = CO_TRY(co_await House::open(env_, options_));
    CO_TRY(co_await welcome());
    ProcessSignals signals(env_);
    signals.on(SIGTERM, [this] { stop(); });
    signals.on(SIGINT, [this] { stop(); });
    signals.on(SIGHUP, [this] { reload(); });
    server_ = http::make_server(env_, house_->application(), {}, {options_.trusted_proxies});
    auto listener = CO_TRY(listen());
    if (auto media = house_->media_diversion()) divert(*listener, std::move(*media));
    fmt::print("{}  {}\n{}", options_.instance_name, options_.public_url, how_to_sign_in_);
    std::fflush(stdout);
    log_event(Level::info, "serving", {{"listen", listener->address().text()}, {"url", options_.public_url}});
    Periodic memory(env_.loop, memory_check_us, [this] { keep_memory_small(); });
    co_await server_->serve(std::move(listener));
    while (!stopped_) co_await stopped_signal_.wait(env_.loop);
    co_return Result<void>();
  }

 private:
  Result<std::unique_ptr<Listener>> listen() {
    auto at = TRY(parse_host_port(options_.listen));
    if (options_.tls_cert.empty()) return env_.net.listen({at.host, at.port});
    tls_ = TRY(env_.net.load_tls({options_.tls_cert, options_.tls_key}));
    return env_.net.listen_tls({at.host, at.port}, *tls_);
  }

  /// Makes an empty instance enterable, and says how.
  Task<Result<void>> welcome() {
    auto& context = house_->context();
    if (options_.demo && context.people.count() == 0) {
      auto demo = CO_TRY(co_await fill_demo(*house_));
      how_to_sign_in_ = fmt::format(
          "Démonstration — mot de passe de tous les comptes : {}\n"
          "  {}  (administratrice)\n  {}\n  {}  (externe)\n",
          demo.password, demo.administrator, demo.agent, demo.external);
      co_return Result<void>();
    }
    auto account = CO_TRY(co_await create_first_administrator(context));
    if (account) {
      how_to_sign_in_ = fmt::format(
          "Première connexion / first sign-in (affiché une seule fois / shown once)\n"
          "  adresse       {}\n  mot de passe  {}\n",
          account->email, account->password);
    }
    co_return Result<void>();
  }

  /// A rush of first loads leaves the heap full of holes that the allocator would keep for ever. Looking
  /// costs one small read; giving back walks the heap, so it is done only after growth.
  void keep_memory_small() {
    auto resident = resident_bytes();
    if (resident < resident_after_return_ + memory_growth_worth_a_look) {
      resident_after_return_ = std::min(resident, resident_after_return_);
      return;
    }
    return_free_memory();
    resident_after_return_ = resident_bytes();
  }

  void reload() {
    if (!tls_) return;
    auto reloaded = tls_->reload();
    if (!reloaded) log_event(Level::error, "tls.reload_failed", {{"detail", reloaded.error().detail}});
  }

  void stop() {
    if (stopping_) return;
    stopping_ = true;
    log_event(Level::info, "stopping");
    spawn(stop_all());
  }

  Task<void> stop_all() {
    Monotonic deadline = env_.loop.now() + stop_timeout_us;
    house_->release_waiting();
    co_await server_->stop(deadline);
    co_await house_->close(deadline);
    log_event(Level::info, "stopped");
    stopped_ = true;
    stopped_signal_.notify_all();
  }

  Env& env_;
  Options options_;
  std::unique_ptr<TlsContext> tls_;
  std::unique_ptr<House> house_;
  std::unique_ptr<http::Server> server_;
  std::string how_to_sign_in_;
  size_t resident_after_return_ = 0;
  bool stopping_ = false, stopped_ = false;
  Signal stopped_signal_;
};

}  // namespace

int run_serve(const Options& options) {
  raise_descriptor_limit();
  auto env = make_system_env();
  Serving serving(*env, options);
  auto served = run_task(env->loop, serving.run());
  return served ? 0 : refuse(served.error());
}

}  // namespace parvis
