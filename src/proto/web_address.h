#pragma once
// Absolute http and https addresses (RFC 3986) that this server is to call itself. Strict: no user, no
// fragment.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace parvis::proto {

struct WebAddress {
  bool secure = false;
  std::string host;  // lower case; an IPv6 address without its brackets
  uint16_t port = 0;
  std::string target;  // path and query, as given; begins with '/'
  /// For the Host header: the port only where it is not the scheme's own.
  std::string authority() const;
};

inline constexpr size_t max_web_address_bytes = 2'000;
/// Nullopt for anything else: other schemes, user information, fragments, spaces, control bytes, bytes beyond
/// ASCII.
std::optional<WebAddress> parse_web_address(std::string_view text);

}  // namespace parvis::proto
