#pragma once
// What a participant asks for over its socket.
#include "engine/livekit/room.h"

namespace parvis::livekit {

enum class Outcome : uint8_t {
  done,
  left,         // said leave: goes at once
  start_again,  // states differ beyond mending: the client must join anew
};
Outcome handle_signal(Parts& parts, Participant& participant, const wire::SignalRequest& request);

/// Of ServerLimits::signals.
double cost_of(const wire::SignalRequest& request, size_t bytes);

void send_leave(Participant& participant, wire::DisconnectReason reason, wire::LeaveRequest::Action action);
bool attributes_fit(const std::map<std::string, std::string>& attributes, const ServerLimits& limits);

}  // namespace parvis::livekit
