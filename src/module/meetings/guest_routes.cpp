// For people without account, who hold a meeting's link.
#include "core/request_state.h"
#include "module/chat/api.h"
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
  out.field("lobby", view.meeting.lobby).field("live", view.live).key("reception");
  auto reception = meetings.reception("", request.peer.host, false);
  write_reception(out, reception, meetings.images_needed(view.meeting.id), context.env.clock.now(),
                  language_of(request));
  out.end_object();
  co_return Response::json(std::move(body));
}

Task<Result<Response>> join(Context& context, Meetings& meetings, Request& request) {
  std::string id = id_of(request);
  auto body = CO_TRY(co_await request.read_json());
  auto key = std::string(json::text(body, "key").value_or(""));
  Meetings::Guest guest{.name = std::string(json::text(body, "name").value_or("")),
                        .address = request.peer.host,
                        .needs_images = json::boolean(body, "needs_images").value_or(false)};
  co_return entry_response(
      context, CO_TRY(co_await meetings.guest_join(std::move(id), std::move(key), std::move(guest))),
      language_of(request));
}

Task<Result<Response>> ask(Context& context, Meetings& meetings, Request& request) {
  auto entry = CO_TRY(co_await meetings.guest_ask(id_of(request), std::string(request.parameter("ticket")),
                                                  request.peer.host));
  co_return entry_response(context, entry, language_of(request));
}

Task<Result<Response>> check_line(Context& context, Meetings& meetings, Request& request) {
  std::string id = id_of(request);
  auto body = CO_TRY(co_await request.read_json());
  auto key = std::string(json::text(body, "key").value_or(""));
  co_return check_response(context,
                           CO_TRY(co_await meetings.guest_check_line(std::move(id), std::move(key))));
}

/// Who writes or reads: a guest inside, by the key that came with the token.
struct Writer {
  std::string meeting, identity, chat_key, text;
};
Task<Result<Writer>> writer_of(Request& request) {
  Writer out{.meeting = id_of(request), .identity = {}, .chat_key = {}, .text = {}};
  auto body = CO_TRY(co_await request.read_json());
  for (auto [key, to] :
       {std::pair{"identity", &out.identity}, {"chat_key", &out.chat_key}, {"text", &out.text}})
    *to = std::string(json::text(body, key).value_or(""));
  co_return out;
}

Task<Result<Response>> messages(Context&, Meetings& meetings, Request& request) {
  auto guest = CO_TRY(co_await writer_of(request));
  auto found = CO_TRY(co_await meetings.guest_messages(guest.meeting, guest.identity, guest.chat_key));
  std::string body;
  json::Writer out(body);
  out.begin_object().key("messages").begin_array();
  for (const auto& one : found) {
    out.begin_object().field("id", one.event_id).field("author", one.author).field("at", one.at.ms);
    out.field("verified", !one.guest).field("text", one.text);
    if (!one.file.empty()) out.field("file", one.file).field("file_bytes", one.file_bytes);
    out.end_object();
  }
  out.end_array().end_object();
  auto response = Response::json(std::move(body));
  response.set("Cache-Control", "no-store");
  co_return response;
}

Task<Result<Response>> write(Context&, Meetings& meetings, Request& request) {
  auto guest = CO_TRY(co_await writer_of(request));
  CO_TRY(co_await meetings.guest_write(guest.meeting, guest.identity, guest.chat_key, guest.text));
  co_return Response::empty();
}

}  // namespace

void add_guest_routes(Context& context, Meetings& meetings) {
  auto add = [&](std::string_view method, std::string_view pattern, double cost, auto handler) {
    context.router.add(
        method, pattern,
        {.access = http::Access::anonymous, .tool = "reunions", .max_body_bytes = 8 << 10, .cost = cost},
        [&context, &meetings, handler](Request& request) { return handler(context, meetings, request); });
  };
  add("GET", "/api/v1/guest-meetings/{meeting}", 1, view);
  add("POST", "/api/v1/guest-meetings/{meeting}/join", 5, join);
  add("GET", "/api/v1/guest-meetings/{meeting}/waiting/{ticket}", 1, ask);
  add("POST", "/api/v1/guest-meetings/{meeting}/check", 5, check_line);
  add("POST", "/api/v1/guest-meetings/{meeting}/chat/messages", 1, messages);
  add("POST", "/api/v1/guest-meetings/{meeting}/chat", 2, write);
}

}  // namespace parvis
