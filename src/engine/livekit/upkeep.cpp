#include "engine/livekit/upkeep.h"

#include <cmath>

#include "engine/livekit/describe.h"
#include "engine/livekit/membership.h"
#include "engine/livekit/quality.h"
#include "engine/livekit/rooms.h"
#include "engine/livekit/subscribe.h"

namespace parvis::livekit {
namespace {

constexpr int64_t silent_socket_us = 30'000'000;  // two clients' ping timeouts
constexpr int64_t token_every_us = 300'000'000;
constexpr float loudness_steps = 8;
constexpr uint64_t ipv4_header_bytes = 28, ipv6_header_bytes = 48;  // with that of UDP

}  // namespace

void keep_up(Parts& parts, bool telling) {
  Monotonic now = parts.env.loop.now();
  std::vector<std::shared_ptr<Participant>> lost;
  std::vector<std::string> over;
  for (auto& [name, room] : parts.rooms) {
    for (auto& [identity, one] : room->participants) {
      if (!one->connection && now - one->socket_lost > parts.limits.resume_within_us) lost.push_back(one);
      if (one->connection && now - one->last_heard > silent_socket_us) one->connection->close("no ping");
      if (one->connection && now - one->token_sent > token_every_us) send_token(parts, *one);
      if (one->single_connection && one->sections_asked != Monotonic{}) ask_for_sections(parts, *one);
      if (telling) tell_traffic(parts, *one);
    }
    review_wanted(parts, *room);
    int64_t patience = room->joined_once ? parts.limits.empty_room_us : parts.limits.never_joined_room_us;
    if (room->participants.empty() && now - room->empty_since > patience) over.push_back(name);
  }
  for (auto& one : lost) remove(parts, *one, wire::SIGNAL_CLOSE);
  for (auto& name : over) finish_room(parts, name);
}

void send_token(Parts& parts, Participant& participant) {
  participant.token_sent = parts.env.loop.now();
  if (!parts.token_source) return;
  wire::SignalResponse out;
  out.set_refresh_token(parts.token_source(participant.grant));
  participant.send(out);
}

/// The counters come later; the room and the person are remembered by name, for they may be gone by then.
void tell_traffic(Parts& parts, Participant& participant) {
  std::vector<sfu::TransportId> ids;
  for (const auto* transport : {&participant.publisher, &participant.subscriber}) {
    if (transport->id != sfu::TransportId::none) ids.push_back(transport->id);
  }
  if (ids.empty()) return;
  auto one = participant.room->participants.contains(participant.grant.identity)
                 ? participant.room->participants[participant.grant.identity]
                 : nullptr;
  parts.engine.transport_stats(ids, [&parts, alive = parts.alive, one, room = participant.room->name,
                                     identity = participant.grant.identity,
                                     received = participant.bytes_received,
                                     sent = participant.bytes_sent](const auto& stats) {
    if (!*alive) return;
    uint64_t received_now = 0, sent_now = 0;
    for (const auto& transport : stats) {
      uint64_t header = transport.peer.starts_with('[') ? ipv6_header_bytes : ipv4_header_bytes;
      received_now += transport.bytes_received + header * transport.packets_received;
      sent_now += transport.bytes_sent + header * transport.packets_sent;
    }
    uint64_t since_received = one ? one->bytes_received : received, since_sent = one ? one->bytes_sent : sent;
    if (received_now < since_received || sent_now < since_sent) return;
    if (one && one->room && one->active) tell_quality(*one, stats);
    if (one) {
      one->bytes_received = received_now;
      one->bytes_sent = sent_now;
    }
    if (received_now + sent_now > since_received + since_sent) {
      parts.observer.on_traffic(room, identity, received_now - since_received, sent_now - since_sent);
    }
  });
}

void tell_speakers(Parts& parts, Room& room, const std::vector<sfu::SpeakerLevel>& levels) {
  std::map<Participant*, float> loud;
  for (const auto& one : levels) {
    auto speaker = parts.by_transport.find(one.transport);
    if (speaker == parts.by_transport.end()) continue;
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

}  // namespace parvis::livekit
