#include "module/admin/module.h"

#include "module/admin/routes.h"

namespace parvis {
namespace {

class AdminModule final : public Module {
 public:
  explicit AdminModule(Context& context) {
    add_admin_people_routes(context);
    add_admin_house_routes(context);
  }
  std::string_view name() const override { return "admin"; }
  Task<Result<void>> start() override { co_return Result<void>(); }
  Task<void> drain(Monotonic) override { co_return; }
};

}  // namespace

std::unique_ptr<Module> make_admin_module(Context& context) { return std::make_unique<AdminModule>(context); }

}  // namespace parvis
