#include "core/http/router.h"

#include <doctest/doctest.h>

using namespace parvis;
using namespace parvis::http;

namespace {

Task<Result<Response>> nothing(Request&) { co_return Response::empty(); }

struct Fixture {
  Router router;
  Request request;
  bool known = false;
  void add(std::string_view method, std::string_view pattern) { router.add(method, pattern, {}, nothing); }
  std::string go(std::string_view method, std::string_view target) {
    request.target = target;
    auto* route = router.match(method, request, known);
    if (!route) return known ? "405" : "404";
    std::string out = route->method + " " + route->pattern;
    for (auto& [name, value] : request.parameters) out += " " + std::string(name) + "=" + value;
    return out;
  }
};

}  // namespace

TEST_CASE("literals win over parameters, and the walk comes back when they lead nowhere") {
  Fixture f;
  f.add("GET", "/");
  f.add("GET", "/spaces/{space}");
  f.add("GET", "/spaces/mine");
  f.add("POST", "/spaces/{space}");
  f.add("GET", "/spaces/{space}/members/{person}");
  f.add("GET", "/spaces/mine/recent");
  f.add("GET", "/files/{rest...}");
  CHECK(f.go("GET", "/") == "GET /");
  CHECK(f.go("GET", "/spaces/mine") == "GET /spaces/mine");
  CHECK(f.go("POST", "/spaces/mine") == "POST /spaces/{space} space=mine");
  CHECK(f.go("GET", "/spaces/mine/members/x?y=/z") ==
        "GET /spaces/{space}/members/{person} space=mine person=x");
  CHECK(f.go("HEAD", "/spaces/a") == "GET /spaces/{space} space=a");
  CHECK(f.go("DELETE", "/spaces/a") == "405");
  CHECK(f.go("GET", "/spaces/") == "404");
  CHECK(f.go("GET", "/spaces/a/") == "404");
  CHECK(f.go("GET", "/spaces//members/b") == "404");
  CHECK(f.go("GET", "/nothing") == "404");
  CHECK(f.go("GET", "/files/a/b/c") == "GET /files/{rest...} rest=a/b/c");
  CHECK(f.go("GET", "/files/") == "GET /files/{rest...} rest=");
  CHECK(f.go("OPTIONS", "*") == "404");
}

TEST_CASE("segments keep their borders and are decoded") {
  Fixture f;
  f.add("GET", "/rooms/{room}/state/{type}/");
  f.add("GET", "/rooms/{room}/state/{type}/{key}");
  CHECK(f.go("GET", "/rooms/!a%3Ab%2Fc/state/m.x/k%20y") ==
        "GET /rooms/{room}/state/{type}/{key} room=!a:b/c type=m.x key=k y");
  CHECK(f.go("GET", "/rooms/a/state/m.x/") == "GET /rooms/{room}/state/{type}/ room=a type=m.x");
  CHECK(f.go("GET", "/%72ooms/a/state/m.x/") == "GET /rooms/{room}/state/{type}/ room=a type=m.x");
  CHECK(f.go("GET", "http://host/rooms/a/state/m.x/") == "GET /rooms/{room}/state/{type}/ room=a type=m.x");
}

TEST_CASE("Allow lists every verb of the path; * takes the rest") {
  Fixture f;
  f.add("GET", "/dav/{rest...}");
  f.add("PROPFIND", "/dav/{rest...}");
  f.add("PUT", "/dav/special");
  f.add("*", "/any");
  f.request.target = "/dav/special";
  CHECK(f.router.methods_for(f.request) ==
        std::vector<std::string>{"PUT", "GET", "HEAD", "PROPFIND", "OPTIONS"});
  CHECK(f.go("PROPFIND", "/dav/special") == "PROPFIND /dav/{rest...} rest=special");
  CHECK(f.go("MKCALENDAR", "/any") == "* /any");
  CHECK(f.router.routes().size() == 4);
}

TEST_CASE("a path of endless segments is not a stack to fill") {
  Fixture f;
  f.add("GET", "/{a}/{b}");
  std::string path;
  for (int i = 0; i < 4000; ++i) path += "/x";
  CHECK(f.go("GET", path) == "404");
}
