#pragma once
// What a client says when it joins: the query of /rtc/v1 (one peer connection) or of /rtc (two).
#include <map>
#include <optional>
#include <string>

#include "engine/livekit/messages.h"
#include "engine/livekit/server.h"

namespace parvis::livekit {

inline constexpr size_t max_join_request_bytes = 1 << 20;  // unzipped

struct Joining {
  bool single_connection = true;
  bool auto_subscribe = true;
  bool reconnect = false;
  std::string participant_sid;  // reconnect: whose place it was
  wire::ClientInfo client;
  wire::JoinRequest request;  // v1 only: offer, tracks, attributes
};

Result<Joining> parse_join(const JoinQuery& query);

}  // namespace parvis::livekit
