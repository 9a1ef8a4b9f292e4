#include "module/meetings/routes.h"

#include "core/network_policy/network_policy.h"
#include "core/request_state.h"
#include "core/spaces/space_json.h"

namespace parvis {
namespace {

using http::Request;
using http::Response;

/// Without its closing brace.
void begin_meeting(json::Writer& out, const Context& context, const Meetings& meetings,
                   const Meetings::Seen& seen) {
  const Meeting& meeting = seen.meeting;
  const Space* space = context.spaces.find(meeting.space);
  out.begin_object().field("id", meeting.id.text()).field("name", meeting.name);
  out.key("space")
      .begin_object()
      .field("id", meeting.space.text())
      .field("name", space ? space->name : "")
      .end_object();
  out.key("origin")
      .begin_object()
      .field("kind", meeting.origin_kind)
      .field("id", meeting.origin_id)
      .end_object();
  if (auto salon = meetings.salon_of(meeting); !salon.empty()) out.field("chat_room_id", salon);
  if (!meeting.document_id.empty()) out.field("document_id", meeting.document_id);
  out.field("lobby", meeting.lobby)
      .field("locked", meeting.locked)
      .field("guests", !meeting.guest_key.empty())
      .field("guest_chat", meeting.guest_chat);
  if (seen.host && !meeting.guest_key.empty()) {
    out.field("guest_link",
              context.configuration.public_url + "/visio/" + meeting.id.text() + "?cle=" + meeting.guest_key);
  }
  out.field("live", seen.participants > 0).field("participants", static_cast<int64_t>(seen.participants));
  if (seen.started_at_ms) out.field("started_at", seen.started_at_ms);
  out.key("rights").begin_object().field("join", seen.join).field("host", seen.host).end_object();
}

void write_meeting(json::Writer& out, const Context& context, const Meetings& meetings,
                   const Meetings::Seen& seen) {
  begin_meeting(out, context, meetings, seen);
  out.end_object();
}

Response meeting_response(const Context& context, const Meetings& meetings, const Meetings::Seen& seen,
                          int status = 200) {
  std::string body;
  json::Writer out(body);
  write_meeting(out, context, meetings, seen);
  return Response::json(std::move(body), status);
}

std::string socket_url(const Context& context) {
  std::string url = context.configuration.public_url;
  if (url.starts_with("http")) url.replace(0, 4, "ws");
  return url;
}

std::string id_of(const Request& request) { return std::string(request.parameter("meeting")); }
std::string identity_of(const Request& request) { return std::string(request.parameter("identity")); }
std::string text_of(const json::Value& body, std::string_view key) {
  return std::string(json::text(body, key).value_or(""));
}

Task<Result<Response>> list(Context& context, Meetings& meetings, Request& request) {
  auto actor = actor_of(request);
  auto space = CO_TRY(visible_space(context, actor, request.parameter("space")))->id;
  auto found = CO_TRY(co_await meetings.list(actor, space));
  std::string body;
  json::Writer out(body);
  out.begin_object().key("meetings").begin_array();
  for (const auto& seen : found) write_meeting(out, context, meetings, seen);
  out.end_array().end_object();
  co_return Response::json(std::move(body));
}

Task<Result<Response>> open(Context& context, Meetings& meetings, Request& request) {
  auto actor = actor_of(request);
  auto space = CO_TRY(visible_space(context, actor, request.parameter("space")))->id;
  auto body = CO_TRY(co_await request.read_json());
  Meetings::Origin origin;
  if (const auto* from = json::find(body, "origin")) origin = {text_of(*from, "kind"), text_of(*from, "id")};
  bool made = false;
  auto seen = CO_TRY(co_await meetings.open(actor, space, std::move(origin), text_of(body, "name"), &made));
  co_return meeting_response(context, meetings, seen, made ? 201 : 200);
}

Task<Result<Response>> show(Context& context, Meetings& meetings, Request& request) {
  auto actor = actor_of(request);
  auto seen = CO_TRY(co_await meetings.find(actor, id_of(request)));
  auto reception = meetings.reception("", request.peer.host, meetings.policy().exempt(actor.person));
  bool needed = reception.exempt || meetings.images_needed(seen.meeting.id);
  std::string body;
  json::Writer out(body);
  begin_meeting(out, context, meetings, seen);
  out.key("reception");
  write_reception(out, reception, needed, context.env.clock.now(), language_of(request));
  out.end_object();
  co_return Response::json(std::move(body));
}

Task<Result<Response>> change(Context& context, Meetings& meetings, Request& request) {
  auto actor = actor_of(request);
  std::string id = id_of(request);
  auto body = CO_TRY(co_await request.read_json());
  Meetings::Change wanted{.name = std::nullopt,
                          .lobby = json::boolean(body, "lobby"),
                          .locked = json::boolean(body, "locked"),
                          .guests = json::boolean(body, "guests"),
                          .guest_chat = json::boolean(body, "guest_chat"),
                          .new_guest_link = json::boolean(body, "new_guest_link").value_or(false)};
  if (auto name = json::text(body, "name")) wanted.name = std::string(*name);
  co_return meeting_response(context, meetings,
                             CO_TRY(co_await meetings.change(actor, std::move(id), std::move(wanted))));
}

Task<Result<Response>> join(Context& context, Meetings& meetings, Request& request) {
  auto entry = CO_TRY(co_await meetings.join(actor_of(request), id_of(request), request.peer.host));
  co_return entry_response(context, entry, language_of(request));
}

Task<Result<Response>> go_beyond(Context& context, Meetings& meetings, Request& request) {
  auto actor = actor_of(request);
  std::string id = id_of(request);
  auto sent = CO_TRY(co_await request.read_json());
  auto reception = CO_TRY(co_await meetings.go_beyond(actor, std::move(id), text_of(sent, "reason")));
  std::string body;
  json::Writer out(body);
  write_reception(out, reception, true, context.env.clock.now(), language_of(request));
  co_return Response::json(std::move(body));
}

Task<Result<Response>> notes(Context&, Meetings& meetings, Request& request) {
  auto actor = actor_of(request);
  std::string id = id_of(request);
  auto sent = CO_TRY(co_await request.read_json());
  auto document = CO_TRY(co_await meetings.notes(actor, std::move(id), text_of(sent, "title")));
  std::string body;
  json::Writer(body).begin_object().field("document_id", document).end_object();
  co_return Response::json(std::move(body));
}

Task<Result<Response>> waiting(Context&, Meetings& meetings, Request& request) {
  auto found = CO_TRY(co_await meetings.waiting(actor_of(request), id_of(request)));
  std::string body;
  json::Writer out(body);
  out.begin_object().key("waiting").begin_array();
  for (const auto& guest : found) {
    out.begin_object()
        .field("ticket", guest.ticket)
        .field("name", guest.name)
        .field("since", guest.since.ms)
        .end_object();
  }
  out.end_array().end_object();
  co_return Response::json(std::move(body));
}

Task<Result<Response>> decide(Context&, Meetings& meetings, Request& request) {
  auto actor = actor_of(request);
  std::string id = id_of(request), ticket(request.parameter("ticket"));
  auto body = CO_TRY(co_await request.read_json());
  auto admit = json::boolean(body, "admit");
  if (!admit) co_return fail(reasons::missing_field, "admit");
  CO_TRY(co_await meetings.decide(actor, std::move(id), std::move(ticket), *admit));
  co_return Response::empty();
}

Task<Result<Response>> mute(Context&, Meetings& meetings, Request& request) {
  auto actor = actor_of(request);
  std::string id = id_of(request), identity = identity_of(request);
  auto body = CO_TRY(co_await request.read_json());
  auto name = text_of(body, "source");
  auto source = name.empty() ? livekit::Source::unknown : livekit::parse_source(name);
  if (!source) co_return fail(reasons::malformed, "source");
  CO_TRY(co_await meetings.mute(actor, std::move(id), std::move(identity), *source));
  co_return Response::empty();
}

Task<Result<Response>> mute_all(Context&, Meetings& meetings, Request& request) {
  CO_TRY(co_await meetings.mute_all(actor_of(request), id_of(request)));
  co_return Response::empty();
}

Task<Result<Response>> remove(Context&, Meetings& meetings, Request& request) {
  auto actor = actor_of(request);
  std::string id = id_of(request), identity = identity_of(request);
  auto body = CO_TRY(co_await request.read_json());
  CO_TRY(co_await meetings.remove(actor, std::move(id), std::move(identity),
                                  json::boolean(body, "forbid").value_or(false)));
  co_return Response::empty();
}

Task<Result<Response>> forbidden(Context&, Meetings& meetings, Request& request) {
  auto found = CO_TRY(co_await meetings.forbidden(actor_of(request), id_of(request)));
  std::string body;
  json::Writer out(body);
  out.begin_object().key("forbidden").begin_array();
  for (const auto& one : found)
    out.begin_object().field("identity", one.identity).field("name", one.name).end_object();
  out.end_array().end_object();
  co_return Response::json(std::move(body));
}

Task<Result<Response>> check_line(Context& context, Meetings& meetings, Request& request) {
  co_return check_response(context, CO_TRY(co_await meetings.check_line(actor_of(request), id_of(request))));
}

Task<Result<Response>> unbar(Context&, Meetings& meetings, Request& request) {
  CO_TRY(co_await meetings.unbar(actor_of(request), id_of(request), identity_of(request)));
  co_return Response::empty();
}

Task<Result<Response>> make_host(Context&, Meetings& meetings, Request& request) {
  auto actor = actor_of(request);
  std::string id = id_of(request), identity = identity_of(request);
  auto body = CO_TRY(co_await request.read_json());
  auto host = json::boolean(body, "host");
  if (!host) co_return fail(reasons::missing_field, "host");
  CO_TRY(co_await meetings.make_host(actor, std::move(id), std::move(identity), *host));
  co_return Response::empty();
}

Task<Result<Response>> lower_hand(Context&, Meetings& meetings, Request& request) {
  CO_TRY(co_await meetings.lower_hand(actor_of(request), id_of(request), identity_of(request)));
  co_return Response::empty();
}

Task<Result<Response>> end(Context&, Meetings& meetings, Request& request) {
  CO_TRY(co_await meetings.end(actor_of(request), id_of(request)));
  co_return Response::empty();
}

Task<Result<Response>> attendance(Context&, Meetings& meetings, Request& request) {
  auto lines = CO_TRY(co_await meetings.attendance(actor_of(request), id_of(request)));
  std::string body;
  json::Writer out(body);
  out.begin_object().key("lines").begin_array();
  for (const auto& line : lines) {
    out.begin_object()
        .field("identity", line.identity)
        .field("name", line.name)
        .field("verified", line.verified);
    out.field("joined_at", line.joined_at.ms);
    if (line.left_at) out.field("left_at", line.left_at->ms);
    out.end_object();
  }
  out.end_array().end_object();
  co_return Response::json(std::move(body));
}

}  // namespace

http::Response check_response(const Context& context, const Meetings::Check& check) {
  std::string body;
  json::Writer(body)
      .begin_object()
      .field("server_url", socket_url(context))
      .field("first", check.first)
      .field("second", check.second)
      .end_object();
  auto response = Response::json(std::move(body));
  response.set("Cache-Control", "no-store");
  return response;
}

http::Response entry_response(const Context& context, const Meetings::Entry& entry, Language language) {
  std::string body;
  json::Writer out(body);
  out.begin_object();
  if (!entry.ticket.empty()) {
    out.field("waiting", entry.ticket);
  } else {
    out.field("server_url", socket_url(context))
        .field("token", entry.token)
        .field("identity", entry.grant.identity)
        .field("host", entry.host);
    if (!entry.chat_key.empty()) out.field("chat_key", entry.chat_key);
    out.key("reception");
    write_reception(out, entry.reception, entry.images_needed, context.env.clock.now(), language);
  }
  out.end_object();
  auto response = Response::json(std::move(body));
  response.set("Cache-Control", "no-store");
  return response;
}

void add_meeting_routes(Context& context, Meetings& meetings) {
  auto add = [&](std::string_view method, std::string_view pattern, auto handler) {
    context.router.add(
        method, pattern, {.tool = "reunions", .max_body_bytes = 16 << 10},
        [&context, &meetings, handler](Request& request) { return handler(context, meetings, request); });
  };
  add("GET", "/api/v1/spaces/{space}/meetings", list);
  add("POST", "/api/v1/spaces/{space}/meetings", open);
  add("GET", "/api/v1/meetings/{meeting}", show);
  add("PATCH", "/api/v1/meetings/{meeting}", change);
  add("POST", "/api/v1/meetings/{meeting}/join", join);
  add("POST", "/api/v1/meetings/{meeting}/urgent", go_beyond);
  add("POST", "/api/v1/meetings/{meeting}/notes", notes);
  add("GET", "/api/v1/meetings/{meeting}/lobby", waiting);
  add("POST", "/api/v1/meetings/{meeting}/lobby/{ticket}", decide);
  add("POST", "/api/v1/meetings/{meeting}/participants/{identity}/mute", mute);
  add("POST", "/api/v1/meetings/{meeting}/participants/{identity}/remove", remove);
  add("POST", "/api/v1/meetings/{meeting}/participants/{identity}/host", make_host);
  add("POST", "/api/v1/meetings/{meeting}/participants/{identity}/lower-hand", lower_hand);
  add("POST", "/api/v1/meetings/{meeting}/check", check_line);
  add("GET", "/api/v1/meetings/{meeting}/forbidden", forbidden);
  add("DELETE", "/api/v1/meetings/{meeting}/forbidden/{identity}", unbar);
  add("POST", "/api/v1/meetings/{meeting}/mute-all", mute_all);
  add("POST", "/api/v1/meetings/{meeting}/end", end);
  add("GET", "/api/v1/meetings/{meeting}/attendance", attendance);
}

}  // namespace parvis
