#include "platform/own_addresses.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <compare>

namespace parvis {
namespace {

struct Found {
  int rank;
  std::string text;
  auto operator<=>(const Found&) const = default;
};

Found describe(const ifaddrs& entry) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  bool v4 = entry.ifa_addr->sa_family == AF_INET;
  if (v4) {
    inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(entry.ifa_addr)->sin_addr, text.data(),
              text.size());
  } else {
    const in6_addr& address = reinterpret_cast<const sockaddr_in6*>(entry.ifa_addr)->sin6_addr;
    if (IN6_IS_ADDR_LINKLOCAL(&address)) return {0, {}};
    inet_ntop(AF_INET6, &address, text.data(), text.size());
  }
  return {(entry.ifa_flags & IFF_LOOPBACK ? 2 : 0) + (v4 ? 0 : 1), text.data()};
}

}  // namespace

std::vector<std::string> own_addresses() {
  ifaddrs* all = nullptr;
  if (getifaddrs(&all) != 0) return {};
  std::vector<Found> found;
  for (const ifaddrs* entry = all; entry; entry = entry->ifa_next) {
    bool ip =
        entry->ifa_addr && (entry->ifa_addr->sa_family == AF_INET || entry->ifa_addr->sa_family == AF_INET6);
    if (!ip || !(entry->ifa_flags & IFF_UP)) continue;
    if (auto one = describe(*entry); !one.text.empty()) found.push_back(std::move(one));
  }
  freeifaddrs(all);
  std::ranges::sort(found);
  std::vector<std::string> out;
  for (auto& one : found) out.push_back(std::move(one.text));
  return out;
}

}  // namespace parvis
