#include "proto/forwarded.h"

#include <algorithm>
#include <charconv>

#include "proto/ascii.h"
#include "proto/multipart.h"

namespace parvis::proto {
namespace {

constexpr std::array<uint8_t, 12> mapped_prefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

bool parse_ipv4(std::string_view text, uint8_t* out) {
  for (int part = 0; part < 4; ++part) {
    size_t length = 0;
    unsigned value = 0;
    while (length < text.size() && ascii::is(text[length], ascii::digit) && length < 4) {
      value = value * 10 + static_cast<unsigned>(text[length++] - '0');
    }
    // A leading zero means octal to some readers: ambiguous, so refused.
    if (length == 0 || value > 255 || (length > 1 && text[0] == '0')) return false;
    out[part] = static_cast<uint8_t>(value);
    text.remove_prefix(length);
    if (part < 3) {
      if (!text.starts_with('.')) return false;
      text.remove_prefix(1);
    }
  }
  return text.empty();
}

/// Reads groups up to `text`'s end into `out`; returns their count in bytes, -1 when malformed.
int parse_groups(std::string_view text, uint8_t* out, int room) {
  int written = 0;
  while (!text.empty()) {
    size_t colon = text.find(':');
    auto group = text.substr(0, colon);
    if (colon == std::string_view::npos && group.find('.') != std::string_view::npos) {
      if (room - written < 4 || !parse_ipv4(group, out + written)) return -1;
      return written + 4;
    }
    if (group.empty() || group.size() > 4 || room - written < 2) return -1;
    unsigned value = 0;
    for (char c : group) {
      int digit = ascii::hex_value(c);
      if (digit < 0) return -1;
      value = value << 4 | static_cast<unsigned>(digit);
    }
    out[written++] = static_cast<uint8_t>(value >> 8);
    out[written++] = static_cast<uint8_t>(value);
    if (colon == std::string_view::npos) break;
    text.remove_prefix(colon + 1);
    if (text.empty()) return -1;
  }
  return written;
}

bool parse_ipv6(std::string_view text, std::array<uint8_t, 16>& out) {
  size_t gap = text.find("::");
  if (gap == std::string_view::npos) return parse_groups(text, out.data(), 16) == 16;
  std::array<uint8_t, 16> tail{};
  int head_size = parse_groups(text.substr(0, gap), out.data(), 14);
  if (head_size < 0) return false;
  int tail_size = parse_groups(text.substr(gap + 2), tail.data(), 14 - head_size);
  if (tail_size < 0) return false;
  std::copy_n(tail.begin(), tail_size, out.end() - tail_size);
  return true;
}

/// A node of Forwarded or X-Forwarded-For: an address, perhaps with a port.
std::optional<IpAddress> parse_node(std::string_view node) {
  if (node.size() >= 2 && node.front() == '"' && node.back() == '"') node = node.substr(1, node.size() - 2);
  if (node.starts_with('[')) {
    size_t end = node.find(']');
    return end == std::string_view::npos ? std::nullopt : parse_ip(node.substr(0, end + 1));
  }
  if (std::ranges::count(node, ':') == 1) node = node.substr(0, node.find(':'));
  return parse_ip(node);
}

struct Hop {
  std::string_view node;
  std::string proto, host;
};

std::vector<Hop> forwarded_hops(std::string_view header) {
  std::vector<Hop> out;
  for_each_element(header, ',', [&](std::string_view element) {
    Hop hop;
    for_each_element(element, ';', [&](std::string_view pair) {
      size_t equals = std::min(pair.find('='), pair.size());
      auto name = pair.substr(0, equals);
      auto value = pair.substr(std::min(equals + 1, pair.size()));
      auto bare = value.size() >= 2 && value.front() == '"' ? value.substr(1, value.size() - 2) : value;
      if (ascii::same(name, "for")) hop.node = value;
      if (ascii::same(name, "proto")) hop.proto = bare;
      if (ascii::same(name, "host")) hop.host = bare;
      return true;
    });
    out.push_back(std::move(hop));
    return out.size() <= max_forwarding_hops;
  });
  return out;
}

std::string_view last_element(std::string_view list) {
  size_t comma = list.rfind(',');
  return ascii::trim(comma == std::string_view::npos ? list : list.substr(comma + 1));
}

std::vector<Hop> x_forwarded_hops(const ForwardingHeaders& headers) {
  std::vector<Hop> out;
  for_each_element(headers.x_forwarded_for, ',', [&](std::string_view node) {
    out.push_back({node, {}, {}});
    return out.size() <= max_forwarding_hops;
  });
  // These two have no list of hops that one could trust: the nearest proxy's word is the last.
  if (out.empty() && !(headers.x_forwarded_proto.empty() && headers.x_forwarded_host.empty()))
    out.emplace_back();
  for (auto& hop : out) {
    hop.proto = last_element(headers.x_forwarded_proto);
    hop.host = last_element(headers.x_forwarded_host);
  }
  return out;
}

}  // namespace

bool IpAddress::is_ipv4() const {
  return std::equal(mapped_prefix.begin(), mapped_prefix.end(), bytes.begin());
}

std::string IpAddress::text() const {
  std::string out;
  if (is_ipv4()) {
    for (size_t i = 12; i < 16; ++i) out += (i == 12 ? "" : ".") + std::to_string(bytes[i]);
    return out;
  }
  std::array<unsigned, 8> groups;
  for (size_t i = 0; i < 8; ++i) groups[i] = static_cast<unsigned>(bytes[2 * i] << 8 | bytes[2 * i + 1]);
  size_t gap = 8, gap_length = 1;  // the longest run of two or more zero groups (RFC 5952)
  for (size_t i = 0; i < 8; ++i) {
    size_t end = i;
    while (end < 8 && groups[end] == 0) ++end;
    if (end - i > gap_length) gap = i, gap_length = end - i;
  }
  for (size_t i = 0; i < 8; ++i) {
    if (i == gap) {
      out += "::";
      i += gap_length - 1;
      continue;
    }
    if (!out.empty() && !out.ends_with(':')) out.push_back(':');
    char digits[4];
    out.append(digits, std::to_chars(digits, digits + 4, groups[i], 16).ptr);
  }
  return out;
}

std::optional<IpAddress> parse_ip(std::string_view text) {
  IpAddress out;
  if (text.size() >= 2 && text.front() == '[' && text.back() == ']') {
    if (!parse_ipv6(text.substr(1, text.size() - 2), out.bytes)) return std::nullopt;
    return out;
  }
  if (text.find(':') != std::string_view::npos) {
    if (!parse_ipv6(text, out.bytes)) return std::nullopt;
    return out;
  }
  std::ranges::copy(mapped_prefix, out.bytes.begin());
  if (!parse_ipv4(text, out.bytes.data() + 12)) return std::nullopt;
  return out;
}

bool IpNetwork::contains(const IpAddress& address) const {
  int whole = prefix_bits / 8, rest = prefix_bits % 8;
  if (!std::equal(base.bytes.begin(), base.bytes.begin() + whole, address.bytes.begin())) return false;
  if (rest == 0) return true;
  auto index = static_cast<size_t>(whole);
  return ((base.bytes[index] ^ address.bytes[index]) >> (8 - rest)) == 0;
}

std::optional<IpNetwork> parse_network(std::string_view text) {
  size_t slash = text.find('/');
  auto address = parse_ip(text.substr(0, slash));
  if (!address) return std::nullopt;
  IpNetwork out{*address, 128};
  if (slash == std::string_view::npos) return out;
  auto digits = text.substr(slash + 1);
  int bits = -1;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  bool four = text.substr(0, slash).find(':') == std::string_view::npos;
  if (bits < 0 || bits > (four ? 32 : 128)) return std::nullopt;
  out.prefix_bits = four ? bits + 96 : bits;
  return out;
}

Result<std::vector<IpNetwork>> parse_networks(const std::vector<std::string>& texts) {
  std::vector<IpNetwork> out;
  for (const auto& text : texts) {
    auto network = parse_network(text);
    if (!network) return fail(reasons::malformed, "network: " + text);
    out.push_back(*network);
  }
  return out;
}

bool contains(const std::vector<IpNetwork>& networks, const IpAddress& address) {
  return std::ranges::any_of(networks, [&](const IpNetwork& network) { return network.contains(address); });
}

Client resolve_client(const IpAddress& peer, const ForwardingHeaders& headers,
                      const std::vector<IpNetwork>& trusted) {
  Client out{peer, std::nullopt, {}};
  if (!contains(trusted, peer)) return out;
  auto hops = headers.forwarded.empty() ? x_forwarded_hops(headers) : forwarded_hops(headers.forwarded);
  if (hops.size() > max_forwarding_hops) return out;
  for (auto hop = hops.rbegin(); hop != hops.rend(); ++hop) {
    if (ascii::same(hop->proto, "https")) out.secure = true;
    if (ascii::same(hop->proto, "http")) out.secure = false;
    if (!hop->host.empty()) out.host = hop->host;
    auto address = parse_node(hop->node);
    if (!address) break;  // "unknown" or obfuscated: the trail ends here
    out.address = *address;
    if (!contains(trusted, *address)) break;
  }
  return out;
}

std::string rate_limit_network(const IpAddress& address) {
  if (address.is_ipv4()) return address.text();
  IpAddress network = address;
  std::fill(network.bytes.begin() + 8, network.bytes.end(), uint8_t{0});
  return network.text() + "/64";
}

}  // namespace parvis::proto
