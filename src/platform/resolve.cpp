#include "platform/resolve.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <memory>

#include "platform/socket.h"

namespace parvis {

Result<std::vector<std::string>> resolve_host(const std::string& name) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* first = nullptr;
  int failed = ::getaddrinfo(name.c_str(), nullptr, &hints, &first);
  if (failed) return fail(reasons::unavailable, std::string("resolve: ") + ::gai_strerror(failed));
  std::unique_ptr<addrinfo, void (*)(addrinfo*)> list(first, ::freeaddrinfo);
  std::vector<std::string> out;
  for (auto* one = list.get(); one && out.size() < max_resolved_addresses; one = one->ai_next) {
    if (one->ai_family != AF_INET && one->ai_family != AF_INET6) continue;
    sockaddr_storage address{};
    std::copy_n(reinterpret_cast<const uint8_t*>(one->ai_addr), one->ai_addrlen,
                reinterpret_cast<uint8_t*>(&address));
    auto text = from_sockaddr(address).host;
    if (std::ranges::find(out, text) == out.end()) out.push_back(std::move(text));
  }
  if (out.empty()) return fail(reasons::unavailable, "resolve: no address");
  return out;
}

}  // namespace parvis
