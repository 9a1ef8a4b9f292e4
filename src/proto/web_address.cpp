#include "proto/web_address.h"

#include <algorithm>
#include <charconv>

#include "proto/ascii.h"
#include "proto/forwarded.h"

namespace parvis::proto {
namespace {

constexpr size_t max_host_bytes = 253, max_label_bytes = 63;

bool is_host_name(std::string_view host) {
  if (host.empty() || host.size() > max_host_bytes) return false;
  size_t label = 0;
  for (char c : host) {
    if (c == '.') {
      if (label == 0) return false;
      label = 0;
      continue;
    }
    bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    if (!letter || ++label > max_label_bytes) return false;
  }
  return label > 0;
}

/// A host that ends in a number is an IPv4 address or nothing: "127.1" and "0x7f000001" are read by some as
/// one.
bool ends_in_number(std::string_view host) {
  auto last = host.substr(host.rfind('.') + 1);
  return std::ranges::all_of(last, [](char c) { return c >= '0' && c <= '9'; }) || last.starts_with("0x");
}

std::optional<uint16_t> parse_port(std::string_view text) {
  uint16_t port = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port == 0) return std::nullopt;
  return port;
}

bool set_host(WebAddress& out, std::string_view authority) {
  std::string_view port;
  if (authority.starts_with('[')) {
    size_t end = authority.find(']');
    if (end == std::string_view::npos) return false;
    out.host = authority.substr(1, end - 1);
    if (!parse_ip(out.host) || out.host.find(':') == std::string::npos) return false;
    authority.remove_prefix(end + 1);
    if (!authority.empty() && authority[0] != ':') return false;
    port = authority.empty() ? "" : authority.substr(1);
    if (!authority.empty() && port.empty()) return false;
  } else {
    size_t colon = authority.find(':');
    out.host = authority.substr(0, colon);
    if (colon != std::string_view::npos) {
      port = authority.substr(colon + 1);
      if (port.empty()) return false;
    }
    std::ranges::transform(out.host, out.host.begin(), [](char c) { return ascii::lower(c); });
    if (!is_host_name(out.host) || (ends_in_number(out.host) && !parse_ip(out.host))) return false;
  }
  auto given = port.empty() ? std::optional<uint16_t>(out.secure ? 443 : 80) : parse_port(port);
  out.port = given.value_or(0);
  return given.has_value();
}

}  // namespace

std::string WebAddress::authority() const {
  std::string out = host.find(':') == std::string::npos ? host : "[" + host + "]";
  if (port != (secure ? 443 : 80)) out += ":" + std::to_string(port);
  return out;
}

std::optional<WebAddress> parse_web_address(std::string_view text) {
  if (text.size() > max_web_address_bytes) return std::nullopt;
  for (char c : text) {
    if (c <= 0x20 || c >= 0x7f || c == '"' || c == '<' || c == '>' || c == '\\' || c == '#')
      return std::nullopt;
  }
  size_t colon = text.find("://");
  if (colon == std::string_view::npos) return std::nullopt;
  std::string scheme(text.substr(0, colon));
  std::ranges::transform(scheme, scheme.begin(), [](char c) { return ascii::lower(c); });
  if (scheme != "https" && scheme != "http") return std::nullopt;
  WebAddress out{.secure = scheme == "https", .host = {}, .port = 0, .target = {}};
  text.remove_prefix(colon + 3);
  size_t end = text.find_first_of("/?");
  auto authority = text.substr(0, end);
  if (authority.find('@') != std::string_view::npos || !set_host(out, authority)) return std::nullopt;
  out.target = end == std::string_view::npos ? "/" : std::string(text.substr(end));
  if (out.target[0] == '?') out.target.insert(0, "/");
  return out;
}

}  // namespace parvis::proto
