#include "core/http/security_headers.h"

namespace parvis::http {
namespace {

constexpr std::string_view page_policy =
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; media-src 'self' blob:; worker-src 'self'; manifest-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
    "trusted-types parvis ProseMirrorClipboard";
constexpr std::string_view no_devices =
    "camera=(), microphone=(), display-capture=(), geolocation=(), payment=(), usb=(), browsing-topics=()";
constexpr std::string_view meeting_devices =
    "camera=(self), microphone=(self), display-capture=(self), geolocation=(), payment=(), usb=(), "
    "browsing-topics=()";

}  // namespace

void add_base_security(Response& response) {
  response.set("X-Content-Type-Options", "nosniff");
  response.set("Referrer-Policy", "same-origin");
}

void add_page_security(Response& response, PageSecurity page) {
  add_base_security(response);
  response.set("Content-Security-Policy", page_policy);
  response.set("Cross-Origin-Opener-Policy", "same-origin");
  response.set("Permissions-Policy", page.devices ? meeting_devices : no_devices);
}

void add_user_content_security(Response& response) {
  add_base_security(response);
  response.set("Content-Security-Policy",
               "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:");
  response.set("Cross-Origin-Resource-Policy", "same-origin");
}

}  // namespace parvis::http
