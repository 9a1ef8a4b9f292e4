#include "module/network/module.h"

#include "module/network/routes.h"

namespace parvis {
namespace {

class NetworkModule final : public Module {
 public:
  NetworkModule(Context& context, NetworkPolicy& policy) {
    add_policy_routes(context, policy);
    add_own_routes(context, policy);
  }
  std::string_view name() const override { return "network"; }
  Task<Result<void>> start() override { co_return Result<void>(); }
  Task<void> drain(Monotonic) override { co_return; }
};

}  // namespace

std::unique_ptr<Module> make_network_module(Context& context, NetworkPolicy& policy) {
  return std::make_unique<NetworkModule>(context, policy);
}

}  // namespace parvis
