#include "proto/url.h"

#include <doctest/doctest.h>

using namespace parvis::proto;
using namespace std::string_view_literals;

TEST_CASE("percent encoding there and back") {
  CHECK(percent_encode("à/b c~") == "%C3%A0%2Fb%20c~");
  CHECK(percent_encode_path("à/b") == "%C3%A0/b");
  CHECK(percent_decode("%C3%a0") == "à");
  CHECK(!percent_decode("%C"));
  CHECK(!percent_decode("%zz"));
}

TEST_CASE("targets") {
  auto target = split_target("/a/b?c=d?e");
  CHECK(target.path == "/a/b");
  CHECK(target.query == "c=d?e");
  target = split_target("https://exemple.fr:444?x=1");
  CHECK(target.scheme == "https");
  CHECK(target.authority == "exemple.fr:444");
  CHECK(target.path == "/");
  CHECK(target.query == "x=1");
  CHECK(split_target("/redirect?to=http://x").authority.empty());
}

TEST_CASE("paths are decoded and their dots resolved") {
  CHECK(normalise_path("/a/b") == "/a/b");
  CHECK(normalise_path("/") == "/");
  CHECK(normalise_path("/%C3%A9t%C3%A9") == "/été");
  CHECK(normalise_path("/a/./b/../c") == "/a/c");
  CHECK(normalise_path("/a/%2e%2e/c") == "/c");
  CHECK(normalise_path("/a/..") == "/");
  CHECK(normalise_path("/a/.") == "/a/");
  CHECK(normalise_path("/a//b/") == "/a//b/");
  CHECK(normalise_path("/a%2Fb") == "/a%2Fb");
  CHECK(normalise_path("/a%2f..%2fb") == "/a%2F..%2Fb");
  CHECK(normalise_path("/a%252Fb") == "/a%252Fb");
  for (auto path : {"/..", "/a/../../b", "/%2e%2e/b", "/a%00b", "/a%0ab", "/a%", "/a%1", "/%ff", "a"}) {
    CAPTURE(std::string(path));
    CHECK(!normalise_path(path));
  }
  CHECK(has_dot_segments("/a/%2E./b"));
  CHECK(has_dot_segments("/."));
  CHECK(!has_dot_segments("/.well-known/..."));
  CHECK(path_is_normal("/a/b.js"));
  CHECK(!path_is_normal("/a/../b"));
  CHECK(!path_is_normal("/%61"));
}

TEST_CASE("queries") {
  CHECK(query_value("a=1&b=2+3%204&b=5", "b") == "2 3 4");
  CHECK(query_values("b=1&a=2&b=3", "b") == std::vector<std::string>{"1", "3"});
  CHECK(query_value("%61=x", "a") == "x");
  CHECK(query_value("flag&x", "flag") == "");
  CHECK(!query_value("ab=1", "a"));
  CHECK(query_value("a=50%", "a") == "50%");
  CHECK(parse_query("&&a=b=c&").size() == 1);
  CHECK(parse_query("a=b=c")[0].second == "b=c");
  std::string many;
  for (int i = 0; i < 2000; ++i) many += "a=1&";
  CHECK(parse_query(many).size() == max_query_pairs);
}
