// Keys for automation, as the pages of a space and of the administration show them.
#include "core/spaces/space_json.h"
#include "module/meetings/routes.h"

namespace parvis {
namespace {

using http::Request;
using http::Response;

void write_key(json::Writer& out, const Context& context, const MeetingKey& key) {
  const Person* maker = context.people.find(key.created_by);
  out.begin_object()
      .field("id", key.id.text())
      .field("name", key.name)
      .field("created_by", maker ? maker->display_name : "")
      .field("created_at", key.created_at.ms);
  if (!key.space.empty()) out.field("space", key.space.text());
  if (key.expires_at) {
    out.field("expires_at", key.expires_at->ms)
        .field("expired", key.expires_at->ms <= context.env.clock.now().ms);
  }
  // A key never outlives its maker's right.
  out.field("effective", may_automate(context.access, {key.created_by}, key.space).allowed)
      .field("webhook_url", key.webhook_url);
  if (key.delivery.at) {
    out.key("delivery")
        .begin_object()
        .field("at", key.delivery.at->ms)
        .field("status", key.delivery.status)
        .field("failure", key.delivery.failure)
        .end_object();
  }
  out.end_object();
}

Response keys_response(const Context& context, const std::vector<MeetingKey>& keys) {
  std::string body;
  json::Writer out(body);
  out.begin_object().key("keys").begin_array();
  for (const auto& key : keys) write_key(out, context, key);
  out.end_array().end_object();
  return Response::json(std::move(body));
}

Task<Result<SpaceId>> space_of(Context& context, Request& request) {
  if (request.parameter("space").empty()) co_return SpaceId();
  co_return CO_TRY(visible_space(context, actor_of(request), request.parameter("space")))->id;
}

Task<Result<Response>> list(Context& context, MeetingKeys& keys, Request& request) {
  auto space = CO_TRY(co_await space_of(context, request));
  co_return keys_response(context, CO_TRY(keys.list(actor_of(request), space)));
}

Task<Result<Response>> make(Context& context, MeetingKeys& keys, Request& request) {
  auto actor = actor_of(request);
  auto space = CO_TRY(co_await space_of(context, request));
  auto sent = CO_TRY(co_await request.read_json());
  MeetingKeys::Wanted wanted{.name = std::string(json::text(sent, "name").value_or("")),
                             .webhook_url = std::string(json::text(sent, "webhook_url").value_or("")),
                             .expires_at = std::nullopt};
  if (auto at = json::integer(sent, "expires_at")) wanted.expires_at = Instant{*at};
  auto made = CO_TRY(co_await keys.make(actor, space, std::move(wanted)));
  std::string body;
  json::Writer out(body);
  out.begin_object().key("key");
  write_key(out, context, made.key);
  out.field("secret", made.secret).end_object();
  auto response = Response::json(std::move(body), 201);
  response.set("Cache-Control", "no-store");
  co_return response;
}

Task<Result<Response>> change(Context& context, MeetingKeys& keys, Request& request) {
  auto actor = actor_of(request);
  auto id = request.parameter_id<MeetingKeyId>("key");
  if (!id) co_return fail(reasons::not_found, "key id");
  auto sent = CO_TRY(co_await request.read_json());
  MeetingKeys::Change wanted;
  if (auto name = json::text(sent, "name")) wanted.name = std::string(*name);
  if (auto url = json::text(sent, "webhook_url")) wanted.webhook_url = std::string(*url);
  auto key = CO_TRY(co_await keys.change(actor, *id, std::move(wanted)));
  std::string body;
  json::Writer out(body);
  write_key(out, context, key);
  co_return Response::json(std::move(body));
}

Task<Result<Response>> revoke(Context&, MeetingKeys& keys, Request& request) {
  auto id = request.parameter_id<MeetingKeyId>("key");
  if (!id) co_return fail(reasons::not_found, "key id");
  CO_TRY(co_await keys.revoke(actor_of(request), *id));
  co_return Response::empty();
}

}  // namespace

void add_meeting_key_routes(Context& context, MeetingKeys& keys) {
  auto add = [&](std::string_view method, std::string_view pattern, http::Access access, auto handler) {
    context.router.add(
        method, pattern, {.access = access, .tool = "reunions", .max_body_bytes = 8 << 10},
        [&context, &keys, handler](Request& request) { return handler(context, keys, request); });
  };
  using http::Access;
  add("GET", "/api/v1/spaces/{space}/meeting-keys", Access::session, list);
  add("POST", "/api/v1/spaces/{space}/meeting-keys", Access::session, make);
  add("GET", "/api/v1/admin/meeting-keys", Access::administrator, list);
  add("POST", "/api/v1/admin/meeting-keys", Access::administrator, make);
  add("PATCH", "/api/v1/meeting-keys/{key}", Access::session, change);
  add("DELETE", "/api/v1/meeting-keys/{key}", Access::session, revoke);
}

}  // namespace parvis
