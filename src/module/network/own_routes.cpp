// What the network policy says to a person now, and the setting that stands above it.
#include "core/request_state.h"
#include "module/network/routes.h"

namespace parvis {
namespace {

using http::Request;
using http::Response;

constexpr size_t max_body_bytes = 1 << 10;
constexpr http::RouteOptions options{.tool = "compteur", .max_body_bytes = max_body_bytes};

Response now(const NetworkPolicy& policy, const Request& request) {
  auto applied =
      policy.applied(policy.network(request.peer.host), policy.exempt(session_of(request)->person));
  std::string body;
  json::Writer out(body);
  out.begin_object();
  write_applied_fields(out, applied, language_of(request));
  out.end_object();
  return Response::json(std::move(body));
}

Task<Result<Response>> change(NetworkPolicy& policy, Request& request) {
  auto body = CO_TRY(co_await request.read_json(max_body_bytes));
  auto exempt = json::boolean(body, "exempt");
  if (!exempt) co_return fail(reasons::missing_field, "exempt");
  CO_TRY(co_await policy.set_exempt(session_of(request)->person, *exempt));
  co_return now(policy, request);
}

}  // namespace

void add_own_routes(Context& context, NetworkPolicy& policy) {
  auto& router = context.router;
  router.add("GET", "/api/v1/network", options,
             [&policy](Request& request) -> Task<Result<Response>> { co_return now(policy, request); });
  router.add("PUT", "/api/v1/me/network-exemption", options,
             [&policy](Request& request) { return change(policy, request); });
}

}  // namespace parvis
