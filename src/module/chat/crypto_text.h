#pragma once
// Short names made from content.
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "engine/matrix/crypto.h"

namespace parvis::chat {

/// 16 characters of URL-safe base64 of SHA-256: equal texts, equal names.
inline std::string short_hash(std::string_view text) {
  auto hash = matrix::sha256(text);
  return to_base64({hash.data(), 12}, Base64::url_unpadded);
}

}  // namespace parvis::chat
