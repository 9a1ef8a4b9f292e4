#include "proto/forwarded.h"

#include <doctest/doctest.h>

using namespace parvis;
using namespace parvis::proto;

namespace {
std::string ip(std::string_view text) {
  auto address = parse_ip(text);
  return address ? address->text() : "-";
}
}  // namespace

TEST_CASE("addresses, one spelling each") {
  CHECK(ip("192.0.2.1") == "192.0.2.1");
  CHECK(ip("::ffff:192.0.2.1") == "192.0.2.1");
  CHECK(ip("2001:DB8:0:0:1::1") == "2001:db8::1:0:0:1");
  CHECK(ip("[::1]") == "::1");
  CHECK(ip("::") == "::");
  CHECK(ip("1:2:3:4:5:6:7:8") == "1:2:3:4:5:6:7:8");
  for (auto text : {"", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.4 ", "1:2:3:4:5:6:7", "1::2::3",
                    "12345::", "1:2:3:4:5:6:7:8:9", ":1", "1:", "[::1", "::1]", "fe80::1%eth0", "::1.2.3"}) {
    CAPTURE(std::string(text));
    CHECK(ip(text) == "-");
  }
}

TEST_CASE("networks") {
  auto inside = [](const char* network, const char* address) {
    return parse_network(network)->contains(*parse_ip(address));
  };
  CHECK(inside("10.0.0.0/8", "10.255.0.1"));
  CHECK(!inside("10.0.0.0/8", "11.0.0.1"));
  CHECK(inside("10.0.0.0/8", "::ffff:10.1.1.1"));
  CHECK(inside("192.0.2.128/25", "192.0.2.200"));
  CHECK(!inside("192.0.2.128/25", "192.0.2.100"));
  CHECK(inside("2001:db8::/33", "2001:db8:7fff::1"));
  CHECK(!inside("2001:db8::/33", "2001:db8:8000::1"));
  CHECK(inside("127.0.0.1", "127.0.0.1"));
  CHECK(inside("0.0.0.0/0", "8.8.8.8"));
  CHECK(!inside("0.0.0.0/0", "2001:db8::1"));
  for (auto text : {"10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8x", "::/129", "x/8"})
    CHECK(!parse_network(text));
  CHECK(!parse_networks({"10.0.0.0/8", "oops"}));
  CHECK(rate_limit_network(*parse_ip("2001:db8:1:2:3:4:5:6")) == "2001:db8:1:2::/64");
}

TEST_CASE("only trusted proxies are believed, and only as far as the trail is theirs") {
  auto trusted = *parse_networks({"10.0.0.0/8", "127.0.0.1"});
  auto client = [&](const char* peer, ForwardingHeaders headers) {
    return resolve_client(*parse_ip(peer), headers, trusted);
  };
  CHECK(client("203.0.113.9", {.x_forwarded_for = "1.1.1.1"}).address.text() == "203.0.113.9");
  CHECK(client("10.0.0.1", {.x_forwarded_for = "1.1.1.1"}).address.text() == "1.1.1.1");
  // The first address was written by the client itself.
  CHECK(client("10.0.0.1", {.x_forwarded_for = "6.6.6.6, 1.1.1.1, 10.0.0.2"}).address.text() == "1.1.1.1");
  CHECK(client("10.0.0.1", {.x_forwarded_for = "6.6.6.6, junk, 10.0.0.2"}).address.text() == "10.0.0.2");
  CHECK(client("10.0.0.1", {.x_forwarded_for = "1.1.1.1:4711"}).address.text() == "1.1.1.1");

  auto secure = client(
      "127.0.0.1", {.x_forwarded_for = "1.1.1.1", .x_forwarded_proto = "https", .x_forwarded_host = "a.fr"});
  CHECK(secure.secure == true);
  CHECK(secure.host == "a.fr");
  CHECK(client("127.0.0.1", {.x_forwarded_proto = "https"}).secure == true);
  CHECK(!client("203.0.113.9", {.x_forwarded_proto = "https"}).secure);

  auto standard =
      client("10.0.0.1",
             {.forwarded = "for=6.6.6.6;proto=http, for=\"[2001:db8::7]:80\";proto=https;host=\"b.fr\""});
  CHECK(standard.address.text() == "2001:db8::7");
  CHECK(standard.secure == true);
  CHECK(standard.host == "b.fr");
  CHECK(client("10.0.0.1", {.forwarded = "for=_hidden"}).address.text() == "10.0.0.1");

  std::string long_trail;
  for (int i = 0; i < 40; ++i) long_trail += "10.0.0.3,";
  CHECK(client("10.0.0.1", {.x_forwarded_for = long_trail}).address.text() == "10.0.0.1");
}
