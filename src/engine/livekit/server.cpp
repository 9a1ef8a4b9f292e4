// The door: what the owner asks of rooms, and what sockets and the forwarding unit tell.
#include "engine/livekit/server.h"

#include "engine/livekit/data.h"
#include "engine/livekit/describe.h"
#include "engine/livekit/membership.h"
#include "engine/livekit/publish.h"
#include "engine/livekit/quality.h"
#include "engine/livekit/rooms.h"
#include "engine/livekit/signal.h"
#include "engine/livekit/subscribe.h"
#include "engine/livekit/upkeep.h"

namespace parvis::livekit {
namespace {

constexpr int64_t tick_us = 1'000'000;
constexpr int ticks_between_tellings = 5;

class ServerImpl;

class SessionImpl final : public Session {
 public:
  SessionImpl(ServerImpl& server, std::shared_ptr<bool> alive, std::shared_ptr<Participant> participant,
              Connection* connection)
      : server_(server),
        alive_(std::move(alive)),
        participant_(std::move(participant)),
        connection_(connection) {}
  ~SessionImpl() override;
  void receive(ByteView frame) override;
  int64_t pause_us() const override { return pause_us_; }

 private:
  ServerImpl& server_;
  std::shared_ptr<bool> alive_;
  std::shared_ptr<Participant> participant_;  // null: was refused
  Connection* connection_;
  sfu::Budget budget_;
  int64_t pause_us_ = 0;
};

class ServerImpl final : public Server, public sfu::Events {
 public:
  ServerImpl(ServerLimits limits, Env& env, Observer& observer)
      : limits_(limits), env_(env), observer_(observer) {}
  ~ServerImpl() override {
    *alive_ = false;
    env_.loop.cancel(timer_);
  }

  Result<void> open(sfu::Configuration media) {
    auto post = [&loop = env_.loop](Callback callback) { loop.post_from_any_thread(std::move(callback)); };
    engine_ = TRY(sfu::Engine::start(std::move(media), env_.random, post, *this));
    parts_ = std::make_unique<Parts>(Parts{.env = env_,
                                           .engine = *engine_,
                                           .observer = observer_,
                                           .limits = limits_,
                                           .alive = alive_,
                                           .token_source = {},
                                           .rooms = {},
                                           .by_group = {},
                                           .by_transport = {}});
    tick_later();
    return {};
  }

  void use_token_source(std::function<std::string(const Grant&)> source) override {
    parts_->token_source = std::move(source);
  }

  Result<void> check(const JoinQuery& query, const Grant& grant) override {
    auto joining = TRY(parse_join(query));
    if (grant.identity.empty() || grant.identity.size() > limits_.name_bytes || grant.room.empty() ||
        grant.room.size() > limits_.name_bytes || grant.name.size() > limits_.name_bytes ||
        grant.metadata.size() > limits_.metadata_bytes || !attributes_fit(grant.attributes, limits_)) {
      return fail(reasons::malformed_join, "grant");
    }
    return check_place(*parts_, grant.room, grant.identity);
  }

  std::unique_ptr<Session> join(const JoinQuery& query, const Grant& grant, Connection& connection) override {
    auto joining = parse_join(query);
    auto checked = check(query, grant);
    std::shared_ptr<Participant> participant;
    if (joining && checked) {
      participant = joining->reconnect ? resume(*parts_, *joining, grant, connection)
                                       : enter(*parts_, *joining, grant, connection);
    }
    if (!participant) connection.close("refused");
    return std::make_unique<SessionImpl>(*this, alive_, std::move(participant), &connection);
  }

  /// How long its socket is not to be read.
  int64_t receive(Participant& participant, ByteView frame, sfu::Budget& budget) {
    participant.last_heard = env_.loop.now();
    wire::SignalRequest request;
    if (frame.size() > limits_.frame_bytes ||
        !request.ParseFromArray(frame.data(), static_cast<int>(frame.size())))
      return budget.owe(limits_.signals, env_.loop.now(), 1);
    int64_t pause_us = budget.owe(limits_.signals, env_.loop.now(), cost_of(request, frame.size()));
    switch (handle_signal(*parts_, participant, request)) {
      case Outcome::done:
        break;
      case Outcome::left:
        livekit::remove(*parts_, participant, wire::CLIENT_INITIATED);
        break;
      case Outcome::start_again:
        send_leave(participant, wire::STATE_MISMATCH, wire::LeaveRequest::RECONNECT);
        livekit::remove(*parts_, participant, wire::STATE_MISMATCH);
        break;
    }
    return pause_us;
  }

  void lose_socket(Participant& participant, Connection* connection) {
    if (participant.connection != connection) return;
    participant.connection = nullptr;
    participant.socket_lost = env_.loop.now();
    if (!participant.active) livekit::remove(*parts_, participant, wire::SIGNAL_CLOSE);
  }

  Result<RoomDescription> create_room(const std::string& name, const std::string& metadata,
                                      uint32_t max_participants) override {
    if (name.empty() || name.size() > limits_.name_bytes || metadata.size() > limits_.metadata_bytes) {
      return fail(reasons::malformed_join, "room");
    }
    if (!parts_->rooms.contains(name) && parts_->rooms.size() >= limits_.rooms)
      return fail(reasons::room_full);
    Room& room = find_or_make_room(*parts_, name);
    if (!metadata.empty()) room.metadata = metadata;
    if (max_participants) room.max_participants = max_participants;
    return describe(room);
  }
  std::vector<RoomDescription> rooms() const override {
    std::vector<RoomDescription> out;
    for (const auto& [name, room] : parts_->rooms) out.push_back(describe(*room));
    return out;
  }
  Result<void> delete_room(const std::string& name) override {
    Room* room = TRY(find_room(*parts_, name));
    while (!room->participants.empty()) {
      auto participant = room->participants.begin()->second;
      send_leave(*participant, wire::ROOM_DELETED, wire::LeaveRequest::DISCONNECT);
      livekit::remove(*parts_, *participant, wire::ROOM_DELETED);
    }
    finish_room(*parts_, name);
    return {};
  }
  Result<void> set_room_metadata(const std::string& name, const std::string& metadata) override {
    Room* room = TRY(find_room(*parts_, name));
    if (metadata.size() > limits_.metadata_bytes) return fail(reasons::malformed_join, "metadata");
    room->metadata = metadata;
    wire::SignalResponse out;
    *out.mutable_room_update()->mutable_room() = room_info(*room);
    room->send(out);
    return {};
  }

  std::vector<ParticipantDescription> participants(const std::string& name) const override {
    std::vector<ParticipantDescription> out;
    auto found = parts_->rooms.find(name);
    if (found == parts_->rooms.end()) return out;
    for (const auto& [identity, one] : found->second->participants) out.push_back(describe(*one));
    return out;
  }
  Result<ParticipantDescription> participant(const std::string& room,
                                             const std::string& identity) const override {
    return describe(*TRY(find_participant(*parts_, room, identity)));
  }
  Result<void> remove_participant(const std::string& room, const std::string& identity) override {
    auto participant = TRY(find_participant(*parts_, room, identity));
    send_leave(*participant, wire::PARTICIPANT_REMOVED, wire::LeaveRequest::DISCONNECT);
    livekit::remove(*parts_, *participant, wire::PARTICIPANT_REMOVED);
    return {};
  }
  Result<void> mute_track(const std::string& room, const std::string& identity, const std::string& track_sid,
                          bool muted) override {
    auto participant = TRY(find_participant(*parts_, room, identity));
    Track* track = participant->track(track_sid);
    if (!track) return fail(reasons::no_such_track);
    set_muted(*parts_, *track, muted);
    wire::SignalResponse out;
    out.mutable_mute()->set_sid(track_sid);
    out.mutable_mute()->set_muted(muted);
    participant->send(out);
    return {};
  }
  Result<void> update_participant(const std::string& room, const std::string& identity,
                                  const ParticipantChange& change) override {
    auto participant = TRY(find_participant(*parts_, room, identity));
    Grant next = participant->grant;
    if (change.name) next.name = *change.name;
    if (change.metadata) next.metadata = *change.metadata;
    for (const auto& [key, value] : change.attributes) next.attributes[key] = value;
    std::erase_if(next.attributes, [](const auto& one) { return one.second.empty(); });
    if (change.permission) next.permission = *change.permission;
    if (next.name.size() > limits_.name_bytes || next.metadata.size() > limits_.metadata_bytes ||
        !attributes_fit(next.attributes, limits_)) {
      return fail(reasons::malformed_join, "participant");
    }
    participant->grant = std::move(next);
    if (change.permission) apply_permission(*parts_, *participant);
    tell_others(*participant);
    send_token(*parts_, *participant);
    return {};
  }
  Result<void> update_subscriptions(const std::string& room, const std::string& identity,
                                    const std::vector<std::string>& track_sids, bool subscribe) override {
    auto participant = TRY(find_participant(*parts_, room, identity));
    wire::UpdateSubscription change;
    change.set_subscribe(subscribe);
    for (const auto& sid : track_sids) change.add_track_sids(sid);
    livekit::update_subscription(*parts_, *participant, change);
    return {};
  }
  Result<void> move_participant(const std::string& room, const std::string& identity,
                                const std::string& destination) override {
    return livekit::move(*parts_, TRY(find_participant(*parts_, room, identity)), destination);
  }
  Result<void> set_send_limit(const std::string& room, const std::string& identity, uint32_t bits) override {
    auto participant = TRY(find_participant(*parts_, room, identity));
    if (participant->receiving().id != sfu::TransportId::none)
      engine_->set_send_limit(participant->receiving().id, bits);
    return {};
  }
  Result<void> set_images(const std::string& room, const std::string& identity,
                          const ImageBounds& images) override {
    auto participant = TRY(find_participant(*parts_, room, identity));
    if (participant->grant.images == images) return {};
    participant->grant.images = images;
    apply_images(*parts_, *participant);
    return {};
  }
  Result<void> send_data(const std::string& room, ByteView payload, const std::string& topic,
                         const std::vector<std::string>& identities, bool reliable) override {
    livekit::send_data(*parts_, *TRY(find_room(*parts_, room)), payload, topic, identities, reliable);
    return {};
  }

  void shut_down() override {
    for (auto& [name, room] : parts_->rooms) {
      for (auto& [identity, one] : room->participants) {
        send_leave(*one, wire::SERVER_SHUTDOWN, wire::LeaveRequest::RECONNECT);
        if (one->connection) one->connection->close("server shutdown");
      }
    }
  }
  const std::vector<uint16_t>& udp_ports() const override { return engine_->udp_ports(); }
  const std::vector<uint16_t>& tcp_ports() const override { return engine_->tcp_ports(); }
  void adopt(int descriptor) override { engine_->adopt(descriptor); }

  // From the forwarding unit.

  void on_state(sfu::TransportId transport, sfu::State state, sfu::CloseReason) override {
    auto found = parts_->by_transport.find(transport);
    if (found == parts_->by_transport.end()) return;
    Participant& participant = *found->second;
    if (state == sfu::State::connected && transport == participant.receiving().id)
      activate(*parts_, participant);
    if (state != sfu::State::failed && state != sfu::State::closed) return;
    parts_->by_transport.erase(found);
    send_leave(participant, wire::CONNECTION_TIMEOUT, wire::LeaveRequest::RECONNECT);
    livekit::remove(*parts_, participant, wire::CONNECTION_TIMEOUT);
  }
  void on_data_channel(sfu::TransportId transport, sfu::DataChannel channel) override {
    auto found = parts_->by_transport.find(transport);
    if (found != parts_->by_transport.end()) open_channel(*parts_, *found->second, transport, channel);
  }
  void on_data_channel_closed(sfu::TransportId transport, uint16_t stream) override {
    auto found = parts_->by_transport.find(transport);
    if (found != parts_->by_transport.end()) found->second->channels.erase(stream);
  }
  void on_message(sfu::TransportId transport, uint16_t stream, bool, Bytes message) override {
    auto found = parts_->by_transport.find(transport);
    if (found == parts_->by_transport.end()) return;
    auto label = found->second->channels.find(stream);
    if (label != found->second->channels.end()) route_data(*parts_, *found->second, label->second, message);
  }
  void on_speakers(uint64_t group, std::vector<sfu::SpeakerLevel> levels) override {
    auto found = parts_->by_group.find(group);
    if (found == parts_->by_group.end()) return;
    tell_speakers(*parts_, *found->second, levels);
  }
  void on_layer(sfu::SenderId sender, sfu::LayerLimit layer) override {
    bool held = layer.spatial == sfu::held_layer;
    for (auto& [name, room] : parts_->rooms) {
      for (auto& [identity, one] : room->participants) {
        for (auto& [sid, subscription] : one->subscriptions) {
          if (subscription.sender.id != sender || subscription.held == held) continue;
          if (Track* track = room->track(sid)) tell_stream_state(*one, subscription, *track, held);
        }
      }
    }
  }

 private:
  void tick_later() {
    timer_ = env_.loop.call_at(env_.loop.now() + tick_us, [this] {
      keep_up(*parts_, ++ticks_ % ticks_between_tellings == 0);
      tick_later();
    });
  }

  ServerLimits limits_;
  Env& env_;
  Observer& observer_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  std::unique_ptr<Parts> parts_;
  TimerId timer_ = 0;
  int ticks_ = 0;
  std::unique_ptr<sfu::Engine> engine_;  // last: nothing is told once it is gone
};

SessionImpl::~SessionImpl() {
  if (*alive_ && participant_) server_.lose_socket(*participant_, connection_);
}

void SessionImpl::receive(ByteView frame) {
  // A socket that was replaced, or whose participant was removed, is no longer listened to.
  if (*alive_ && participant_ && participant_->connection == connection_)
    pause_us_ = server_.receive(*participant_, frame, budget_);
}

}  // namespace

Result<std::unique_ptr<Server>> Server::start(ServerConfiguration configuration, Env& env,
                                              Observer& observer) {
  auto server = std::make_unique<ServerImpl>(configuration.limits, env, observer);
  TRY(server->open(std::move(configuration.media)));
  return server;
}

}  // namespace parvis::livekit
