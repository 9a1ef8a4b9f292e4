#pragma once
// Cookies (RFC 6265): reading the request's, writing the response's.
#include <cstdint>
#include <string>
#include <string_view>

namespace parvis::proto {

/// The value of the first cookie named so in a Cookie header, quotes removed; "" when absent.
std::string_view find_cookie(std::string_view header, std::string_view name);

struct SetCookie {
  enum class SameSite : uint8_t { strict, lax, none };
  std::string name;   // a token; "__Host-" names demand secure, path "/" and no domain
  std::string value;  // cookie-octets: no space, quote, comma, semicolon, backslash or control
  std::string path = "/";
  int64_t max_age_seconds = -1;  // -1: until the browser closes; 0: delete now
  bool secure = true;
  bool http_only = true;
  SameSite same_site = SameSite::lax;
};
/// The header's value, or "" when a part would not be valid.
std::string format_set_cookie(const SetCookie& cookie);

}  // namespace parvis::proto
