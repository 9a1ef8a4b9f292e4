#include "module/meetings/module.h"

#include "core/secret.h"
#include "module/meetings/polls.h"
#include "module/meetings/room_service.h"
#include "module/meetings/routes.h"
#include "module/meetings/webhooks.h"
#include "platform/framing.h"

namespace parvis {
namespace {

/// What rooms tell goes to the meetings first, then to automation.
class Both final : public livekit::Observer {
 public:
  using Participant = livekit::ParticipantDescription;
  Both(livekit::Observer& first, livekit::Observer& second) : all_{&first, &second} {}
  void on_room_started(const livekit::RoomDescription& room) override {
    for (auto* one : all_) one->on_room_started(room);
  }
  void on_room_finished(const livekit::RoomDescription& room) override {
    for (auto* one : all_) one->on_room_finished(room);
  }
  void on_participant_joined(const std::string& room, const Participant& who) override {
    for (auto* one : all_) one->on_participant_joined(room, who);
  }
  void on_participant_changed(const std::string& room, const Participant& who) override {
    for (auto* one : all_) one->on_participant_changed(room, who);
  }
  void on_participant_left(const std::string& room, const Participant& who,
                           std::string_view reason) override {
    for (auto* one : all_) one->on_participant_left(room, who, reason);
  }
  void on_participant_aborted(const std::string& room, const Participant& who,
                              std::string_view reason) override {
    for (auto* one : all_) one->on_participant_aborted(room, who, reason);
  }
  void on_track_published(const std::string& room, const Participant& who,
                          const livekit::TrackDescription& track) override {
    for (auto* one : all_) one->on_track_published(room, who, track);
  }
  void on_track_unpublished(const std::string& room, const Participant& who,
                            const livekit::TrackDescription& track) override {
    for (auto* one : all_) one->on_track_unpublished(room, who, track);
  }
  void on_traffic(const std::string& room, const std::string& identity, uint64_t received,
                  uint64_t sent) override {
    for (auto* one : all_) one->on_traffic(room, identity, received, sent);
  }

 private:
  std::array<livekit::Observer*, 2> all_;
};

class MeetingsModuleImpl final : public MeetingsModule {
 public:
  MeetingsModuleImpl(Context& context, NetworkPolicy& policy, MeetingsOptions options)
      : context_(context),
        options_(std::move(options)),
        meetings_(context, policy),
        polls_(context, meetings_),
        keys_(context),
        automation_(context, meetings_, keys_),
        service_(context, meetings_, automation_),
        webhooks_(context, keys_, Outgoing(context.env, options_.webhook_networks)),
        both_(meetings_, webhooks_) {
    add_meeting_routes(context, meetings_);
    add_guest_routes(context, meetings_);
    add_poll_routes(context, meetings_, polls_);
    add_breakout_routes(context, meetings_);
    add_livekit_doors(context, meetings_);
    add_meeting_key_routes(context, keys_);
    add_room_service_routes(context, service_);
  }
  std::string_view name() const override { return "meetings"; }
  void use_documents(Documents& documents) override { meetings_.use_documents(documents); }
  void use_conversations(Conversations& conversations) override {
    meetings_.use_conversations(conversations);
  }
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
    CO_TRY(co_await keys_.load(secret));
    CO_TRY(co_await webhooks_.start());
    server_ = CO_TRY(livekit::Server::start(std::move(configuration), context_.env, both_));
    meetings_.use_server(*server_, std::move(secret));
    co_return co_await meetings_.take_up();
  }
  void release_waiting() override {
    meetings_.interrupt();
    if (server_) server_->shut_down();
  }
  Task<void> drain(Monotonic) override { co_await meetings_.note_interruption(); }

 private:
  Context& context_;
  MeetingsOptions options_;
  Meetings meetings_;
  Polls polls_;
  MeetingKeys keys_;
  Automation automation_;
  RoomService service_;
  Webhooks webhooks_;
  Both both_;
  std::unique_ptr<livekit::Server> server_;  // last: it tells them
};

}  // namespace

std::unique_ptr<MeetingsModule> make_meetings_module(Context& context, NetworkPolicy& policy,
                                                     MeetingsOptions options) {
  return std::make_unique<MeetingsModuleImpl>(context, policy, std::move(options));
}

}  // namespace parvis
