#include "core/people/person_json.h"
#include "core/spaces/space_json.h"
#include "module/people/routes.h"

namespace parvis {
namespace {

using http::Request;
using http::Response;

constexpr size_t max_shown = 20;
constexpr size_t max_query_bytes = 200;
constexpr http::RouteOptions options{.tool = "annuaire", .cost = 2};

Task<Result<Response>> search_people(Context& context, Request& request) {
  auto actor = actor_of(request);
  auto query = request.query_value("q").value_or("");
  std::string body;
  json::Writer out(body);
  out.begin_object().key("people").begin_array();
  // An external's directory is empty rather than refused: the field simply finds nobody.
  bool allowed = context.access.may(actor, Action::directory_search, Object::instance()).allowed;
  if (allowed && query.size() <= max_query_bytes) {
    for (const Person* person : context.people.search(query, max_shown)) {
      if (!context.access.may(actor, Action::person_see, Object::of_person(person->id)).allowed) continue;
      write_person_brief(out, context.people, person->id, context.configuration.server_name);
    }
  }
  out.end_array().end_object();
  co_return Response::json(std::move(body));
}

Task<Result<Response>> get_person(Context& context, Request& request) {
  auto actor = actor_of(request);
  // An id that is none asks about nobody, and is refused the same way.
  auto id = request.parameter_id<PersonId>("person").value_or(PersonId());
  CO_TRY(context.access.require(actor, Action::person_see, Object::of_person(id)));
  const Person* person = context.people.find(id);
  if (!person) co_return fail(reasons::not_found);
  std::string body;
  json::Writer out(body);
  out.begin_object();
  write_person_fields(out, context.people, *person, context.configuration.server_name);
  out.key("spaces").begin_array();
  for (auto& membership : context.spaces.memberships_of(id)) {
    if (!context.access.may(actor, Action::member_list, Object::of_space(membership.space)).allowed) continue;
    if (auto* space = context.spaces.find(membership.space)) write_space_brief(out, context, actor, *space);
  }
  out.end_array().end_object();
  co_return Response::json(std::move(body));
}

}  // namespace

void add_directory_routes(Context& context) {
  context.router.add("GET", "/api/v1/people", options,
                     [&context](Request& request) { return search_people(context, request); });
  context.router.add("GET", "/api/v1/people/{person}", options,
                     [&context](Request& request) { return get_person(context, request); });
}

}  // namespace parvis
