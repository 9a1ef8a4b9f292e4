#include "engine/matrix/identifiers.h"

#include <algorithm>
#include <charconv>

#include "base/utf8.h"

namespace parvis::matrix {
namespace {

constexpr size_t hash_characters = 43;  // SHA-256 in unpadded base64

bool digit(char c) { return c >= '0' && c <= '9'; }
bool lower(char c) { return c >= 'a' && c <= 'z'; }
bool alphanumeric(char c) { return digit(c) || lower(c) || (c >= 'A' && c <= 'Z'); }
bool localpart_character(char c) {
  return lower(c) || digit(c) || c == '-' || c == '.' || c == '=' || c == '_' || c == '/' || c == '+';
}

bool url_base64(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return alphanumeric(c) || c == '-' || c == '_'; });
}

bool ipv4(std::string_view host) {
  for (int part = 0; part < 4; ++part) {
    auto dot = host.find('.');
    if ((dot == std::string_view::npos) != (part == 3)) return false;
    auto number = host.substr(0, dot);
    int value = 0;
    if (number.empty() || number.size() > 3 || !std::all_of(number.begin(), number.end(), digit))
      return false;
    std::from_chars(number.data(), number.data() + number.size(), value);
    if (value > 255) return false;
    host.remove_prefix(std::min(host.size(), number.size() + 1));
  }
  return host.empty();
}

bool ipv6(std::string_view host) {
  if (host.size() < 2 || host.size() > 45) return false;
  if (auto dot = host.find('.'); dot != std::string_view::npos) {
    auto colon = host.rfind(':');
    if (colon == std::string_view::npos || !ipv4(host.substr(colon + 1))) return false;
    // The embedded IPv4 stands for two groups.
    return ipv6(std::string(host.substr(0, colon + 1)) + "0:0");
  }
  auto gap = host.find("::");
  if (gap != std::string_view::npos && host.find("::", gap + 1) != std::string_view::npos) return false;
  if (gap == std::string_view::npos && (host.front() == ':' || host.back() == ':')) return false;
  if (host.starts_with(':') && !host.starts_with("::")) return false;
  if (host.ends_with(':') && !host.ends_with("::")) return false;
  size_t groups = 0, length = 0;
  for (char c : host) {
    if (c == ':') {
      length = 0;
      continue;
    }
    if (!digit(c) && !(c >= 'a' && c <= 'f') && !(c >= 'A' && c <= 'F')) return false;
    if (length++ == 0) ++groups;
    if (length > 4) return false;
  }
  return gap == std::string_view::npos ? groups == 8 : groups <= 7;
}

// "localpart:server", any code point but ':' and NUL in the localpart.
std::optional<Identifier> parse_with_domain(std::string_view text, char sigil) {
  if (text.size() > max_identifier_bytes || text.empty() || text[0] != sigil) return std::nullopt;
  auto colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  Identifier id{text.substr(1, colon - 1), text.substr(colon + 1)};
  if (id.localpart.find('\0') != std::string_view::npos || !utf8::valid(id.localpart)) return std::nullopt;
  if (!valid_server_name(id.server)) return std::nullopt;
  return id;
}

}  // namespace

std::optional<Identifier> parse_user_id(std::string_view text) { return parse_with_domain(text, '@'); }

bool valid_new_localpart(std::string_view localpart, std::string_view server) {
  return !localpart.empty() && localpart.size() + server.size() + 2 <= max_identifier_bytes &&
         std::all_of(localpart.begin(), localpart.end(), localpart_character);
}

std::optional<Identifier> parse_room_id(std::string_view text) {
  if (text.size() == hash_characters + 1 && text[0] == '!' && url_base64(text.substr(1)))
    return Identifier{text.substr(1), {}};
  auto id = parse_with_domain(text, '!');
  return id && !id->localpart.empty() ? id : std::nullopt;
}

std::optional<Identifier> parse_alias(std::string_view text) {
  auto id = parse_with_domain(text, '#');
  return id && !id->localpart.empty() ? id : std::nullopt;
}

bool valid_event_id(std::string_view text) {
  return text.size() == hash_characters + 1 && text[0] == '$' && url_base64(text.substr(1));
}

bool valid_server_name(std::string_view text) {
  if (text.empty() || text.size() > max_server_name_bytes) return false;
  std::string_view host = text, port;
  if (text[0] == '[') {
    auto end = text.find(']');
    if (end == std::string_view::npos) return false;
    host = text.substr(1, end - 1);
    auto rest = text.substr(end + 1);
    if (!rest.empty() && rest[0] != ':') return false;
    if (!rest.empty()) port = rest.substr(1);
    if (!rest.empty() && port.empty()) return false;
    if (!ipv6(host)) return false;
  } else {
    if (auto colon = text.find(':'); colon != std::string_view::npos) {
      host = text.substr(0, colon);
      port = text.substr(colon + 1);
      if (port.empty()) return false;
    }
    if (host.empty()) return false;
    bool name =
        std::all_of(host.begin(), host.end(), [](char c) { return alphanumeric(c) || c == '-' || c == '.'; });
    if (!name) return false;
  }
  return port.size() <= 5 && std::all_of(port.begin(), port.end(), digit);
}

std::optional<Identifier> parse_mxc(std::string_view text) {
  constexpr std::string_view scheme = "mxc://";
  if (!text.starts_with(scheme) || text.size() > max_identifier_bytes * 2) return std::nullopt;
  text.remove_prefix(scheme.size());
  auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  Identifier id{text.substr(slash + 1), text.substr(0, slash)};
  if (id.localpart.empty() || id.localpart.size() > max_identifier_bytes || !url_base64(id.localpart))
    return std::nullopt;
  return valid_server_name(id.server) ? std::optional(id) : std::nullopt;
}

std::string_view server_of(std::string_view identifier) {
  auto colon = identifier.find(':');
  return colon == std::string_view::npos ? std::string_view{} : identifier.substr(colon + 1);
}

std::string_view localpart_of(std::string_view identifier) {
  if (identifier.empty()) return {};
  return identifier.substr(
      1, identifier.find(':') == std::string_view::npos ? std::string_view::npos : identifier.find(':') - 1);
}

std::string make_user_id(std::string_view localpart, std::string_view server) {
  std::string id = "@";
  return id.append(localpart).append(":").append(server);
}

std::string map_to_localpart(std::string_view text) {
  constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (char c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (localpart_character(c) && c != '=') {
      out.push_back(c);
      continue;
    }
    auto byte = static_cast<unsigned char>(c);
    out.push_back('=');
    out.push_back(digits[byte >> 4]);
    out.push_back(digits[byte & 15]);
  }
  return out;
}

std::string room_id_of_create(std::string_view create_event_id) {
  std::string id(create_event_id);
  if (!id.empty()) id[0] = '!';
  return id;
}

bool valid_namespaced(std::string_view text) {
  if (text.empty() || text.size() > max_identifier_bytes || !lower(text[0])) return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return lower(c) || digit(c) || c == '-' || c == '_' || c == '.'; });
}

}  // namespace parvis::matrix
