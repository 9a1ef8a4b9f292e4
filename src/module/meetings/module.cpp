#include "module/meetings/module.h"

#include "core/secret.h"
#include "module/meetings/routes.h"
#include "platform/framing.h"

namespace parvis {
namespace {

class MeetingsModuleImpl final : public MeetingsModule {
 public:
  MeetingsModuleImpl(Context& context, MeetingsOptions options)
      : context_(context), options_(std::move(options)), meetings_(context) {
    add_meeting_routes(context, meetings_);
    add_guest_routes(context, meetings_);
    add_livekit_doors(context, meetings_);
  }
  std::string_view name() const override { return "meetings"; }
  void use_documents(Documents& documents) override { meetings_.use_documents(documents); }
  uint16_t media_port() const override { return server_ ? server_->udp_ports().front() : 0; }
  std::optional<Diversion> diversion() override {
    if (!server_ || options_.tcp != MeetingsOptions::Tcp::web_port) return std::nullopt;
    // A frame's length begins so, and neither TLS nor HTTP does.
    return Diversion{[](uint8_t first) { return first <= max_frame_bytes >> 8; },
                     [this](int descriptor) { server_->adopt(descriptor); }};
  }

  Task<Result<void>> start() override {
    auto secret = CO_TRY(co_await context_.database.write(
        [fresh = new_secret(context_.env.random)](store::Transaction& transaction) {
          return meeting_store::token_secret(transaction, fresh);
        }));
    livekit::ServerConfiguration configuration;
    configuration.media.bind_host = options_.bind_host;
    configuration.media.udp_port = options_.media_port;
    configuration.media.advertised_hosts = options_.media_hosts;
    using Tcp = sfu::Configuration::Tcp;
    bool web = options_.tcp == MeetingsOptions::Tcp::web_port;
    configuration.media.tcp = options_.tcp == MeetingsOptions::Tcp::off ? Tcp::off
                              : web                                     ? Tcp::adopted
                                                                        : Tcp::own_port;
    configuration.media.tcp_port = options_.tcp_port;
    server_ = CO_TRY(livekit::Server::start(std::move(configuration), context_.env, meetings_));
    meetings_.use_server(*server_, std::move(secret));
    co_return Result<void>();
  }
  void release_waiting() override {
    if (server_) server_->shut_down();
  }
  Task<void> drain(Monotonic) override { co_return; }

 private:
  Context& context_;
  MeetingsOptions options_;
  Meetings meetings_;
  std::unique_ptr<livekit::Server> server_;  // after meetings_: it tells them
};

}  // namespace

std::unique_ptr<MeetingsModule> make_meetings_module(Context& context, MeetingsOptions options) {
  return std::make_unique<MeetingsModuleImpl>(context, std::move(options));
}

}  // namespace parvis
