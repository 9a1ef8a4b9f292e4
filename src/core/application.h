#pragma once
// Every request passes here: route, session, origin, access level, rate, handler, form of errors, meter. Loop
// thread only.
#include <functional>
#include <memory>

#include "core/context.h"
#include "core/http/compress.h"
#include "core/http/server.h"
#include "core/rate_limit.h"

namespace parvis {

class NetworkPolicy;

struct ApplicationOptions {
  RateLimits rates;
  /// Tells the networks that people come by; null: no address has a name of its own.
  const NetworkPolicy* network_policy = nullptr;
  /// What no route matched and no door claims: the web app's files.
  http::Handler fallback;
};

struct RequestState;

class HouseApplication final : public http::Application {
 public:
  HouseApplication(Context& context, ApplicationOptions options);

  Task<http::Response> handle(http::Request& request) override;
  uint64_t max_body_bytes(const http::Request& request) override;
  void account(const http::Request& request, const http::Traffic& traffic) override;
  http::Response error(const http::Request* request, const Error& error) override;

  /// While false, everything but loopback health is refused with 503: starting, stopping.
  void set_ready(bool ready) { ready_ = ready; }

 private:
  Task<Result<http::Response>> answer(http::Request& request);
  Result<void> find_route(http::Request& request, RequestState& state);
  Result<void> authenticate(http::Request& request, RequestState& state);
  Result<void> check_access(const RequestState& state) const;
  Result<void> take_rate(const http::Request& request, const RequestState& state);
  std::string_view network_of(const http::Request& request) const;
  http::Response preflight(http::Request& request);
  void finish(const http::Request& request, const RequestState& state, http::Response& response);

  Context& context_;
  ApplicationOptions options_;
  RateLimiter rates_;
  http::ResponseCompressor compressor_;
  http::Route fallback_route_;
  bool ready_ = true;
};

}  // namespace parvis
