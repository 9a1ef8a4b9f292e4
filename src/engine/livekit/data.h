#pragma once
// Messages between participants over data channels: routed by the server, stamped with who sent them, never
// read otherwise.
#include "engine/livekit/room.h"

namespace parvis::livekit {

/// A DataPacket from a participant, on the channel `label`. Malformed, forbidden and repeated ones are
/// dropped.
void route_data(Parts& parts, Participant& from, const std::string& label, ByteView message);
/// From the server; to those named, or to everyone.
void send_data(Parts& parts, Room& room, ByteView payload, const std::string& topic,
               const std::vector<std::string>& identities, bool reliable);
/// The client opened a channel: what was reliably told before goes first.
void open_channel(Parts& parts, Participant& participant, sfu::TransportId transport,
                  const sfu::DataChannel& channel);

inline constexpr char reliable_label[] = "_reliable";
inline constexpr char lossy_label[] = "_lossy";

}  // namespace parvis::livekit
