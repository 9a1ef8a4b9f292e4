#include "engine/livekit/membership.h"

#include "engine/livekit/describe.h"
#include "engine/livekit/dual.h"
#include "engine/livekit/negotiate.h"
#include "engine/livekit/publish.h"
#include "engine/livekit/rooms.h"
#include "engine/livekit/signal.h"
#include "engine/livekit/subscribe.h"
#include "engine/livekit/upkeep.h"

namespace parvis::livekit {
namespace {

constexpr int protocol_version = 16;
constexpr char server_version[] = "1.9.0";  // clients refuse an empty one; some ask for features by it
constexpr int ping_interval_s = 5, ping_timeout_s = 15;
constexpr int64_t media_patience_us = 8'000'000;  // clients give up after 15 s

/// It had time and its media never came up; or they ended while its socket lives.
bool media_failed(const Parts& parts, const Participant& participant, wire::DisconnectReason reason) {
  Monotonic now = parts.env.loop.now();
  if (!participant.active) return now - participant.entered > media_patience_us;
  return reason == wire::CONNECTION_TIMEOUT && participant.connection &&
         now - participant.last_heard < ping_timeout_s * seconds_us(1);
}

void fill_server(wire::ServerInfo& out) {
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

void take_wishes(const Parts& parts, Participant& participant, const Joining& joining) {
  Grant& grant = participant.grant;
  const auto& wishes = joining.request;
  if (!wishes.metadata().empty() && grant.permission.update_own_metadata &&
      wishes.metadata().size() <= parts.limits.metadata_bytes) {
    grant.metadata = wishes.metadata();
  }
  if (!grant.permission.update_own_metadata && !grant.permission.update_own_attributes) return;
  auto attributes = grant.attributes;
  for (const auto& [key, value] : wishes.participant_attributes()) attributes[key] = value;
  if (attributes_fit(attributes, parts.limits)) grant.attributes = std::move(attributes);
}

Result<void> open_media(Parts& parts, Participant& participant) {
  if (!participant.single_connection) return open_subscriber(parts, participant);
  participant.publisher = TRY(parts.open_transport(participant));
  return {};
}

void begin(Parts& parts, Participant& participant, const Joining& joining) {
  for (const auto& request : joining.request.add_track_requests()) add_track(parts, participant, request);
  review(parts, participant);
  if (!participant.single_connection) return want_offer(parts, participant);
  const auto& offer = joining.request.publisher_offer();
  if (!offer.sdp().empty() && !handle_offer(parts, participant, offer)) {
    send_leave(participant, wire::JOIN_FAILURE, wire::LeaveRequest::DISCONNECT);
  }
}

/// Out of its room: others see it gone, with its tracks. Media and socket stay as they are.
void take_out(Parts& parts, Participant& participant, wire::DisconnectReason reason) {
  Room& room = *participant.room;
  auto description = describe(participant);
  room.participants.erase(participant.grant.identity);
  for (const auto& track : participant.tracks) {
    if (track->live()) withdraw_track(room, *track);
  }
  if (participant.told) {
    ++participant.version;
    auto update = update_of(participant);
    auto* info = update.mutable_update()->mutable_participants(0);
    info->set_state(wire::ParticipantInfo::DISCONNECTED);
    info->set_disconnect_reason(reason);
    room.send(update);
  }
  if (room.participants.empty()) room.empty_since = parts.env.loop.now();
  for (const auto& track : description.tracks)
    parts.observer.on_track_unpublished(room.name, description, track);
  if (participant.active) {
    parts.observer.on_participant_left(room.name, description, reason_name(reason));
  } else if (reason != wire::MIGRATION) {
    parts.observer.on_participant_aborted(room.name, description, reason_name(reason));
  }
}

/// Whose session a client wants to resume; null when it is not here.
std::shared_ptr<Participant> place_of(const Parts& parts, const Joining& joining, const Grant& grant) {
  auto found = find_participant(parts, grant.room, grant.identity);
  if (found && (joining.participant_sid.empty() || (*found)->sid == joining.participant_sid)) return *found;
  // Moved meanwhile: its token still names the room of before.
  for (const auto& [name, room] : parts.rooms) {
    auto other = room->participants.find(grant.identity);
    if (other == room->participants.end() || other->second->moved_from != grant.room) continue;
    if (other->second->sid == joining.participant_sid) return other->second;
  }
  return nullptr;
}

wire::SignalResponse moved_response(const Parts& parts, const Participant& participant) {
  wire::SignalResponse out;
  auto* moved = out.mutable_room_moved();
  *moved->mutable_room() = room_info(*participant.room);
  if (parts.token_source) moved->set_token(parts.token_source(participant.grant));
  *moved->mutable_participant() = participant_info(participant);
  for (const auto& [identity, other] : participant.room->participants) {
    if (other.get() != &participant && other->told)
      *moved->add_other_participants() = participant_info(*other);
  }
  return out;
}

/// After a resume: the room and everyone in it, as they are now.
void tell_all(Parts& parts, Participant& participant) {
  if (!participant.moved_from.empty()) {
    participant.send(moved_response(parts, participant));
    participant.moved_from.clear();
  }
  wire::SignalResponse update;
  for (const auto& [identity, one] : participant.room->participants) {
    if (one.get() == &participant || one->told)
      *update.mutable_update()->add_participants() = participant_info(*one);
  }
  participant.send(update);
  wire::SignalResponse room;
  *room.mutable_room_update()->mutable_room() = room_info(*participant.room);
  participant.send(room);
}

/// Another media thread serves the destination: the client comes back to it by itself, with a token for it.
void send_over(Parts& parts, Participant& participant, const std::string& destination) {
  Grant next = participant.grant;
  next.room = destination;
  if (parts.token_source) {
    wire::SignalResponse token;
    token.set_refresh_token(parts.token_source(next));
    participant.send(token);
  }
  send_leave(participant, wire::MIGRATION, wire::LeaveRequest::RECONNECT);
  remove(parts, participant, wire::MIGRATION);
}

}  // namespace

std::shared_ptr<Participant> enter(Parts& parts, const Joining& joining, const Grant& grant,
                                   Connection& connection) {
  Room& room = find_or_make_room(parts, grant.room);
  if (auto found = room.participants.find(grant.identity); found != room.participants.end()) {
    auto former = found->second;
    send_leave(*former, wire::DUPLICATE_IDENTITY, wire::LeaveRequest::DISCONNECT);
    remove(parts, *former, wire::DUPLICATE_IDENTITY);
  }
  auto participant = std::make_shared<Participant>();
  participant->room = &room;
  participant->grant = grant;
  participant->sid = new_sid(parts.env.random, "PA_");
  participant->client = joining.client;
  participant->single_connection = joining.single_connection;
  participant->auto_subscribe = joining.auto_subscribe;
  participant->joined_at_ms = parts.env.clock.now().ms;
  participant->entered = participant->last_heard = participant->token_sent = parts.env.loop.now();
  auto tcp = participant->room->without_udp.find(grant.identity);
  participant->without_udp =
      tcp != participant->room->without_udp.end() && tcp->second > parts.env.loop.now();
  participant->version = 1;
  take_wishes(parts, *participant, joining);
  auto opened = open_media(parts, *participant);
  if (!opened) return nullptr;
  participant->connection = &connection;
  room.participants[grant.identity] = participant;
  room.joined_once = true;
  participant->send(join_response(*participant));
  begin(parts, *participant, joining);
  return participant;
}

std::shared_ptr<Participant> resume(Parts& parts, const Joining& joining, const Grant& grant,
                                    Connection& connection) {
  auto participant = place_of(parts, joining, grant);
  if (!participant) {
    wire::SignalResponse out;
    out.mutable_leave()->set_action(wire::LeaveRequest::RECONNECT);
    out.mutable_leave()->set_reason(wire::STATE_MISMATCH);
    out.mutable_leave()->set_can_reconnect(true);
    connection.send(as_bytes(out.SerializeAsString()));
    return nullptr;
  }
  if (participant->connection) participant->connection->close("resumed elsewhere");
  participant->connection = &connection;
  participant->last_heard = parts.env.loop.now();
  participant->sections_asked = {};
  participant->grant.images = grant.images;
  apply_images(parts, *participant);
  wire::SignalResponse reconnect;
  reconnect.mutable_reconnect()->mutable_client_configuration();
  fill_server(*reconnect.mutable_reconnect()->mutable_server_info());
  reconnect.mutable_reconnect()->set_last_message_seq(participant->last_sequence);
  participant->send(reconnect);
  tell_all(parts, *participant);
  const auto& offer = joining.request.publisher_offer();
  if (!offer.sdp().empty()) (void)handle_offer(parts, *participant, offer);
  if (!participant->single_connection) restart_subscriber(parts, *participant);
  return participant;
}

void activate(Parts& parts, Participant& participant) {
  if (participant.active) return;
  participant.active = true;
  tell_others(participant);
  parts.observer.on_participant_joined(participant.room->name, describe(participant));
}

void remove(Parts& parts, Participant& leaving, wire::DisconnectReason reason) {
  Room& room = *leaving.room;
  auto found = room.participants.find(leaving.grant.identity);
  if (found == room.participants.end() || found->second.get() != &leaving) return;
  auto participant = found->second;
  if (media_failed(parts, *participant, reason)) parts.change_protocol(*participant);
  take_out(parts, *participant, reason);
  tell_traffic(parts, *participant);
  participant->room = nullptr;  // late answers may still hold the record
  parts.close_transport(participant->publisher);
  parts.close_transport(participant->subscriber);
  if (Connection* connection = std::exchange(participant->connection, nullptr))
    connection->close(reason_name(reason));
}

Result<void> move(Parts& parts, const std::shared_ptr<Participant>& participant,
                  const std::string& destination) {
  if (destination.empty() || destination.size() > parts.limits.name_bytes)
    return fail(reasons::malformed_join, "destination");
  Participant& one = *participant;
  if (one.room->name == destination) return {};
  TRY(check_place(parts, destination, one.grant.identity));
  Room& room = find_or_make_room(parts, destination, one.room);
  if (!parts.engine.share_thread(room.group, one.room->group)) {
    send_over(parts, one, destination);
    return {};
  }
  if (auto found = room.participants.find(one.grant.identity); found != room.participants.end()) {
    auto former = found->second;
    send_leave(*former, wire::DUPLICATE_IDENTITY, wire::LeaveRequest::DISCONNECT);
    remove(parts, *former, wire::DUPLICATE_IDENTITY);
  }
  std::string from = one.room->name;
  tell_traffic(parts, one);
  take_out(parts, one, wire::MIGRATION);
  forget_subscriptions(parts, one);
  for (const auto* transport : {&one.publisher, &one.subscriber}) {
    if (transport->id != sfu::TransportId::none) parts.engine.move_transport(transport->id, room.group);
  }
  one.room = &room;
  one.grant.room = destination;
  one.told = false;
  one.loudness = 0;
  one.joined_at_ms = parts.env.clock.now().ms;
  room.participants[one.grant.identity] = participant;
  room.joined_once = true;
  if (one.connection) {
    one.send(moved_response(parts, one));
  } else if (one.moved_from.empty()) {
    one.moved_from = from;
  }
  if (one.active) {
    tell_others(one);
    auto description = describe(one);
    parts.observer.on_participant_joined(destination, description);
    for (const auto& track : description.tracks)
      parts.observer.on_track_published(destination, description, track);
  }
  for (auto& track : one.tracks) {
    if (track->live()) offer_track(parts, *track);
  }
  review(parts, one);
  renegotiate(parts, one);
  return {};
}

}  // namespace parvis::livekit
