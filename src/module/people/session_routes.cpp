#include "base/utf8.h"
#include "core/people/person_json.h"
#include "core/people/reasons.h"
#include "core/request_state.h"
#include "core/session_door.h"
#include "core/sessions/reasons.h"
#include "module/people/routes.h"

namespace parvis {
namespace {

using http::Request;
using http::Response;

constexpr size_t max_body_bytes = 8 << 10;
constexpr http::RouteOptions open_door{
    .access = http::Access::anonymous, .tool = "compte", .max_body_bytes = max_body_bytes, .cost = 5};

Task<Result<Response>> open_session(Context& context, Request& request, PersonId person) {
  // One browser, one session: what this browser held before ends.
  if (const Session* previous = session_of(request)) {
    CO_TRY(co_await context.sessions.end(previous->id, previous->person));
  }
  auto opened = CO_TRY(co_await context.sessions.open(
      person, SessionKind::web, "", browser_name(request.header("User-Agent")), request.peer.host));
  auto response = me_response(context, *opened.session);
  response.add("Set-Cookie", set_session_cookie(context.configuration, opened.token));
  co_return response;
}

Task<Result<Response>> sign_in(Context& context, Request& request) {
  auto body = CO_TRY(co_await request.read_json(max_body_bytes));
  auto email = json::text(body, "email");
  auto password = json::text(body, "password");
  if (!email || !password) co_return fail(reasons::missing_field, "email, password");
  PersonId person = CO_TRY(
      co_await context.people.check_password(std::string(*email), std::string(*password), request.peer.host));
  co_return co_await open_session(context, request, person);
}

Task<Result<Response>> get_session(Context& context, Request& request) {
  const Session* session = session_of(request);
  auto response = me_response(context, *session);
  auto* state = state_of(request);
  if (state->by_cookie) {
    // The cookie lives as long as it is used.
    std::string token(request.cookie(session_cookie_name(context.configuration)));
    response.add("Set-Cookie", set_session_cookie(context.configuration, token));
  }
  co_return response;
}

Task<Result<Response>> sign_out(Context& context, Request& request) {
  const Session* session = session_of(request);
  CO_TRY(co_await context.sessions.end(session->id, session->person));
  auto response = Response::empty();
  response.add("Set-Cookie", clear_session_cookie(context.configuration));
  co_return response;
}

Task<Result<Response>> look_at_invitation(Context& context, Request& request) {
  auto token = request.query_value("token");
  if (!token) co_return fail(reasons::missing_field, "token");
  auto seen = CO_TRY(co_await context.people.invitation(std::move(*token)));
  const Person* person = context.people.find(seen.person);
  if (!person) co_return fail(reasons::invitation_invalid);
  const Person* inviter = context.people.find(seen.inviter);
  std::string body;
  json::Writer out(body);
  out.begin_object()
      .field("email", person->email)
      .field("inviter", inviter ? inviter->display_name : context.configuration.instance_name);
  out.key("spaces").begin_array();
  for (auto& membership : context.spaces.memberships_of(person->id)) {
    if (auto* space = context.spaces.find(membership.space)) out.value(space->name);
  }
  out.end_array().end_object();
  co_return Response::json(std::move(body));
}

Task<Result<Response>> accept_invitation(Context& context, Request& request) {
  auto body = CO_TRY(co_await request.read_json(max_body_bytes));
  auto token = json::text(body, "token");
  auto name = json::text(body, "name");
  auto password = json::text(body, "password");
  if (!token || !name || !password) co_return fail(reasons::missing_field, "token, name, password");
  PersonId person = CO_TRY(co_await context.people.accept_invitation(std::string(*token), std::string(*name),
                                                                     std::string(*password)));
  co_return co_await open_session(context, request, person);
}

}  // namespace

Response me_response(const Context& context, const Session& session) {
  const Person* person = context.people.find(session.person);
  static constexpr std::string_view roles[] = {"none", "administrator", "auditor"};
  std::string body;
  json::Writer out(body);
  out.begin_object().key("person");
  write_person(out, context.people, *person, context.configuration.server_name);
  out.field("instance_role", roles[static_cast<size_t>(person->instance_role)])
      .field("language", person->language)
      .field("hidden", person->hidden)
      .field("csrf", session.csrf)
      .field("session", session.id.text())
      .field("device_id", session.device_id)
      .field("server_name", context.configuration.server_name)
      .field("instance_name", context.configuration.instance_name)
      .key("may")
      .begin_array();
  Actor actor{session.person, false};
  for (auto action : {Action::community_create, Action::community_request, Action::community_decide,
                      Action::project_create, Action::directory_search, Action::person_manage,
                      Action::administration_manage, Action::audit_read, Action::statistics_read}) {
    if (context.access.may(actor, action, Object::instance()).allowed) out.value(action_name(action));
  }
  out.end_array().end_object();
  return Response::json(std::move(body));
}

void add_session_routes(Context& context) {
  auto& router = context.router;
  auto option = [](http::Access access) { return http::RouteOptions{.access = access, .tool = "compte"}; };
  router.add("POST", "/api/v1/session", open_door,
             [&context](Request& request) { return sign_in(context, request); });
  router.add("GET", "/api/v1/session", option(http::Access::session),
             [&context](Request& request) { return get_session(context, request); });
  router.add("DELETE", "/api/v1/session", option(http::Access::session),
             [&context](Request& request) { return sign_out(context, request); });
  router.add("GET", "/api/v1/invitation", open_door,
             [&context](Request& request) { return look_at_invitation(context, request); });
  router.add("POST", "/api/v1/invitation", open_door,
             [&context](Request& request) { return accept_invitation(context, request); });
}

}  // namespace parvis
