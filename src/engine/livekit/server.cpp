// Rooms come and go, participants join, resume and leave; what the forwarding unit tells is brought to them.
#include "engine/livekit/server.h"

#include <algorithm>
#include <cmath>

#include "engine/livekit/data.h"
#include "engine/livekit/describe.h"
#include "engine/livekit/dual.h"
#include "engine/livekit/join_request.h"
#include "engine/livekit/negotiate.h"
#include "engine/livekit/publish.h"
#include "engine/livekit/quality.h"
#include "engine/livekit/signal.h"
#include "engine/livekit/subscribe.h"

namespace parvis::livekit {
namespace {

constexpr int protocol_version = 16;
constexpr char server_version[] = "1.9.0";  // clients refuse an empty one; some ask for features by it
constexpr int ping_interval_s = 5, ping_timeout_s = 15;
constexpr int64_t tick_us = 1'000'000;
constexpr int64_t silent_socket_us = 30'000'000;  // two clients' ping timeouts
constexpr int64_t token_every_us = 300'000'000;
constexpr int ticks_between_tellings = 5;
constexpr float loudness_steps = 8;

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

 private:
  ServerImpl& server_;
  std::shared_ptr<bool> alive_;
  std::shared_ptr<Participant> participant_;  // null: was refused
  Connection* connection_;
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
    parts_ = std::make_unique<Parts>(Parts{env_, *engine_, observer_, limits_, {}});
    tick_later();
    return {};
  }

  void use_token_source(std::function<std::string(const Grant&)> source) override {
    token_source_ = std::move(source);
  }

  Result<void> check(const JoinQuery& query, const Grant& grant) override {
    auto joining = TRY(parse_join(query));
    if (grant.identity.empty() || grant.identity.size() > limits_.name_bytes || grant.room.empty() ||
        grant.room.size() > limits_.name_bytes || grant.name.size() > limits_.name_bytes ||
        grant.metadata.size() > limits_.metadata_bytes || !attributes_fit(grant.attributes, limits_)) {
      return fail(reasons::malformed_join, "grant");
    }
    auto found = rooms_.find(grant.room);
    if (found == rooms_.end()) {
      return rooms_.size() < limits_.rooms ? Result<void>() : fail(reasons::room_full, "rooms");
    }
    const Room& room = *found->second;
    size_t bound = room.max_participants ? room.max_participants : limits_.participants_per_room;
    if (!room.participants.contains(grant.identity) && room.participants.size() >= bound)
      return fail(reasons::room_full);
    return {};
  }

  std::unique_ptr<Session> join(const JoinQuery& query, const Grant& grant, Connection& connection) override {
    auto joining = parse_join(query);
    auto checked = check(query, grant);
    std::shared_ptr<Participant> participant;
    if (joining && checked) {
      participant =
          joining->reconnect ? resume(*joining, grant, connection) : enter(*joining, grant, connection);
    }
    if (!participant) connection.close("refused");
    return std::make_unique<SessionImpl>(*this, alive_, std::move(participant), &connection);
  }

  void receive(Participant& participant, ByteView frame) {
    participant.last_heard = env_.loop.now();
    wire::SignalRequest request;
    if (frame.size() > limits_.frame_bytes ||
        !request.ParseFromArray(frame.data(), static_cast<int>(frame.size())))
      return;
    switch (handle_signal(*parts_, participant, request)) {
      case Outcome::done:
        break;
      case Outcome::left:
        remove(participant, wire::CLIENT_INITIATED);
        break;
      case Outcome::start_again:
        send_leave(participant, wire::STATE_MISMATCH, wire::LeaveRequest::RECONNECT);
        remove(participant, wire::STATE_MISMATCH);
        break;
    }
  }

  void lose_socket(Participant& participant, Connection* connection) {
    if (participant.connection != connection) return;
    participant.connection = nullptr;
    participant.socket_lost = env_.loop.now();
    if (!participant.active) remove(participant, wire::SIGNAL_CLOSE);
  }

  Result<RoomDescription> create_room(const std::string& name, const std::string& metadata,
                                      uint32_t max_participants) override {
    if (name.empty() || name.size() > limits_.name_bytes || metadata.size() > limits_.metadata_bytes) {
      return fail(reasons::malformed_join, "room");
    }
    if (!rooms_.contains(name) && rooms_.size() >= limits_.rooms) return fail(reasons::room_full);
    Room& room = find_or_make(name);
    if (!metadata.empty()) room.metadata = metadata;
    if (max_participants) room.max_participants = max_participants;
    return describe(room);
  }
  std::vector<RoomDescription> rooms() const override {
    std::vector<RoomDescription> out;
    for (const auto& [name, room] : rooms_) out.push_back(describe(*room));
    return out;
  }
  Result<void> delete_room(const std::string& name) override {
    Room* room = TRY(find(name));
    while (!room->participants.empty()) {
      auto participant = room->participants.begin()->second;
      send_leave(*participant, wire::ROOM_DELETED, wire::LeaveRequest::DISCONNECT);
      remove(*participant, wire::ROOM_DELETED);
    }
    finish(name);
    return {};
  }
  Result<void> set_room_metadata(const std::string& name, const std::string& metadata) override {
    Room* room = TRY(find(name));
    if (metadata.size() > limits_.metadata_bytes) return fail(reasons::malformed_join, "metadata");
    room->metadata = metadata;
    wire::SignalResponse out;
    *out.mutable_room_update()->mutable_room() = room_info(*room);
    room->send(out);
    return {};
  }

  std::vector<ParticipantDescription> participants(const std::string& name) const override {
    std::vector<ParticipantDescription> out;
    auto found = rooms_.find(name);
    if (found == rooms_.end()) return out;
    for (const auto& [identity, one] : found->second->participants) out.push_back(describe(*one));
    return out;
  }
  Result<ParticipantDescription> participant(const std::string& room,
                                             const std::string& identity) const override {
    return describe(*TRY(find(room, identity)));
  }
  Result<void> remove_participant(const std::string& room, const std::string& identity) override {
    auto participant = TRY(find(room, identity));
    send_leave(*participant, wire::PARTICIPANT_REMOVED, wire::LeaveRequest::DISCONNECT);
    remove(*participant, wire::PARTICIPANT_REMOVED);
    return {};
  }
  Result<void> mute_track(const std::string& room, const std::string& identity, const std::string& track_sid,
                          bool muted) override {
    auto participant = TRY(find(room, identity));
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
    auto participant = TRY(find(room, identity));
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
    if (change.permission) apply_permission(*participant);
    tell_others(*participant);
    send_token(*participant);
    return {};
  }
  Result<void> set_send_limit(const std::string& room, const std::string& identity, uint32_t bits) override {
    auto participant = TRY(find(room, identity));
    if (participant->receiving().id != sfu::TransportId::none)
      engine_->set_send_limit(participant->receiving().id, bits);
    return {};
  }
  Result<void> send_data(const std::string& room, ByteView payload, const std::string& topic,
                         const std::vector<std::string>& identities, bool reliable) override {
    livekit::send_data(*parts_, *TRY(find(room)), payload, topic, identities, reliable);
    return {};
  }

  void shut_down() override {
    for (auto& [name, room] : rooms_) {
      for (auto& [identity, one] : room->participants) {
        send_leave(*one, wire::SERVER_SHUTDOWN, wire::LeaveRequest::RECONNECT);
        if (one->connection) one->connection->close("server shutdown");
      }
    }
  }
  const std::vector<uint16_t>& udp_ports() const override { return engine_->udp_ports(); }

  // From the forwarding unit.

  void on_state(sfu::TransportId transport, sfu::State state, sfu::CloseReason) override {
    auto found = parts_->by_transport.find(transport);
    if (found == parts_->by_transport.end()) return;
    Participant& participant = *found->second;
    if (state == sfu::State::connected && transport == participant.receiving().id) activate(participant);
    if (state != sfu::State::failed && state != sfu::State::closed) return;
    parts_->by_transport.erase(found);
    send_leave(participant, wire::CONNECTION_TIMEOUT, wire::LeaveRequest::RECONNECT);
    remove(participant, wire::CONNECTION_TIMEOUT);
  }
  void on_data_channel(sfu::TransportId transport, sfu::DataChannel channel) override {
    auto found = parts_->by_transport.find(transport);
    if (found != parts_->by_transport.end()) found->second->channels[channel.stream] = channel.label;
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
    auto found = by_group_.find(group);
    if (found == by_group_.end()) return;
    Room& room = *found->second;
    std::map<Participant*, float> loud;
    for (const auto& one : levels) {
      auto speaker = parts_->by_transport.find(one.transport);
      if (speaker == parts_->by_transport.end()) continue;
      float linear = std::pow(10.0F, -static_cast<float>(one.level) / 20);
      loud[speaker->second] = std::ceil(linear * loudness_steps) / loudness_steps;
    }
    wire::SignalResponse out;
    auto* changed = out.mutable_speakers_changed();
    for (auto& [identity, one] : room.participants) {
      auto now = loud.find(one.get());
      float loudness = now == loud.end() ? 0 : now->second;
      if (loudness == one->loudness) continue;
      one->loudness = loudness;
      auto* speaker = changed->add_speakers();
      speaker->set_sid(one->sid);
      speaker->set_level(loudness);
      speaker->set_active(loudness > 0);
    }
    if (changed->speakers_size() > 0) room.send(out);
  }
  void on_layer(sfu::SenderId sender, sfu::LayerLimit layer) override {
    bool held = layer.spatial == sfu::held_layer;
    for (auto& [name, room] : rooms_) {
      for (auto& [identity, one] : room->participants) {
        for (auto& [sid, subscription] : one->subscriptions) {
          if (subscription.sender.id != sender || subscription.held == held) continue;
          if (Track* track = room->track(sid)) tell_stream_state(*one, subscription, *track, held);
        }
      }
    }
  }

 private:
  Room& find_or_make(const std::string& name) {
    auto& room = rooms_[name];
    if (room) return *room;
    room = std::make_unique<Room>();
    room->name = name;
    room->sid = new_sid(env_.random, "RM_");
    room->group = ++last_group_;
    room->created_at_ms = env_.clock.now().ms;
    room->empty_since = env_.loop.now();
    room->trailer = new_sid(env_.random, "") + new_sid(env_.random, "");
    by_group_[room->group] = room.get();
    observer_.on_room_started(describe(*room));
    return *room;
  }
  Result<Room*> find(const std::string& name) const {
    auto found = rooms_.find(name);
    if (found == rooms_.end()) return fail(reasons::no_such_room);
    return found->second.get();
  }
  Result<std::shared_ptr<Participant>> find(const std::string& name, const std::string& identity) const {
    Room* room = TRY(find(name));
    auto found = room->participants.find(identity);
    if (found == room->participants.end()) return fail(reasons::no_such_participant);
    return found->second;
  }
  void finish(const std::string& name) {
    auto found = rooms_.find(name);
    if (found == rooms_.end()) return;
    RoomDescription described = describe(*found->second);
    by_group_.erase(found->second->group);
    rooms_.erase(found);
    observer_.on_room_finished(described);
  }

  static void fill_server(wire::ServerInfo& out) {
    out.set_version(server_version);
    out.set_protocol(protocol_version);
    out.set_node_id("parvis");
  }
  wire::SignalResponse join_response(const Participant& participant) {
    wire::SignalResponse out;
    auto* join = out.mutable_join();
    *join->mutable_room() = room_info(*participant.room);
    *join->mutable_participant() = participant_info(participant);
    for (const auto& [identity, other] : participant.room->participants) {
      if (other.get() != &participant && other->told)
        *join->add_other_participants() = participant_info(*other);
    }
    join->set_server_version(server_version);
    fill_server(*join->mutable_server_info());
    join->set_subscriber_primary(!participant.single_connection);
    join->set_ping_interval(ping_interval_s);
    join->set_ping_timeout(ping_timeout_s);
    join->mutable_client_configuration();
    join->set_sif_trailer(participant.room->trailer);
    for (const char* mime : {"video/VP8", "video/VP9", "video/H264", "video/AV1", "audio/opus"}) {
      join->add_enabled_publish_codecs()->set_mime(mime);
    }
    join->set_fast_publish(participant.single_connection);
    return out;
  }

  void take_wishes(Participant& participant, const Joining& joining) {
    Grant& grant = participant.grant;
    const auto& wishes = joining.request;
    if (!wishes.metadata().empty() && grant.permission.update_own_metadata &&
        wishes.metadata().size() <= limits_.metadata_bytes) {
      grant.metadata = wishes.metadata();
    }
    if (!grant.permission.update_own_metadata && !grant.permission.update_own_attributes) return;
    auto attributes = grant.attributes;
    for (const auto& [key, value] : wishes.participant_attributes()) attributes[key] = value;
    if (attributes_fit(attributes, limits_)) grant.attributes = std::move(attributes);
  }

  std::shared_ptr<Participant> enter(const Joining& joining, const Grant& grant, Connection& connection) {
    Room& room = find_or_make(grant.room);
    if (auto found = room.participants.find(grant.identity); found != room.participants.end()) {
      auto former = found->second;
      send_leave(*former, wire::DUPLICATE_IDENTITY, wire::LeaveRequest::DISCONNECT);
      remove(*former, wire::DUPLICATE_IDENTITY);
    }
    auto participant = std::make_shared<Participant>();
    participant->room = &room;
    participant->grant = grant;
    participant->sid = new_sid(env_.random, "PA_");
    participant->client = joining.client;
    participant->single_connection = joining.single_connection;
    participant->auto_subscribe = joining.auto_subscribe;
    participant->joined_at_ms = env_.clock.now().ms;
    participant->last_heard = participant->token_sent = env_.loop.now();
    participant->version = 1;
    take_wishes(*participant, joining);
    auto opened = open_media(*participant);
    if (!opened) return nullptr;
    participant->connection = &connection;
    room.participants[grant.identity] = participant;
    room.joined_once = true;
    participant->send(join_response(*participant));
    begin(*participant, joining);
    return participant;
  }
  Result<void> open_media(Participant& participant) {
    if (!participant.single_connection) return open_subscriber(*parts_, participant);
    participant.publisher = TRY(parts_->open_transport(participant));
    return {};
  }
  void begin(Participant& participant, const Joining& joining) {
    for (const auto& request : joining.request.add_track_requests()) add_track(*parts_, participant, request);
    review(*parts_, participant);
    if (!participant.single_connection) return want_offer(*parts_, participant);
    const auto& offer = joining.request.publisher_offer();
    if (!offer.sdp().empty() && !handle_offer(*parts_, participant, offer)) {
      send_leave(participant, wire::JOIN_FAILURE, wire::LeaveRequest::DISCONNECT);
    }
  }

  std::shared_ptr<Participant> resume(const Joining& joining, const Grant& grant, Connection& connection) {
    auto found = find(grant.room, grant.identity);
    if (!found || (!joining.participant_sid.empty() && (*found)->sid != joining.participant_sid)) {
      wire::SignalResponse out;
      out.mutable_leave()->set_action(wire::LeaveRequest::RECONNECT);
      out.mutable_leave()->set_reason(wire::STATE_MISMATCH);
      out.mutable_leave()->set_can_reconnect(true);
      connection.send(as_bytes(out.SerializeAsString()));
      return nullptr;
    }
    auto participant = *found;
    if (participant->connection) participant->connection->close("resumed elsewhere");
    participant->connection = &connection;
    participant->last_heard = env_.loop.now();
    participant->sections_asked = {};
    wire::SignalResponse reconnect;
    reconnect.mutable_reconnect()->mutable_client_configuration();
    fill_server(*reconnect.mutable_reconnect()->mutable_server_info());
    reconnect.mutable_reconnect()->set_last_message_seq(participant->last_sequence);
    participant->send(reconnect);
    wire::SignalResponse update;
    for (const auto& [identity, one] : participant->room->participants) {
      if (one == participant || one->told)
        *update.mutable_update()->add_participants() = participant_info(*one);
    }
    participant->send(update);
    wire::SignalResponse room;
    *room.mutable_room_update()->mutable_room() = room_info(*participant->room);
    participant->send(room);
    const auto& offer = joining.request.publisher_offer();
    if (!offer.sdp().empty()) (void)handle_offer(*parts_, *participant, offer);
    if (!participant->single_connection) restart_subscriber(*parts_, *participant);
    return participant;
  }

  void activate(Participant& participant) {
    if (participant.active) return;
    participant.active = true;
    tell_others(participant);
    observer_.on_participant_joined(participant.room->name, describe(participant));
  }

  void apply_permission(Participant& participant) {
    std::vector<std::string> forbidden;
    for (const auto& track : participant.tracks) {
      if (!may_publish(participant.grant.permission, from_wire(track->info.source())))
        forbidden.push_back(track->info.sid());
    }
    for (const auto& sid : forbidden) {
      wire::SignalResponse out;
      out.mutable_track_unpublished()->set_track_sid(sid);
      participant.send(out);
      unpublish(*parts_, participant, sid);
    }
    review(*parts_, participant);
  }

  /// Everything of the participant ends: socket, media, data, its tracks with others.
  void remove(Participant& leaving, wire::DisconnectReason reason) {
    Room& room = *leaving.room;
    auto found = room.participants.find(leaving.grant.identity);
    if (found == room.participants.end() || found->second.get() != &leaving) return;
    auto participant = found->second;
    room.participants.erase(found);
    auto description = describe(*participant);
    for (const auto& track : participant->tracks) {
      if (track->live()) withdraw_track(room, *track);
    }
    tell_traffic(*participant);
    parts_->close_transport(participant->publisher);
    parts_->close_transport(participant->subscriber);
    if (participant->told) {
      ++participant->version;
      auto update = update_of(*participant);
      auto* info = update.mutable_update()->mutable_participants(0);
      info->set_state(wire::ParticipantInfo::DISCONNECTED);
      info->set_disconnect_reason(reason);
      room.send(update);
    }
    if (Connection* connection = std::exchange(participant->connection, nullptr))
      connection->close(reason_name(reason));
    if (room.participants.empty()) room.empty_since = env_.loop.now();
    if (participant->active) observer_.on_participant_left(room.name, description, reason_name(reason));
  }

  void tick_later() {
    timer_ = env_.loop.call_at(env_.loop.now() + tick_us, [this] {
      tick();
      tick_later();
    });
  }
  void tick() {
    Monotonic now = env_.loop.now();
    bool telling = ++ticks_ % ticks_between_tellings == 0;
    std::vector<std::shared_ptr<Participant>> lost;
    std::vector<std::string> over;
    for (auto& [name, room] : rooms_) {
      for (auto& [identity, one] : room->participants) {
        if (!one->connection && now - one->socket_lost > limits_.resume_within_us) lost.push_back(one);
        if (one->connection && now - one->last_heard > silent_socket_us) one->connection->close("no ping");
        if (one->connection && now - one->token_sent > token_every_us) send_token(*one);
        if (one->single_connection && one->sections_asked != Monotonic{}) ask_for_sections(*parts_, *one);
        if (telling) tell_traffic(*one);
      }
      review_wanted(*parts_, *room);
      int64_t patience = room->joined_once ? limits_.empty_room_us : limits_.never_joined_room_us;
      if (room->participants.empty() && now - room->empty_since > patience) over.push_back(name);
    }
    for (auto& one : lost) remove(*one, wire::SIGNAL_CLOSE);
    for (auto& name : over) finish(name);
  }
  void send_token(Participant& participant) {
    participant.token_sent = env_.loop.now();
    if (!token_source_) return;
    wire::SignalResponse out;
    out.set_refresh_token(token_source_(participant.grant));
    participant.send(out);
  }
  /// The counters come later; the room and the person are remembered by name, for they may be gone by then.
  void tell_traffic(Participant& participant) {
    std::vector<sfu::TransportId> ids;
    for (const auto* transport : {&participant.publisher, &participant.subscriber}) {
      if (transport->id != sfu::TransportId::none) ids.push_back(transport->id);
    }
    if (ids.empty()) return;
    auto one = participant.room->participants.contains(participant.grant.identity)
                   ? participant.room->participants[participant.grant.identity]
                   : nullptr;
    engine_->transport_stats(
        ids, [this, alive = alive_, one, room = participant.room->name, identity = participant.grant.identity,
              received = participant.bytes_received, sent = participant.bytes_sent](const auto& stats) {
          if (!*alive) return;
          uint64_t received_now = 0, sent_now = 0;
          for (const auto& transport : stats) {
            received_now += transport.bytes_received;
            sent_now += transport.bytes_sent;
          }
          uint64_t since_received = one ? one->bytes_received : received,
                   since_sent = one ? one->bytes_sent : sent;
          if (received_now < since_received || sent_now < since_sent) return;
          if (one && one->active) tell_quality(*one, stats);
          if (one) {
            one->bytes_received = received_now;
            one->bytes_sent = sent_now;
          }
          if (received_now + sent_now > since_received + since_sent) {
            observer_.on_traffic(room, identity, received_now - since_received, sent_now - since_sent);
          }
        });
  }

  ServerLimits limits_;
  Env& env_;
  Observer& observer_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  std::function<std::string(const Grant&)> token_source_;
  std::map<std::string, std::unique_ptr<Room>> rooms_;
  std::unordered_map<uint64_t, Room*> by_group_;
  std::unique_ptr<Parts> parts_;
  uint64_t last_group_ = 0;
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
    server_.receive(*participant_, frame);
}

}  // namespace

Result<std::unique_ptr<Server>> Server::start(ServerConfiguration configuration, Env& env,
                                              Observer& observer) {
  auto server = std::make_unique<ServerImpl>(configuration.limits, env, observer);
  TRY(server->open(std::move(configuration.media)));
  return server;
}

}  // namespace parvis::livekit
