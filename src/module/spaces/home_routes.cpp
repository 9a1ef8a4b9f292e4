#include "core/people/person_json.h"
#include "core/spaces/space_json.h"
#include "module/spaces/routes.h"

namespace parvis {
namespace {

using http::Request;
using http::Response;

constexpr size_t max_waiting = 20;

// What waits for this person's decision: requests to join spaces they animate, communities to approve.
void write_waiting(json::Writer& out, const Context& context, const Actor& actor) {
  size_t shown = 0;
  auto begin = [&](std::string_view kind, const Space& space, PersonId person, Instant at) {
    out.begin_object().field("kind", kind).key("space");
    write_space_brief(out, context, actor, space);
    out.key("person");
    write_person_brief(out, context.people, person, context.configuration.server_name);
    out.field("at", at.ms);
  };
  for (const auto& member : context.spaces.memberships_of(actor.person)) {
    if (!context.access.may(actor, Action::request_decide, Object::of_space(member.space)).allowed) continue;
    for (const auto& request : context.spaces.requests(member.space)) {
      if (shown++ >= max_waiting) return;
      begin("join_request", *context.spaces.find(member.space), request.person, request.at);
      out.field("message", request.message).end_object();
    }
  }
  if (!context.access.may(actor, Action::community_decide, Object::instance()).allowed) return;
  for (const Space* space : context.spaces.all()) {
    if (space->state != SpaceState::requested || shown++ >= max_waiting) continue;
    begin("community_request", *space, space->created_by, space->created_at);
    out.end_object();
  }
}

// Recent files and the meter are asked of their own modules by the page: this answer costs no database
// access.
Task<Result<Response>> home(Context& context, Request& request) {
  auto actor = actor_of(request);
  std::string body;
  json::Writer out(body);
  out.begin_object().key("waiting").begin_array();
  write_waiting(out, context, actor);
  out.end_array().key("spaces").begin_array();
  for (const Space* space : context.spaces.all())
    if (context.spaces.membership(space->id, actor.person) && space->state != SpaceState::archived)
      write_space_brief(out, context, actor, *space);
  out.end_array().end_object();
  co_return Response::json(std::move(body));
}

}  // namespace

void add_home_routes(Context& context) {
  context.router.add("GET", "/api/v1/home", {.tool = "accueil"},
                     [&context](Request& request) { return home(context, request); });
}

}  // namespace parvis
