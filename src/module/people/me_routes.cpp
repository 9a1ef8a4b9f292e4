#include "core/people/reasons.h"
#include "module/people/routes.h"

namespace parvis {
namespace {

using http::Request;
using http::Response;

constexpr size_t max_body_bytes = 8 << 10;
constexpr http::RouteOptions options{.tool = "compte", .max_body_bytes = max_body_bytes};

std::optional<std::string> text(const json::Value& body, std::string_view field) {
  auto found = json::text(body, field);
  return found ? std::optional<std::string>(*found) : std::nullopt;
}

Task<Result<Response>> change_me(Context& context, Request& request) {
  auto body = CO_TRY(co_await request.read_json(max_body_bytes));
  const Session* session = session_of(request);
  CO_TRY(co_await context.people.change(session->person,
                                        {.display_name = text(body, "name"),
                                         .given_name = text(body, "given_name"),
                                         .family_name = text(body, "family_name"),
                                         .title = text(body, "title"),
                                         .phone = text(body, "phone"),
                                         .language = text(body, "language"),
                                         .hidden = json::boolean(body, "hidden")},
                                        session->person));
  co_return me_response(context, *session_of(request));
}

Task<Result<Response>> change_password(Context& context, Request& request) {
  auto body = CO_TRY(co_await request.read_json(max_body_bytes));
  auto current = json::text(body, "current");
  auto password = json::text(body, "password");
  if (!current || !password) co_return fail(reasons::missing_field, "current, password");
  const Session* session = session_of(request);
  const Person* person = context.people.find(session->person);
  CO_TRY(co_await context.people.check_password(person->email, std::string(*current), request.peer.host));
  CO_TRY(co_await context.people.set_password(session->person, std::string(*password), session->person));
  // Whoever knew the old password loses what they opened with it.
  CO_TRY(co_await context.sessions.end_all(session->person, session->id, session->person));
  co_return Response::empty();
}

Task<Result<Response>> list_devices(Context& context, Request& request) {
  static constexpr std::string_view kinds[] = {"web", "matrix", "application"};
  const Session* own = session_of(request);
  std::string body;
  json::Writer out(body);
  out.begin_object().key("devices").begin_array();
  for (auto& session : context.sessions.of(own->person)) {
    out.begin_object()
        .field("id", session->id.text())
        .field("device_id", session->device_id)
        .field("name", session->device_name)
        .field("kind", kinds[static_cast<size_t>(session->kind)])
        .field("created_at", session->created_at.ms)
        .field("last_seen_at", session->last_seen_at.ms)
        .field("network", session->last_network)
        .field("current", session->id == own->id)
        .end_object();
  }
  out.end_array().end_object();
  co_return Response::json(std::move(body));
}

Task<Result<Response>> end_device(Context& context, Request& request) {
  auto id = request.parameter_id<SessionId>("device");
  const Session* own = session_of(request);
  bool mine = false;
  for (auto& session : context.sessions.of(own->person)) mine = mine || (id && session->id == *id);
  if (!mine) co_return fail(reasons::not_found);
  CO_TRY(co_await context.sessions.end(*id, own->person));
  co_return Response::empty();
}

Task<Result<Response>> end_other_devices(Context& context, Request& request) {
  const Session* own = session_of(request);
  CO_TRY(co_await context.sessions.end_all(own->person, own->id, own->person));
  co_return Response::empty();
}

}  // namespace

void add_me_routes(Context& context) {
  auto& router = context.router;
  router.add("PATCH", "/api/v1/me", options,
             [&context](Request& request) { return change_me(context, request); });
  auto guarded = options;
  guarded.cost = 5;
  router.add("POST", "/api/v1/me/password", guarded,
             [&context](Request& request) { return change_password(context, request); });
  router.add("GET", "/api/v1/devices", options,
             [&context](Request& request) { return list_devices(context, request); });
  router.add("DELETE", "/api/v1/devices", options,
             [&context](Request& request) { return end_other_devices(context, request); });
  router.add("DELETE", "/api/v1/devices/{device}", options,
             [&context](Request& request) { return end_device(context, request); });
}

}  // namespace parvis
