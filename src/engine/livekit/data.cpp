#include "engine/livekit/data.h"

#include <algorithm>

namespace parvis::livekit {
namespace {

constexpr int max_sids = 100;  // an old way to name receivers, each is searched for
constexpr size_t max_early = 64, max_early_bytes = 65'536;  // for one participant

template <class Identities>
std::vector<sfu::TransportId> receivers(const Room& room, const Participant* except,
                                        const Identities& identities) {
  std::vector<sfu::TransportId> out;
  auto add = [&](const Participant& one) {
    if (&one != except && one.active) out.push_back(one.receiving().id);
  };
  if (identities.empty()) {
    for (const auto& [identity, one] : room.participants) add(*one);
    return out;
  }
  for (const auto& identity : identities) {
    auto found = room.participants.find(identity);
    if (found != room.participants.end()) add(*found->second);
  }
  // Who is named twice receives it once.
  std::ranges::sort(out);
  auto again = std::ranges::unique(out);
  out.erase(again.begin(), again.end());
  return out;
}

/// Media may flow before the channel is there.
void keep_early(Parts& parts, Participant& participant, const Bytes& message) {
  size_t bytes = message.size();
  for (const auto& one : participant.early) bytes += one.size();
  if (participant.early.size() >= max_early || bytes > max_early_bytes) {
    ++parts.dropped_data;
    return;
  }
  participant.early.push_back(message);
}

void send(Parts& parts, std::vector<sfu::TransportId> to, std::string_view label,
          const wire::DataPacket& packet) {
  if (to.empty()) return;
  std::string text = packet.SerializeAsString();
  Bytes bytes(text.begin(), text.end());
  if (label == reliable_label) {
    std::erase_if(to, [&](sfu::TransportId transport) {
      auto found = parts.by_transport.find(transport);
      if (found == parts.by_transport.end() || found->second->reachable) return false;
      keep_early(parts, *found->second, bytes);
      return true;
    });
    if (to.empty()) return;
  }
  parts.engine.send_message(std::move(to), std::string(label), true, std::move(bytes));
}

}  // namespace

void route_data(Parts& parts, Participant& from, const std::string& label, ByteView message) {
  bool reliable = label == reliable_label;
  if (!reliable && label != lossy_label) return;
  wire::DataPacket packet;
  if (!from.grant.permission.publish_data ||
      !packet.ParseFromArray(message.data(), static_cast<int>(message.size()))) {
    return;
  }
  auto most = static_cast<int>(parts.limits.participants_per_room);
  if (packet.destination_identities_size() > most || packet.user().destination_identities_size() > most ||
      packet.user().destination_sids_size() > max_sids) {
    ++parts.dropped_data;
    return;
  }
  // Who speaks for the server, or tells who is speaking, is the server alone.
  if (packet.value_case() == wire::DataPacket::kSpeaker) return;
  if (reliable && packet.sequence() != 0) {
    if (packet.sequence() <= from.last_sequence) return;  // sent again after a resume
    from.last_sequence = packet.sequence();
  }
  packet.set_kind(reliable ? wire::DataPacket::RELIABLE : wire::DataPacket::LOSSY);
  packet.set_participant_sid(from.sid);
  packet.set_participant_identity(from.grant.identity);
  if (packet.value_case() == wire::DataPacket::kUser) {
    auto& user = *packet.mutable_user();
    user.set_participant_sid(from.sid);
    user.set_participant_identity(from.grant.identity);
    if (packet.destination_identities().empty())
      *packet.mutable_destination_identities() = user.destination_identities();
    for (const auto& sid : user.destination_sids()) {
      if (Participant* one = from.room->by_sid(sid)) packet.add_destination_identities(one->grant.identity);
    }
  }
  auto to = receivers(*from.room, &from, packet.destination_identities());
  if (!from.deliveries.take(parts.limits.deliveries, parts.env.loop.now(), static_cast<double>(to.size()))) {
    ++parts.dropped_data;
    return;
  }
  send(parts, std::move(to), reliable ? reliable_label : lossy_label, packet);
}

void send_data(Parts& parts, Room& room, ByteView payload, const std::string& topic,
               const std::vector<std::string>& identities, bool reliable) {
  wire::DataPacket packet;
  packet.set_kind(reliable ? wire::DataPacket::RELIABLE : wire::DataPacket::LOSSY);
  packet.mutable_user()->set_payload(std::string(as_text(payload)));
  packet.mutable_user()->set_topic(topic);
  for (const auto& identity : identities) packet.add_destination_identities(identity);
  send(parts, receivers(room, nullptr, identities), reliable ? reliable_label : lossy_label, packet);
}

void open_channel(Parts& parts, Participant& participant, sfu::TransportId transport,
                  const sfu::DataChannel& channel) {
  participant.channels[channel.stream] = channel.label;
  if (channel.label != reliable_label || transport != participant.receiving().id) return;
  participant.reachable = true;
  for (auto& message : std::exchange(participant.early, {}))
    parts.engine.send_message({transport}, reliable_label, true, std::move(message));
}

}  // namespace parvis::livekit
