#include <signal.h>
#include <sys/random.h>
#include <time.h>

#include <cerrno>

#include "platform/env.h"
#include "platform/log.h"
#include "platform/system_fs.h"
#include "platform/tcp.h"
#include "platform/thread_pool.h"
#include "platform/tls.h"

namespace parvis {

namespace {

constexpr size_t disk_threads = 2;
constexpr size_t disk_waiting = 1024;
constexpr size_t cpu_threads = 1;
constexpr size_t cpu_waiting = 16;

class SystemClock final : public Clock {
 public:
  Instant now() override {
    timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    return {time.tv_sec * 1'000 + time.tv_nsec / 1'000'000};
  }
};

class SystemRandom final : public Random {
 public:
  void fill(std::span<uint8_t> out) override {
    while (!out.empty()) {
      ssize_t count = ::getrandom(out.data(), out.size(), 0);
      CHECK(count > 0 || errno == EINTR);
      if (count > 0) out = out.subspan(static_cast<size_t>(count));
    }
  }
};

class SystemNet final : public Net {
 public:
  explicit SystemNet(EpollLoop& loop) : loop_(loop) {}

  Result<std::unique_ptr<Listener>> listen(const Address& address) override {
    return listen_tcp(loop_, address,
                      [](EpollLoop& loop, int descriptor, Address peer,
                         std::shared_ptr<const Diversion> diversion) -> std::unique_ptr<Stream> {
                        auto stream = std::make_unique<TcpStream>(loop, descriptor, std::move(peer),
                                                                  std::move(diversion));
                        if (!stream->socket().registered()) return nullptr;
                        return stream;
                      });
  }
  Result<std::unique_ptr<TlsContext>> load_tls(const TlsFiles& files) override {
    return make_tls_context(files);
  }
  Result<std::unique_ptr<Listener>> listen_tls(const Address& address, TlsContext& context) override {
    return listen_tls_streams(loop_, address, context);
  }
  Task<Result<std::unique_ptr<Stream>>> connect(Address address, Monotonic deadline) override {
    return connect_tcp(loop_, std::move(address), deadline);
  }

 private:
  EpollLoop& loop_;
};

struct SystemParts {
  EpollLoop loop;
  SystemClock clock;
  SystemRandom random;
  SystemNet net{loop};
  SystemFs fs;
  ThreadPool disk{loop, disk_threads, disk_waiting};
  ThreadPool cpu{loop, cpu_threads, cpu_waiting};
};

struct SystemEnv : SystemParts, Env {
  SystemEnv()
      : Env{.loop = SystemParts::loop,
            .clock = SystemParts::clock,
            .random = SystemParts::random,
            .net = SystemParts::net,
            .fs = SystemParts::fs,
            .disk = SystemParts::disk,
            .cpu = SystemParts::cpu} {}
};

}  // namespace

std::unique_ptr<Env, void (*)(Env*)> make_system_env() {
  ::signal(SIGPIPE, SIG_IGN);  // a peer that left is an error of write(), not the end of the process
  return {new SystemEnv, [](Env* env) { delete static_cast<SystemEnv*>(env); }};
}

}  // namespace parvis
