#include "proto/cookies.h"

#include <algorithm>

#include "proto/ascii.h"

namespace parvis::proto {
namespace {

bool cookie_octets(std::string_view text) {
  return std::ranges::all_of(
      text, [](char c) { return c > 0x20 && c < 0x7f && c != '"' && c != ',' && c != ';' && c != '\\'; });
}

}  // namespace

std::string_view find_cookie(std::string_view header, std::string_view name) {
  while (!header.empty()) {
    size_t end = std::min(header.find(';'), header.size());
    auto pair = ascii::trim(header.substr(0, end));
    header.remove_prefix(std::min(end + 1, header.size()));
    size_t equals = pair.find('=');
    if (equals == std::string_view::npos || ascii::trim(pair.substr(0, equals)) != name) continue;
    auto value = ascii::trim(pair.substr(equals + 1));
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
      value = value.substr(1, value.size() - 2);
    return value;
  }
  return {};
}

std::string format_set_cookie(const SetCookie& cookie) {
  bool safe_path = std::ranges::all_of(cookie.path, [](char c) { return c >= 0x20 && c < 0x7f && c != ';'; });
  if (cookie.name.empty() || !ascii::all(cookie.name, ascii::token) || !cookie_octets(cookie.value) ||
      !safe_path) {
    return {};
  }
  if (cookie.name.starts_with("__Host-") && (!cookie.secure || cookie.path != "/")) return {};
  if (cookie.same_site == SetCookie::SameSite::none && !cookie.secure) return {};
  std::string out = cookie.name + "=" + cookie.value;
  if (!cookie.path.empty()) out += "; Path=" + cookie.path;
  if (cookie.max_age_seconds >= 0) out += "; Max-Age=" + std::to_string(cookie.max_age_seconds);
  if (cookie.secure) out += "; Secure";
  if (cookie.http_only) out += "; HttpOnly";
  switch (cookie.same_site) {
    case SetCookie::SameSite::strict:
      out += "; SameSite=Strict";
      break;
    case SetCookie::SameSite::lax:
      out += "; SameSite=Lax";
      break;
    case SetCookie::SameSite::none:
      out += "; SameSite=None";
      break;
  }
  return out;
}

}  // namespace parvis::proto
