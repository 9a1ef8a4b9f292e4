#include <charconv>

#include "base/utf8.h"
#include "core/people/person_json.h"
#include "core/spaces/space_json.h"
#include "module/spaces/routes.h"

namespace parvis {
namespace {

using http::Request;
using http::Response;

constexpr http::RouteOptions options{.tool = "espaces"};
constexpr http::RouteOptions paste_options{.tool = "espaces", .timeout_us = seconds_us(120), .cost = 20};

void write_problem(json::Writer& out, const Error& error, std::string_view language) {
  out.begin_object()
      .field("type", "about:blank")
      .field("title", language == "en" ? error.reason->en : error.reason->fr)
      .field("code", error.reason->id)
      .end_object();
}

void write_member(json::Writer& out, const Context& context, const Membership& member) {
  auto* person = context.people.find(member.person);
  out.begin_object().key("person");
  write_person_brief(out, context.people, member.person, context.configuration.server_name);
  out.field("role", role_name(member.role)).field("since", member.since.ms);
  if (person && person->state == PersonState::invited) out.field("pending", true);
  out.end_object();
}

Result<PersonId> person_of(const Request& request) {
  auto id = PersonId::parse(request.parameter("person"));
  if (!id) return fail(reasons::not_found);
  return *id;
}

Task<Result<Response>> list_members(Context& context, Request& request) {
  auto actor = actor_of(request);
  auto id = CO_TRY(visible_space(context, actor, request.parameter("space")))->id;
  CO_TRY(context.access.require(actor, Action::member_list, Object::of_space(id)));
  auto query = utf8::fold(utf8::trim(request.query_value("q").value_or("")));
  auto after = request.query_value("after").value_or("0");
  size_t from = 0;
  std::from_chars(after.data(), after.data() + after.size(), from);
  std::string body;
  json::Writer out(body);
  out.begin_object().key("members").begin_array();
  size_t index = 0, shown = 0, next = 0;
  for (const auto& member : context.spaces.members(id)) {
    auto* person = context.people.find(member.person);
    if (index++ < from || !person) continue;
    if (!query.empty() &&
        utf8::fold(person->display_name + " " + person->email).find(query) == std::string::npos)
      continue;
    if (shown++ == page_size) {
      next = index - 1;
      break;
    }
    write_member(out, context, member);
  }
  out.end_array();
  if (next) out.field("next", std::to_string(next));
  out.end_object();
  co_return Response::json(std::move(body));
}

Task<Result<Response>> add_members(Context& context, SpacesService& service, Request& request) {
  auto actor = actor_of(request);
  auto id = CO_TRY(visible_space(context, actor, request.parameter("space")))->id;
  CO_TRY(context.access.require(actor, Action::member_add, Object::of_space(id)));
  auto content = CO_TRY(co_await request.read_json());
  auto role = parse_role(json::text(content, "role").value_or("contributor"));
  if (!role) co_return fail(reasons::malformed, "role");
  auto lines = co_await service.add_by_address(actor, id, CO_TRY(required_text(content, "addresses")), *role);
  auto language = language_of(context, actor);
  std::string body;
  json::Writer out(body);
  out.begin_object().key("lines").begin_array();
  for (const auto& line : lines) {
    out.begin_object().field("address", line.address).field("outcome", line.outcome);
    if (!line.person.empty()) {
      out.key("person");
      write_person_brief(out, context.people, line.person, context.configuration.server_name);
    }
    if (line.error) {
      out.key("problem");
      write_problem(out, *line.error, language);
    }
    out.end_object();
  }
  out.end_array().end_object();
  co_return Response::json(std::move(body));
}

Task<Result<Response>> set_member(Context& context, Request& request) {
  auto actor = actor_of(request);
  auto id = CO_TRY(visible_space(context, actor, request.parameter("space")))->id;
  auto person = CO_TRY(person_of(request));
  auto content = CO_TRY(co_await request.read_json());
  auto role = parse_role(json::text(content, "role").value_or(""));
  if (!role) co_return fail(reasons::missing_field, "role");
  CO_TRY(co_await context.spaces.set_member(actor, id, person, *role));
  std::string body;
  json::Writer out(body);
  write_member(out, context, *context.spaces.membership(id, person));
  co_return Response::json(std::move(body));
}

Task<Result<Response>> remove_member(Context& context, Request& request) {
  auto actor = actor_of(request);
  auto id = CO_TRY(visible_space(context, actor, request.parameter("space")))->id;
  CO_TRY(co_await context.spaces.remove_member(actor, id, CO_TRY(person_of(request))));
  co_return Response::empty();
}

Task<Result<Response>> list_requests(Context& context, Request& request) {
  auto actor = actor_of(request);
  auto id = CO_TRY(visible_space(context, actor, request.parameter("space")))->id;
  CO_TRY(context.access.require(actor, Action::request_decide, Object::of_space(id)));
  std::string body;
  json::Writer out(body);
  out.begin_object().key("requests").begin_array();
  for (const auto& pending : context.spaces.requests(id)) {
    out.begin_object().key("person");
    write_person_brief(out, context.people, pending.person, context.configuration.server_name);
    out.field("message", pending.message).field("at", pending.at.ms).end_object();
  }
  out.end_array().end_object();
  co_return Response::json(std::move(body));
}

Task<Result<Response>> decide_request(Context& context, Request& request) {
  auto actor = actor_of(request);
  auto id = CO_TRY(visible_space(context, actor, request.parameter("space")))->id;
  auto content = CO_TRY(co_await request.read_json());
  auto accepted = json::boolean(content, "accepted");
  if (!accepted) co_return fail(reasons::missing_field, "accepted");
  CO_TRY(co_await context.spaces.decide_request(actor, id, CO_TRY(person_of(request)), *accepted));
  co_return Response::empty();
}

Task<Result<Response>> join(Context& context, Request& request) {
  auto actor = actor_of(request);
  auto id = CO_TRY(visible_space(context, actor, request.parameter("space")))->id;
  auto content = CO_TRY(co_await request.read_json());
  auto outcome = CO_TRY(
      co_await context.spaces.join(actor, id, std::string(json::text(content, "message").value_or(""))));
  bool joined = outcome == Spaces::JoinOutcome::joined;
  co_return Response::json(joined ? R"({"outcome":"joined"})" : R"({"outcome":"requested"})");
}

Task<Result<Response>> withdraw(Context& context, Request& request) {
  auto actor = actor_of(request);
  auto id = CO_TRY(visible_space(context, actor, request.parameter("space")))->id;
  CO_TRY(co_await context.spaces.withdraw_request(actor, id));
  co_return Response::empty();
}

Task<Result<Response>> explain(Context& context, Request& request) {
  auto actor = actor_of(request);
  auto action = parse_action(request.parameter("action"));
  auto* space = CO_TRY(visible_space(context, actor, request.query_value("space").value_or("")));
  if (!action) co_return fail(reasons::not_found, "action");
  CO_TRY(context.access.require(actor, Action::access_explain, Object::of_space(space->id)));
  auto explanation = context.access.explain(*action, Object::of_space(space->id));
  bool english = language_of(context, actor) == "en";
  auto sentence = [english](const Rule& rule) { return english ? rule.en : rule.fr; };
  std::string body;
  json::Writer out(body);
  out.begin_object().field("action", action_name(*action));
  if (explanation.everyone)
    out.key("everyone")
        .begin_object()
        .field("rule", explanation.everyone->id)
        .field("sentence", sentence(*explanation.everyone))
        .end_object();
  out.key("people").begin_array();
  for (const auto& line : explanation.people) {
    out.begin_object().key("person");
    write_person_brief(out, context.people, line.person, context.configuration.server_name);
    if (line.role) out.field("role", role_name(*line.role));
    out.field("rule", line.rule->id).field("sentence", sentence(*line.rule)).end_object();
  }
  out.end_array().end_object();
  co_return Response::json(std::move(body));
}

}  // namespace

void add_member_routes(Context& context, SpacesService& service) {
  auto add = [&context](std::string_view method, std::string_view pattern, auto handler) {
    context.router.add(method, pattern, options,
                       [&context, handler](Request& request) { return handler(context, request); });
  };
  add("GET", "/api/v1/spaces/{space}/members", list_members);
  context.router.add(
      "POST", "/api/v1/spaces/{space}/members", paste_options,
      [&context, &service](Request& request) { return add_members(context, service, request); });
  add("PUT", "/api/v1/spaces/{space}/members/{person}", set_member);
  add("DELETE", "/api/v1/spaces/{space}/members/{person}", remove_member);
  add("GET", "/api/v1/spaces/{space}/requests", list_requests);
  add("POST", "/api/v1/spaces/{space}/requests/{person}", decide_request);
  add("POST", "/api/v1/spaces/{space}/join", join);
  add("DELETE", "/api/v1/spaces/{space}/join", withdraw);
  add("GET", "/api/v1/access/{action}", explain);
}

}  // namespace parvis
