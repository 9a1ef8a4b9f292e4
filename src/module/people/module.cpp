#include "module/people/module.h"

#include "module/people/live.h"
#include "module/people/routes.h"

namespace parvis {
namespace {

class PeopleModule final : public Module {
 public:
  explicit PeopleModule(Context& context) : live_(context) {
    add_session_routes(context);
    add_me_routes(context);
    add_directory_routes(context);
    add_daily_routes(context);
    context.router.add("GET", "/api/v1/live", {.tool = "interface"},
                       [this](http::Request& request) { return live_.open(request); });
  }
  std::string_view name() const override { return "people"; }
  Task<Result<void>> start() override { co_return Result<void>(); }
  void release_waiting() override {
    constexpr uint16_t service_restart = 1012;
    live_.close_all(service_restart, "restarting");
  }
  Task<void> drain(Monotonic) override { co_return; }

 private:
  Live live_;
};

}  // namespace

std::unique_ptr<Module> make_people_module(Context& context) {
  return std::make_unique<PeopleModule>(context);
}

}  // namespace parvis
