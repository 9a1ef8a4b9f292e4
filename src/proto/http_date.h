#pragma once
// HTTP dates (RFC 9110 section 5.6.7).
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace parvis::proto {

/// "Sun, 06 Nov 1994 08:49:37 GMT". Milliseconds are dropped; years outside 0..9999 are clamped.
std::string format_http_date(Instant when);
/// The preferred form and the two obsolete ones; nothing else. Two-digit years are read as the nearest to
/// `now`.
std::optional<Instant> parse_http_date(std::string_view text, Instant now);

}  // namespace parvis::proto
