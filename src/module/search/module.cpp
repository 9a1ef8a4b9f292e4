#include "module/search/module.h"

#include "module/search/routes.h"

namespace parvis {
namespace {

class SearchModule final : public Module {
 public:
  SearchModule(Context& context, Conversations& conversations) { add_search_routes(context, conversations); }
  std::string_view name() const override { return "search"; }
  Task<Result<void>> start() override { co_return Result<void>(); }
  Task<void> drain(Monotonic) override { co_return; }
};

}  // namespace

std::unique_ptr<Module> make_search_module(Context& context, Conversations& conversations) {
  return std::make_unique<SearchModule>(context, conversations);
}

}  // namespace parvis
