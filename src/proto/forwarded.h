#pragma once
// IP networks and what trusted proxies say of the client (RFC 7239 and the X-Forwarded-* habits).
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace parvis::proto {

/// IPv4 is kept as an IPv4-mapped IPv6 address, so the two spellings are one address.
struct IpAddress {
  std::array<uint8_t, 16> bytes{};
  bool operator==(const IpAddress&) const = default;
  bool is_ipv4() const;
  std::string text() const;
};
/// "192.0.2.1", "2001:db8::1", "[2001:db8::1]"; no zone, no port.
std::optional<IpAddress> parse_ip(std::string_view text);

struct IpNetwork {
  IpAddress base;
  int prefix_bits = 128;  // counted in the 128 mapped bits
  bool contains(const IpAddress& address) const;
};
/// "192.0.2.0/24", "2001:db8::/32", or a lone address.
std::optional<IpNetwork> parse_network(std::string_view text);

/// Refuses the whole list when one entry is wrong: a typo must not silently trust nobody or everybody.
Result<std::vector<IpNetwork>> parse_networks(const std::vector<std::string>& texts);
bool contains(const std::vector<IpNetwork>& networks, const IpAddress& address);

/// What a request's headers say; "" when absent.
struct ForwardingHeaders {
  std::string_view forwarded, x_forwarded_for, x_forwarded_proto, x_forwarded_host;
};
struct Client {
  IpAddress address;
  std::optional<bool> secure;  // nullopt: the proxies did not say
  std::string host;            // "" when they did not say
};
inline constexpr size_t max_forwarding_hops = 16;
/// Walks from the nearest proxy outwards and stops at the first address that is not trusted: what stands
/// before it could have been written by anybody. Headers are ignored unless `peer` itself is trusted.
Client resolve_client(const IpAddress& peer, const ForwardingHeaders& headers,
                      const std::vector<IpNetwork>& trusted);

/// The unit in which rate limits count: an IPv4 address, or the /64 of an IPv6 address.
std::string rate_limit_network(const IpAddress& address);

}  // namespace parvis::proto
