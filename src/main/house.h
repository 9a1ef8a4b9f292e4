#pragma once
// The whole house, put together once per process. wiring.cpp is the only file that knows every module.
#include <memory>
#include <optional>
#include <vector>

#include "core/application.h"
#include "core/audit/audit.h"
#include "core/context.h"
#include "core/http/static_files.h"
#include "core/mailer.h"
#include "core/meter.h"
#include "core/network_policy/network_policy.h"
#include "core/notifications.h"
#include "main/options.h"
#include "platform/diversion.h"
#include "platform/host.h"
#include "store/blobs.h"
#include "store/jobs.h"
#include "store/outbox.h"
#include "store/search_index.h"

namespace parvis {

struct MeetingsModule;

class House {
 public:
  /// Locks the data, opens and migrates the database, loads what lives in memory, starts every module.
  static Task<Result<std::unique_ptr<House>>> open(Env& env, Options options);
  ~House();

  Context& context() { return *context_; }
  HouseApplication& application() { return *application_; }
  const Options& options() const { return options_; }

  /// Media that come over TCP to the web's port, when they do: for its listener.
  std::optional<Diversion> media_diversion();
  /// Long polls are answered and sockets closed, so that connections can finish; before the server stops.
  void release_waiting();
  /// Modules write what they hold; counters are written; the database is closed.
  Task<void> close(Monotonic deadline);

 private:
  House(Env& env, Options options);
  Task<Result<void>> open_parts();
  Task<Result<void>> keep_server_name();
  void make_modules();
  Result<void> make_application();
  void add_health_route();

  Env& env_;
  Options options_;
  Configuration configuration_;
  Events events_;
  http::Router router_;
  std::unique_ptr<LockFile> lock_;
  std::unique_ptr<store::Database> database_;
  std::unique_ptr<store::Blobs> blobs_;
  std::unique_ptr<store::SearchIndex> search_;
  std::unique_ptr<store::Jobs> jobs_;
  std::unique_ptr<store::Outbox> outbox_;
  std::unique_ptr<People> people_;
  std::unique_ptr<Notifications> notifications_;
  std::unique_ptr<Mailer> mailer_;
  std::unique_ptr<Spaces> spaces_;
  std::unique_ptr<Sessions> sessions_;
  std::unique_ptr<Access> access_;
  std::unique_ptr<Meter> meter_;
  std::unique_ptr<Audit> audit_;
  std::unique_ptr<NetworkPolicy> network_policy_;
  std::unique_ptr<http::StaticFiles> web_;
  std::unique_ptr<Context> context_;
  std::vector<std::unique_ptr<Module>> modules_;  // in the order of their start
  MeetingsModule* meetings_ = nullptr;
  std::unique_ptr<HouseApplication> application_;
};

}  // namespace parvis
