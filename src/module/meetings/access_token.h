#pragma once
// LiveKit access tokens: JWT (RFC 7519) signed with HMAC-SHA-256, by the house only. Short-lived: they open a
// socket, and the socket renews them.
#include <string>

#include "base/result.h"
#include "engine/livekit/server.h"

namespace parvis {

inline constexpr int64_t token_lifetime_s = 600;
inline constexpr int64_t token_clock_skew_s = 30;
inline constexpr size_t max_token_bytes = 8 << 10;
inline constexpr std::string_view token_issuer = "parvis";

std::string write_access_token(const livekit::Grant& grant, std::string_view secret, Instant now);
/// meeting_reasons::token when it is malformed, forged, not yet or no longer valid, or grants no room.
Result<livekit::Grant> read_access_token(std::string_view token, std::string_view secret, Instant now);

}  // namespace parvis
