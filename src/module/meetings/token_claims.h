#pragma once
// What a JWT (RFC 7519, HS256) of LiveKit's says, once its signature and time were checked.
#include <string>

#include "base/result.h"
#include "engine/livekit/server.h"

namespace parvis {

inline constexpr int64_t token_clock_skew_s = 30;
inline constexpr size_t max_token_bytes = 8 << 10;

struct TokenClaims {
  std::string identity, name, metadata;
  std::map<std::string, std::string> attributes;
  std::string room, destination_room;  // of the video grant
  bool room_join = false, room_create = false, room_list = false, room_admin = false;
  bool needs_images = false;  // a guest's, ours: others ignore it
  livekit::Permission permission;
};

/// Who says to have signed it: unchecked, to find the secret by. meeting_reasons::token.
Result<std::string> token_issuer_of(std::string_view token);
/// Of any age: for who something else proves to be there still.
enum class TokenAge : uint8_t { valid, any };
/// meeting_reasons::token when it is malformed, forged, not yet or no longer valid.
Result<TokenClaims> read_token(std::string_view token, std::string_view secret, Instant now,
                               TokenAge age = TokenAge::valid);
/// `claims` is a JSON object.
std::string sign_token(std::string_view claims, std::string_view secret);

}  // namespace parvis
