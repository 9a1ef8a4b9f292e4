// Addresses, networks and forwarding headers: an untrusted peer is never replaced.
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "base/check.h"
#include "proto/forwarded.h"

using namespace parvis;
using namespace parvis::proto;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const auto trusted = parse_networks({"10.0.0.0/8", "2001:db8::/32"}).value();
  static const auto stranger = *parse_ip("203.0.113.1");
  static const auto proxy = *parse_ip("10.1.2.3");
  auto text = as_text({data, size});
  if (auto address = parse_ip(text)) {
    auto again = parse_ip(address->text());
    CHECK(again && *again == *address);
    CHECK(IpNetwork{*address}.contains(*address));
    (void)rate_limit_network(*address);
  }
  if (auto network = parse_network(text)) CHECK(network->contains(network->base));
  for (auto headers :
       {ForwardingHeaders{.forwarded = text}, ForwardingHeaders{.x_forwarded_for = text},
        ForwardingHeaders{.x_forwarded_for = text, .x_forwarded_proto = text, .x_forwarded_host = text}}) {
    CHECK(resolve_client(stranger, headers, trusted).address == stranger);
    (void)resolve_client(proxy, headers, trusted).address.text();
  }
  return 0;
}
