#pragma once
// How a request proves whose it is, and what a browser must show besides its cookie before it may change
// anything.
#include <memory>
#include <string>

#include "core/context.h"
#include "core/http/request.h"

namespace parvis {

struct Credentials {
  std::string token;  // "" : none was shown
  bool by_cookie = false;
};
/// Authorization: Bearer; on Matrix's door also ?access_token=; else the house's cookie.
Credentials credentials_of(const http::Request& request, std::string_view door,
                           const Configuration& configuration);

/// For unsafe methods that rest on the cookie: the page's own origin (Sec-Fetch-Site, else Origin) and the
/// session's secret in X-Parvis-CSRF. reasons::csrf.
Result<void> check_same_site(const http::Request& request, const Session& session,
                             const Configuration& configuration);
/// For requests without session that open one (sign-in): refuses those that another site's page sends.
Result<void> check_origin(const http::Request& request, const Configuration& configuration);

/// The cookie's name: __Host-parvis, or `parvis` where plain HTTP beyond this machine is configured on
/// purpose.
std::string_view session_cookie_name(const Configuration& configuration);
std::string set_session_cookie(const Configuration& configuration, const std::string& token);
std::string clear_session_cookie(const Configuration& configuration);

/// True for http://localhost, 127.0.0.1, [::1]: browsers treat these as secure.
bool is_loopback_url(std::string_view url);

namespace reasons {
inline constexpr Reason csrf{Code::forbidden, "csrf",
                             "Cette demande ne vient pas de cette page ; rechargez-la.",
                             "This request does not come from this page; reload it."};
}  // namespace reasons

}  // namespace parvis
