// For people without account, who hold a meeting's link.
#include "module/meetings/routes.h"

namespace parvis {
namespace {

using http::Request;
using http::Response;

std::string id_of(const Request& request) { return std::string(request.parameter("meeting")); }

Task<Result<Response>> view(Context& context, Meetings& meetings, Request& request) {
  auto view = CO_TRY(co_await meetings.guest_view(id_of(request), request.query_value("key").value_or("")));
  const Space* space = context.spaces.find(view.meeting.space);
  std::string body;
  json::Writer out(body);
  out.begin_object().field("name", view.meeting.name).field("space_name", space ? space->name : "");
  out.field("lobby", view.meeting.lobby).field("live", view.live).end_object();
  co_return Response::json(std::move(body));
}

Task<Result<Response>> join(Context& context, Meetings& meetings, Request& request) {
  std::string id = id_of(request);
  auto body = CO_TRY(co_await request.read_json());
  auto key = std::string(json::text(body, "key").value_or("")),
       name = std::string(json::text(body, "name").value_or(""));
  co_return entry_response(
      context, CO_TRY(co_await meetings.guest_join(std::move(id), std::move(key), std::move(name))));
}

Task<Result<Response>> ask(Context& context, Meetings& meetings, Request& request) {
  co_return entry_response(
      context, CO_TRY(co_await meetings.guest_ask(id_of(request), std::string(request.parameter("ticket")))));
}

}  // namespace

void add_guest_routes(Context& context, Meetings& meetings) {
  auto add = [&](std::string_view method, std::string_view pattern, double cost, auto handler) {
    context.router.add(
        method, pattern,
        {.access = http::Access::anonymous, .tool = "reunions", .max_body_bytes = 4 << 10, .cost = cost},
        [&context, &meetings, handler](Request& request) { return handler(context, meetings, request); });
  };
  add("GET", "/api/v1/guest-meetings/{meeting}", 1, view);
  add("POST", "/api/v1/guest-meetings/{meeting}/join", 5, join);
  add("GET", "/api/v1/guest-meetings/{meeting}/waiting/{ticket}", 1, ask);
}

}  // namespace parvis
