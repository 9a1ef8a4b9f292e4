#include "engine/livekit/room.h"

namespace parvis::livekit {

Track* Participant::track(std::string_view track_sid) {
  for (auto& one : tracks) {
    if (one->info.sid() == track_sid) return one.get();
  }
  return nullptr;
}

void Participant::send(const wire::SignalResponse& message) {
  if (connection) send_frame(message.SerializeAsString());
}

void Participant::send_frame(const std::string& frame) {
  if (connection) connection->send(as_bytes(frame));
}

Participant* Room::by_sid(std::string_view participant_sid) {
  for (auto& [identity, one] : participants) {
    if (one->sid == participant_sid) return one.get();
  }
  return nullptr;
}

Track* Room::track(std::string_view track_sid) {
  for (auto& [identity, one] : participants) {
    if (Track* found = one->track(track_sid)) return found;
  }
  return nullptr;
}

void Room::send(const wire::SignalResponse& message, const Participant* except) {
  std::string frame = message.SerializeAsString();
  for (auto& [identity, one] : participants) {
    if (one.get() != except) one->send_frame(frame);
  }
}

Result<sfu::LocalTransport> Parts::open_transport(Participant& participant) {
  auto local =
      TRY(engine.create_transport({.group = participant.room->group, .tcp_only = participant.without_udp}));
  by_transport[local.id] = &participant;
  return local;
}

void Parts::change_protocol(Participant& participant) {
  auto& until = participant.room->without_udp;
  const std::string& identity = participant.grant.identity;
  if (participant.without_udp) {
    until.erase(identity);
  } else if (until.size() < limits.participants_per_room) {
    until[identity] = env.loop.now() + limits.without_udp_us;
  }
}

void Parts::close_transport(sfu::LocalTransport& transport) {
  if (transport.id == sfu::TransportId::none) return;
  by_transport.erase(transport.id);
  engine.close_transport(transport.id);
  transport = {};
}

std::string new_sid(Random& random, std::string_view prefix) {
  constexpr std::string_view letters = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
  std::string out(prefix);
  for (int i = 0; i < 12; ++i) out += letters[random.number() % letters.size()];
  return out;
}

}  // namespace parvis::livekit
