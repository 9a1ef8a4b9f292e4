#pragma once
// The house's own access tokens, as LiveKit's clients know them. Short-lived: they open a socket, and the
// socket renews them.
#include <string>

#include "module/meetings/token_claims.h"

namespace parvis {

inline constexpr int64_t token_lifetime_s = 600;
inline constexpr std::string_view token_issuer = "parvis";

struct AccessToken {
  livekit::Grant grant;
  bool needs_images = false;  // whoever bears it, a guest: nobody else learns it, and a restart loses it not
};
std::string write_access_token(const AccessToken& token, std::string_view secret, Instant now);
/// meeting_reasons::token when it is malformed, forged, not yet or no longer valid, or grants no room.
Result<AccessToken> read_access_token(std::string_view token, std::string_view secret, Instant now,
                                      TokenAge age = TokenAge::valid);

}  // namespace parvis
