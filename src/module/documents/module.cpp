#include "module/documents/module.h"

#include "module/documents/doors.h"
#include "module/documents/exchange.h"
#include "module/documents/reading_routes.h"
#include "module/documents/routes.h"
#include "module/documents/threads.h"
#include "module/documents/versions.h"

namespace parvis {
namespace {

class DocumentsModuleImpl final : public DocumentsModule {
 public:
  explicit DocumentsModuleImpl(Context& context)
      : relay_(context),
        service_(context, relay_),
        threads_(context, service_),
        exchange_(context, service_),
        versions_(context, service_, relay_) {
    add_document_routes(context, service_);
    add_reading_routes(context, service_, relay_, versions_);
    add_thread_routes(context, threads_);
    add_exchange_routes(context, service_, relay_, versions_, exchange_);
    add_version_routes(context, service_, versions_);
    add_socket_doors(context, service_, relay_);
    add_http_door(context, service_, relay_);
  }
  std::string_view name() const override { return "documents"; }
  Task<Result<void>> start() override { co_return Result<void>(); }
  void release_waiting() override { relay_.release_waiting(); }
  Task<void> drain(Monotonic) override {
    co_await relay_.flush();
    co_await relay_.index_changed();
  }
  Documents& documents() override { return service_; }
  void use_files(Files& files) override { exchange_.use_files(files); }

 private:
  Relay relay_;
  DocumentsService service_;
  Threads threads_;
  Exchange exchange_;
  Versions versions_;
};

}  // namespace

std::unique_ptr<DocumentsModule> make_documents_module(Context& context) {
  return std::make_unique<DocumentsModuleImpl>(context);
}

}  // namespace parvis
