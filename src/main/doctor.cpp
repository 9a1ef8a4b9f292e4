#include <fmt/format.h>

#include "main/commands.h"
#include "main/house.h"
#include "platform/run_task.h"

namespace parvis {
namespace {

constexpr uint64_t low_disk_bytes = uint64_t{1} << 30;

class Report {
 public:
  void line(bool good, std::string_view what, std::string_view detail) {
    fmt::print("{}  {:<18} {}\n", good ? "ok " : "BAD", what, detail);
    bad_ = bad_ || !good;
  }
  bool bad() const { return bad_; }

 private:
  bool bad_ = false;
};

Task<bool> examine(Env& env, Options options) {
  Report report;
  report.line(true, "address", options.public_url);
  report.line(true, "server name", options.server_name);
  auto opened = co_await House::open(env, options);
  if (!opened) {
    report.line(false, "database", std::string(opened.error().reason->en) + " " + opened.error().detail);
    co_return true;
  }
  auto house = std::move(*opened);
  auto& context = house->context();
  report.line(true, "database",
              fmt::format("{}, {} people, {} spaces, {} sessions", context.database.engine(),
                          context.people.count(), context.spaces.all().size(), context.sessions.count()));
  auto free = env.fs.free_bytes(options.data);
  report.line(free && *free >= low_disk_bytes, "disk",
              free ? fmt::format("{} MB free in {}", *free >> 20, options.data) : "cannot be measured");
  auto broken = co_await context.audit.first_broken();
  if (!broken) {
    report.line(false, "audit trail", "cannot be read");
  } else {
    report.line(!*broken, "audit trail",
                *broken ? fmt::format("altered at position {}", **broken) : std::string("whole"));
  }
  if (!options.tls_cert.empty()) {
    auto tls = env.net.load_tls({options.tls_cert, options.tls_key});
    report.line(tls.has_value(), "certificate", tls ? options.tls_cert : tls.error().detail);
  }
  co_await house->close(env.loop.now() + seconds_us(5));
  co_return report.bad();
}

}  // namespace

int run_doctor(const Options& options) {
  auto env = make_system_env();
  return run_task(env->loop, examine(*env, options)) ? 1 : 0;
}

}  // namespace parvis
