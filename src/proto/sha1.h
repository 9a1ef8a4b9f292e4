#pragma once
// SHA-1 (FIPS 180-4), for the WebSocket handshake alone: it proves nothing about security there, and nothing
// else may use it.
#include <array>

#include "base/bytes.h"

namespace parvis::proto {

std::array<uint8_t, 20> sha1(std::string_view text);

}  // namespace parvis::proto
