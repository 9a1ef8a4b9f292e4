#include "core/session_door.h"

#include "base/bytes.h"
#include "proto/cookies.h"

namespace parvis {
namespace {

constexpr std::string_view secure_cookie = "__Host-parvis";
constexpr std::string_view plain_cookie = "parvis";

bool is_plain(const Configuration& configuration) {
  return configuration.public_url.starts_with("http://") && !is_loopback_url(configuration.public_url);
}

std::string format_cookie(const Configuration& configuration, const std::string& token,
                          int64_t max_age_seconds) {
  return proto::format_set_cookie({.name = std::string(session_cookie_name(configuration)),
                                   .value = token,
                                   .max_age_seconds = max_age_seconds,
                                   .secure = !is_plain(configuration)});
}

bool same_origin(std::string_view origin, const http::Request& request, const Configuration& configuration) {
  if (origin == configuration.public_url) return true;
  // Reached by another name of this machine (a tunnel, localhost for 127.0.0.1): the page's host is the
  // request's host.
  size_t scheme = origin.find("://");
  return scheme != std::string_view::npos && !request.host.empty() &&
         origin.substr(scheme + 3) == request.host;
}

}  // namespace

bool is_loopback_url(std::string_view url) {
  size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return false;
  std::string_view host = url.substr(scheme + 3);
  host = host.substr(0, host.find('/'));
  if (host.starts_with("[::1]")) return true;
  host = host.substr(0, host.find(':'));
  return host == "localhost" || host == "127.0.0.1" || host.ends_with(".localhost");
}

Credentials credentials_of(const http::Request& request, std::string_view door,
                           const Configuration& configuration) {
  std::string_view authorization = request.header("Authorization");
  constexpr std::string_view bearer = "bearer ";
  if (authorization.size() > bearer.size() &&
      http::same_header(authorization.substr(0, bearer.size()), bearer)) {
    authorization.remove_prefix(bearer.size());
    while (authorization.starts_with(' ')) authorization.remove_prefix(1);
    return {std::string(authorization), false};
  }
  if (door == "matrix") {
    if (auto token = request.query_value("access_token")) return {std::move(*token), false};
  }
  std::string_view cookie = request.cookie(session_cookie_name(configuration));
  return {std::string(cookie), !cookie.empty()};
}

Result<void> check_origin(const http::Request& request, const Configuration& configuration) {
  std::string_view site = request.header("Sec-Fetch-Site");
  if (site == "same-origin" || site == "none") return {};
  if (!site.empty()) return fail(reasons::csrf, "Sec-Fetch-Site");
  std::string_view origin = request.header("Origin");
  if (origin.empty() || same_origin(origin, request, configuration)) return {};
  return fail(reasons::csrf, "Origin");
}

Result<void> check_same_site(const http::Request& request, const Session& session,
                             const Configuration& configuration) {
  TRY(check_origin(request, configuration));
  if (session.csrf.empty() ||
      !equal_secret(as_bytes(request.header("X-Parvis-CSRF")), as_bytes(session.csrf))) {
    return fail(reasons::csrf, "X-Parvis-CSRF");
  }
  return {};
}

std::string_view session_cookie_name(const Configuration& configuration) {
  return is_plain(configuration) ? plain_cookie : secure_cookie;
}

std::string set_session_cookie(const Configuration& configuration, const std::string& token) {
  return format_cookie(configuration, token, Sessions::web_idle_ms / 1000);
}

std::string clear_session_cookie(const Configuration& configuration) {
  return format_cookie(configuration, "", 0);
}

}  // namespace parvis
