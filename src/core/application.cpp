#include "core/application.h"

#include <fmt/format.h>

#include "core/door.h"
#include "core/http/security_headers.h"
#include "core/meter.h"
#include "core/network_policy/network_policy.h"
#include "core/request_state.h"
#include "core/session_door.h"
#include "core/sessions/reasons.h"
#include "platform/log.h"
#include "proto/forwarded.h"

namespace parvis {
namespace {

using http::Request;
using http::Response;
using http::Route;

bool is_safe(std::string_view method) { return method == "GET" || method == "HEAD" || method == "OPTIONS"; }

std::string_view door_of(const Request& request) {
  auto* state = state_of(request);
  return state && state->route ? state->route->options.door : door_of_path(request.path);
}

DoorContext door_context(const Request& request) {
  return {door_of(request), language_of(request), request.trace_id};
}

}  // namespace

Language language_of(const Request& request) {
  auto* state = state_of(request);
  return state ? state->language : preferred_language(request);
}

const Session* session_of(const Request& request) {
  auto* state = state_of(request);
  return state ? state->session.get() : nullptr;
}

Actor actor_of(const Request& request) {
  auto* session = session_of(request);
  return session ? Actor{session->person, false} : Actor{};
}

HouseApplication::HouseApplication(Context& context, ApplicationOptions options)
    : context_(context), options_(std::move(options)), rates_(options_.rates) {
  fallback_route_ = {"GET",
                     "/{rest...}",
                     {.access = http::Access::anonymous, .tool = "interface", .cost = 0.2, .door = "page"},
                     options_.fallback};
}

/// Asked before handle(), of requests with a body only.
uint64_t HouseApplication::max_body_bytes(const Request& request) {
  Request probe;
  probe.method = request.method;
  probe.target = request.target;
  probe.path = request.path;
  bool known_path = false;
  const Route* route = context_.router.match(request.method, probe, known_path);
  return route ? route->options.max_body_bytes : http::RouteOptions().max_body_bytes;
}

Result<void> HouseApplication::find_route(Request& request, RequestState& state) {
  bool known_path = false;
  state.route = context_.router.match(request.method, request, known_path);
  if (state.route) return {};
  if (known_path) return fail(parvis::reasons::method_not_allowed);
  bool page = door_of_path(request.path) == "page" && !request.path.starts_with("/.well-known/");
  if (!page || !fallback_route_.handler) return fail(no_such_address);
  if (request.method != "GET" && request.method != "HEAD") return fail(parvis::reasons::method_not_allowed);
  state.route = &fallback_route_;
  return {};
}

Result<void> HouseApplication::authenticate(Request& request, RequestState& state) {
  const auto& route = *state.route;
  auto credentials = credentials_of(request, route.options.door, context_.configuration);
  if (!credentials.token.empty()) state.session = context_.sessions.by_token(credentials.token);
  state.by_cookie = credentials.by_cookie;
  if (state.session) {
    const Person* person = context_.people.find(state.session->person);
    if (person) state.language = parse_language(person->language);
    if (credentials.by_cookie && !is_safe(request.method)) {
      // Signing in again needs no secret of the session it replaces.
      if (route.options.access == http::Access::anonymous) {
        TRY(check_origin(request, context_.configuration));
      } else {
        TRY(check_same_site(request, *state.session, context_.configuration));
      }
    }
    // A WebSocket begins with a GET that any page may send with the cookie.
    if (credentials.by_cookie && !request.header("Upgrade").empty()) {
      TRY(check_origin(request, context_.configuration));
    }
    context_.sessions.seen(state.session->id, request.peer.host);
    return {};
  }
  if (route.options.access == http::Access::anonymous) {
    // A stale cookie does not stand in the way of signing in; a page of another site does.
    if (!is_safe(request.method) && route.options.door != "matrix")
      return check_origin(request, context_.configuration);
    return {};
  }
  return fail(credentials.token.empty() ? reasons::token_missing : reasons::token_unknown);
}

Result<void> HouseApplication::check_access(const RequestState& state) const {
  auto access = state.route->options.access;
  if (access == http::Access::anonymous || access == http::Access::session) return {};
  const Person* person = context_.people.find(state.session->person);
  if (!person) return fail(reasons::token_unknown);
  bool allowed = access == http::Access::agent ? person->kind == PersonKind::agent
                                               : person->instance_role == InstanceRole::administrator;
  if (!allowed) return fail(parvis::reasons::forbidden, "access level");
  return {};
}

Result<void> HouseApplication::take_rate(const Request& request, const RequestState& state) {
  double cost = state.route->options.cost;
  Monotonic now = context_.env.loop.now();
  if (state.session) {
    auto& id = state.session->person.bytes;
    return rates_.take_person({reinterpret_cast<const char*>(id.data()), id.size()}, cost, now);
  }
  auto address = proto::parse_ip(request.peer.host);
  return rates_.take_network(address ? proto::rate_limit_network(*address) : request.peer.host, cost, now);
}

Response HouseApplication::preflight(Request& request) {
  Response response = Response::empty(204);
  auto methods = context_.router.methods_for(request);
  std::string allow = "OPTIONS";
  for (auto& method : methods) {
    if (method != "OPTIONS") allow += ", " + method;
  }
  response.set("Allow", allow);
  if (door_of_path(request.path) == "matrix") allow_cross_origin(response);
  return response;
}

Task<Result<Response>> HouseApplication::answer(Request& request) {
  auto& state = *state_of(request);
  auto routed = find_route(request, state);
  if (!routed) {
    if (request.method == "OPTIONS" &&
        (routed.error().code() == Code::method_not_allowed || door_of_path(request.path) == "matrix")) {
      co_return preflight(request);
    }
    co_return std::unexpected(routed.error());
  }
  request.deadline = context_.env.loop.now() + state.route->options.timeout_us;
  CO_TRY(authenticate(request, state));
  CO_TRY(take_rate(request, state));
  CO_TRY(check_access(state));
  co_return co_await state.route->handler(request);
}

std::string_view HouseApplication::network_of(const Request& request) const {
  if (options_.network_policy) return options_.network_policy->network(request.peer.host);
  return parvis::network_of({}, request.peer.host);
}

Task<Response> HouseApplication::handle(Request& request) {
  auto state = std::make_shared<RequestState>();
  state->language = preferred_language(request);
  state->network_path = network_of(request);
  request.session = state;
  Monotonic begun = context_.env.loop.now();
  Response response;
  if (!ready_) {
    response = error(&request, Error(parvis::reasons::unavailable, "not ready", 1000));
  } else if (auto answered = co_await answer(request)) {
    response = std::move(*answered);
  } else {
    response = error(&request, answered.error());
  }
  finish(request, *state, response);
  log_event(Level::debug, "request",
            {{"trace", format_trace(request.trace_id)},
             {"method", request.method},
             {"route", state->route ? std::string_view(state->route->pattern) : "-"},
             {"status", response.status},
             {"us", context_.env.loop.now() - begun}});
  co_return response;
}

void HouseApplication::finish(const Request& request, const RequestState& state, Response& response) {
  if (state.route && state.route->options.cross_origin) allow_cross_origin(response);
  http::add_base_security(response);
  if (response.header("Cache-Control").empty()) response.set("Cache-Control", "no-store");
  if (!response.upgrade) compressor_.apply(request, response);
}

Response HouseApplication::error(const Request* request, const Error& error) {
  auto code = error.code();
  bool bug = code == Code::internal || code == Code::corrupt;
  if (bug || code == Code::storage_full || code == Code::unavailable) {
    log_event(bug ? Level::error : Level::warning, "request.failed",
              {{"trace", format_trace(request ? request->trace_id : 0)},
               {"reason", error.reason->id},
               {"detail", error.detail},
               {"path", request && state_of(*request) && state_of(*request)->route
                            ? std::string_view(state_of(*request)->route->pattern)
                            : "-"}});
  }
  if (!request) return error_response(error, {"page", Language::french, 0});
  auto response = error_response(error, door_context(*request));
  if (code == Code::method_not_allowed) {
    Request copy;  // methods_for() fills parameters
    copy.target = request->target;
    copy.path = request->path;
    std::string allow;
    for (auto& method : context_.router.methods_for(copy)) allow += (allow.empty() ? "" : ", ") + method;
    response.set("Allow", allow);
  }
  if (code == Code::unauthenticated && door_of(*request) != "matrix")
    response.set("WWW-Authenticate", "Bearer");
  return response;
}

void HouseApplication::account(const Request& request, const http::Traffic& traffic) {
  auto* state = state_of(request);
  static constexpr http::RouteOptions nothing{.tool = "interface"};
  const auto& options = state && state->route ? state->route->options : nothing;
  PersonId person = state && state->session ? state->session->person : PersonId();
  context_.meter.count(person, options.tool.empty() ? "interface" : options.tool, options.traffic,
                       state ? state->network_path : network_of(request), traffic.bytes_in,
                       traffic.bytes_out);
}

}  // namespace parvis
