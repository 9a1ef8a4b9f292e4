#pragma once
// Bearer secrets: 256 random bits, given once as text, kept as SHA-256. A fast hash suffices: there is
// nothing to guess.
#include <string>
#include <string_view>

#include "platform/env.h"

namespace parvis {

/// 43 characters of unpadded base64url.
std::string new_secret(Random& random);
/// SHA-256 in hexadecimal.
std::string hash_secret(std::string_view secret);

}  // namespace parvis
