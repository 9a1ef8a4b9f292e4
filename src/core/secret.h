#pragma once
// Bearer secrets: 256 random bits, given once as text, kept as SHA-256. A fast hash suffices: there is
// nothing to guess.
#include <array>
#include <string>
#include <string_view>

#include "platform/env.h"

namespace parvis {

/// 43 characters of unpadded base64url.
std::string new_secret(Random& random);
/// SHA-256 in hexadecimal.
std::string hash_secret(std::string_view secret);
/// RFC 2104 with SHA-256.
std::array<uint8_t, 32> hmac_sha256(std::string_view key, std::string_view message);

}  // namespace parvis
