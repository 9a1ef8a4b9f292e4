#include <doctest/doctest.h>

#include "proto/http1_reply.h"
#include "proto/web_address.h"

namespace parvis::proto {

TEST_CASE("an address to call is taken whole, or not at all") {
  auto plain = parse_web_address("HTTPS://Hooks.Example.ORG/a/b?c=d");
  REQUIRE(plain);
  CHECK(plain->secure);
  CHECK(plain->host == "hooks.example.org");
  CHECK(plain->port == 443);
  CHECK(plain->target == "/a/b?c=d");
  CHECK(plain->authority() == "hooks.example.org");
  auto six = parse_web_address("http://[::1]:8080?x");
  REQUIRE(six);
  CHECK(six->host == "::1");
  CHECK(six->port == 8080);
  CHECK(six->target == "/?x");
  CHECK(six->authority() == "[::1]:8080");
  CHECK(parse_web_address("http://127.0.0.1:9/")->host == "127.0.0.1");
  for (const char* bad : {"",
                          "https://",
                          "ftp://a/",
                          "https:/a",
                          "//a",
                          "https://u@a/",
                          "https://a:/",
                          "https://a:0/",
                          "https://a:65536/",
                          "https://a:8x/",
                          "https://a b/",
                          "https://a/#f",
                          "https://a/\r\nx: y",
                          "https://é/",
                          "https://a..b/",
                          "https://.a/",
                          "https://127.1/",
                          "https://0x7f.0.0.0x1/",
                          "https://2130706433/",
                          "https://[::1/",
                          "https://[1.2.3.4]/",
                          "https://[::1]x/",
                          "https://a\\b/",
                          "javascript:alert(1)"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_web_address(bad));
  }
  CHECK_FALSE(parse_web_address("https://a/" + std::string(max_web_address_bytes, 'x')));
}

TEST_CASE("a reply tells its status once its head is there; interim ones are passed over") {
  std::string reply = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 204 No Content\r\nServer: x\r\n\r\nbody";
  for (size_t cut = 0; cut < reply.find("\r\n\r\nbody") + 4; ++cut) {
    auto partial = parse_reply_status(reply.substr(0, cut));
    REQUIRE(partial);
    CHECK_FALSE(*partial);
  }
  auto whole = parse_reply_status(reply);
  REQUIRE(whole);
  CHECK(**whole == 204);
  CHECK(**parse_reply_status("HTTP/1.1 500\r\n\r\n") == 500);
  for (const char* bad :
       {"x", "HTTP/2 200\r\n\r\n", "HTTP/1.1 20\r\n\r\n", "HTTP/1.1 2x0\r\n\r\n",
        "HTTP/1.1 101 Switching\r\n\r\n", "HTTP/1.1 2000\r\n\r\n", "HTTP/1.1 099\r\n\r\n"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_reply_status(bad));
  }
  CHECK_FALSE(parse_reply_status("HTTP/1.1 200 " + std::string(max_reply_head_bytes, 'x')));
}

}  // namespace parvis::proto
