#include "module/spaces/module.h"

#include "module/spaces/routes.h"

namespace parvis {
namespace {

class SpacesModule final : public Module {
 public:
  explicit SpacesModule(Context& context) : service_(context) {
    add_space_routes(context, service_);
    add_member_routes(context, service_);
    add_home_routes(context);
  }
  std::string_view name() const override { return "spaces"; }
  Task<Result<void>> start() override { co_return Result<void>(); }
  Task<void> drain(Monotonic) override { co_return; }

 private:
  SpacesService service_;
};

}  // namespace

std::unique_ptr<Module> make_spaces_module(Context& context) {
  return std::make_unique<SpacesModule>(context);
}

}  // namespace parvis
