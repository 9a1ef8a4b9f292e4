// The network policy: read by anybody, any program included; written by the administrators of the house.
#include <fmt/format.h>

#include <charconv>

#include "core/civil_time.h"
#include "core/door.h"
#include "core/http/conditions.h"
#include "core/network_policy/network_policy.h"
#include "core/network_policy/reasons.h"
#include "core/people/person_json.h"
#include "core/request_state.h"
#include "module/network/routes.h"

namespace parvis {
namespace {

using http::Request;
using http::Response;

constexpr size_t max_policy_body_bytes = PolicyLimits::document_bytes + (4 << 10);

void write_version_fields(json::Writer& out, const Context& context, const NetworkPolicy::Version& version) {
  out.field("version", version.version)
      .field("updated_at", version.created_at.ms)
      .field("note", version.note);
  if (version.author.empty()) return;
  out.key("author");
  write_person_brief(out, context.people, version.author, context.configuration.server_name);
}

/// No person is named: this is for everybody.
Task<Result<Response>> published(Context& context, NetworkPolicy& policy, Request& request) {
  const auto& version = policy.version();
  auto etag = fmt::format("\"network-policy-{}-{}\"", version.version, version.created_at.ms);
  Response response;
  response.set("ETag", etag).set("Cache-Control", "public, max-age=60");
  auto outcome = proto::evaluate_preconditions(http::conditions_of(request), {etag, std::nullopt, true}, true,
                                               context.env.clock.now());
  if (outcome == proto::Precondition::not_modified) {
    response.status = 304;
    co_return response;
  }
  json::Writer out(response.body);
  out.begin_object().field("version", version.version).field("updated_at", version.created_at.ms);
  write_policy_fields(out, policy.current());
  out.end_object();
  response.set("Content-Type", "application/json");
  co_return response;
}

Task<Result<Response>> read_policy(Context& context, NetworkPolicy& policy, Request& request) {
  CO_TRY(context.access.require(actor_of(request), Action::administration_manage, Object::instance()));
  auto overrides = CO_TRY(co_await policy.recent_overrides());
  std::string body;
  json::Writer out(body);
  out.begin_object();
  write_version_fields(out, context, policy.version());
  out.field("recent_overrides", overrides).key("policy").begin_object();
  write_policy_fields(out, policy.current());
  out.end_object().end_object();
  co_return Response::json(std::move(body));
}

/// As every problem, and each mistake with its place.
Response mistakes(const Request& request, const std::vector<PolicyError>& errors) {
  auto language = language_of(request);
  std::string body = problem_json(Error(policy_reasons::invalid), language, request.trace_id);
  body.pop_back();
  body += ",\"errors\":";
  json::Writer out(body);
  out.begin_array();
  for (const auto& error : errors) {
    bool english = language == Language::english;
    out.begin_object()
        .field("field", error.field)
        .field("code", error.reason->id)
        .field("message", english ? error.reason->en : error.reason->fr)
        .end_object();
  }
  out.end_array();
  body += '}';
  auto response = Response::json(std::move(body), 400);
  response.set("Content-Type", "application/problem+json");
  return response;
}

Task<Result<Response>> change_policy(Context& context, NetworkPolicy& policy, Request& request) {
  auto actor = actor_of(request);
  auto rule = CO_TRY(context.access.require(actor, Action::administration_manage, Object::instance()));
  auto body = CO_TRY(co_await request.read_json(max_policy_body_bytes));
  auto expected = json::integer(body, "version");
  const auto* document = json::find(body, "policy");
  if (!expected || !document) co_return fail(reasons::missing_field, "version, policy");
  std::vector<PolicyError> errors;
  auto changed =
      co_await policy.change(*document, *expected, std::string(json::text(body, "note").value_or("")),
                             actor.person, std::string(rule->id), &errors);
  if (!changed && changed.error().is(policy_reasons::invalid)) co_return mistakes(request, errors);
  CO_TRY(std::move(changed));
  co_return co_await read_policy(context, policy, request);
}

Task<Result<Response>> list_history(Context& context, NetworkPolicy& policy, Request& request) {
  CO_TRY(context.access.require(actor_of(request), Action::administration_manage, Object::instance()));
  auto versions = CO_TRY(co_await policy.history());
  std::string body;
  json::Writer out(body);
  out.begin_object().key("versions").begin_array();
  for (const auto& version : versions) {
    out.begin_object();
    write_version_fields(out, context, version);
    out.end_object();
  }
  out.end_array().end_object();
  co_return Response::json(std::move(body));
}

Task<Result<Response>> read_version(Context& context, NetworkPolicy& policy, Request& request) {
  CO_TRY(context.access.require(actor_of(request), Action::administration_manage, Object::instance()));
  auto text = request.parameter("version");
  int64_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) co_return fail(reasons::not_found, "version");
  auto version = CO_TRY(co_await policy.version_at(number));
  std::string body;
  json::Writer out(body);
  out.begin_object();
  write_version_fields(out, context, version);
  out.key("policy").raw(version.document).end_object();
  co_return Response::json(std::move(body));
}

}  // namespace

void add_policy_routes(Context& context, NetworkPolicy& policy) {
  auto add = [&](std::string_view method, std::string_view pattern, http::RouteOptions options,
                 auto handler) {
    context.router.add(method, pattern, options, [&context, &policy, handler](Request& request) {
      return handler(context, policy, request);
    });
  };
  constexpr http::RouteOptions administration{.tool = "administration",
                                              .max_body_bytes = max_policy_body_bytes};
  add("GET", "/.well-known/parvis-network-policy",
      {.access = http::Access::anonymous, .tool = "interface", .cost = 0.5, .cross_origin = true}, published);
  add("GET", "/api/v1/admin/network-policy", administration, read_policy);
  add("PUT", "/api/v1/admin/network-policy", administration, change_policy);
  add("GET", "/api/v1/admin/network-policy/history", administration, list_history);
  add("GET", "/api/v1/admin/network-policy/history/{version}", administration, read_version);
}

}  // namespace parvis
