#include "module/files/module.h"

#include "core/periodic.h"
#include "module/files/routes.h"
#include "platform/log.h"

namespace parvis {
namespace {

constexpr int64_t purge_every_us = seconds_us(3'600);

class FilesModuleImpl final : public FilesModule {
 public:
  explicit FilesModuleImpl(Context& context)
      : service_(context), purge_(context.env.loop, purge_every_us, [this] { spawn(purge()); }) {
    add_file_routes(context, service_);
  }
  std::string_view name() const override { return "files"; }
  Task<Result<void>> start() override { co_return Result<void>(); }
  Task<void> drain(Monotonic) override { co_return; }
  Files& files() override { return service_; }

 private:
  Task<void> purge() {
    auto removed = co_await service_.purge();
    if (!removed) log_event(Level::warning, "files.purge_failed", {{"reason", removed.error().reason->id}});
  }

  FilesService service_;
  Periodic purge_;
};

}  // namespace

std::unique_ptr<FilesModule> make_files_module(Context& context) {
  return std::make_unique<FilesModuleImpl>(context);
}

}  // namespace parvis
