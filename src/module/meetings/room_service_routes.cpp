// POST /twirp/livekit.RoomService/<method>: Twirp version 7, protobuf or JSON.
#include "module/meetings/reasons.h"
#include "module/meetings/room_service.h"

namespace parvis {
namespace {

using http::Request;
using http::Response;

std::string token_of(const Request& request) {
  constexpr std::string_view bearer = "Bearer ";
  auto header = request.header("Authorization");
  return std::string(header.starts_with(bearer) ? header.substr(bearer.size()) : std::string_view());
}

Task<Result<Response>> call(RoomService& service, Request& request) {
  std::string method(request.parameter("method"));
  auto format = room_messages::format_of(request.header("Content-Type"));
  if (!format) co_return fail(reasons::malformed, "Content-Type");
  auto message = room_messages::request_of(method);
  if (!message) co_return fail(meeting_reasons::no_such_method, method);
  auto token = token_of(request);
  auto body = CO_TRY(co_await request.read_text(RoomService::max_body_bytes));
  CO_TRY(room_messages::parse(*format, body, *message));
  auto answer = CO_TRY(co_await service.call(std::move(token), std::move(method), std::move(message)));
  Response response;
  response.body = room_messages::render(*format, *answer);
  response.set("Content-Type", room_messages::content_type(*format));
  co_return response;
}

}  // namespace

void add_room_service_routes(Context& context, RoomService& service) {
  context.router.add("POST", "/twirp/livekit.RoomService/{method}",
                     {.access = http::Access::anonymous,
                      .tool = "reunions",
                      .max_body_bytes = RoomService::max_body_bytes,
                      .door = "twirp"},
                     [&service](Request& request) { return call(service, request); });
}

}  // namespace parvis
