#pragma once
// The head of a reply that this server gets as a client (RFC 9112 section 4): its status is all that is
// asked.
#include <optional>
#include <string_view>

#include "base/result.h"

namespace parvis::proto {

inline constexpr size_t max_reply_head_bytes = 16 << 10;
/// The final status, from 200 on: interim replies (1xx) before it are passed over. Nullopt while more bytes
/// are needed; reasons::malformed for what is no reply, or too long.
Result<std::optional<int>> parse_reply_status(std::string_view bytes);

}  // namespace parvis::proto
