#pragma once
// Routes: a method and a pattern lead to a handler. Each route declares who may call it, what it may cost and
// which class of traffic it is; core/server.h enforces this before the handler runs, and a test walks the
// table.
#include <string>
#include <string_view>
#include <vector>

#include "core/http/request.h"

namespace parvis::http {

enum class Access : uint8_t {
  anonymous,  // no session needed (sign-in, static files, Matrix versions)
  session,    // any signed-in person; the handler asks may() for the object
  agent,      // signed-in, not an external
  administrator,
};
enum class TrafficClass : uint8_t { interactive, media, bulk, background };

struct RouteOptions {
  Access access = Access::session;
  TrafficClass traffic = TrafficClass::interactive;
  std::string_view tool = "";  // for the meter: "messages", "fichiers", "espaces", "interface" ...
  uint64_t max_body_bytes = 1 << 20;
  int64_t timeout_us = seconds_us(30);  // deadline of the whole request (long polls set more)
  double cost = 1;                      // tokens of the person's (or network's) rate bucket
  bool cross_origin = false;            // answer CORS (Matrix, .well-known)
  std::string_view door = "api";        // form of errors: "api" (problem+json), "matrix", "page", "text"
};

using Handler = std::function<Task<Result<Response>>(Request&)>;

struct Route {
  std::string method;   // "GET" also answers HEAD
  std::string pattern;  // "/api/v1/spaces/{space}/members"; a last "{rest...}" matches the remaining path
  RouteOptions options;
  Handler handler;
};

class Router {
 public:
  void add(std::string_view method, std::string_view pattern, RouteOptions options, Handler handler);
  /// Patterns are matched against the encoded path of request.target, segment by segment, so "%2F" never
  /// separates; request.path serves when target is empty. A literal wins over a parameter; a parameter is
  /// never empty; a pattern that ends with '/' is another pattern. Method "*" answers any verb that has no
  /// route of its own. Fills request.parameters. Null when no pattern matches; `known_path` tells 405 from
  /// 404.
  const Route* match(std::string_view method, Request& request, bool& known_path) const;
  std::vector<const Route*> routes() const;
  std::vector<std::string> methods_for(Request& request) const;  // for Allow

  Router();
  ~Router();
  static constexpr size_t max_segments = 32;

 private:
  struct Node;
  std::unique_ptr<Node> root_;
};

}  // namespace parvis::http
