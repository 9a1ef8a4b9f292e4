// What the server is: versions, capabilities, discovery, and answers for what it deliberately does not have.
#include "module/chat/door.h"

namespace parvis::chat {
namespace {

using http::Response;

Answer get_versions(Chat&, Caller, http::Request&) {
  std::string out;
  json::Writer writer(out);
  writer.begin_object().key("versions").begin_array();
  for (auto version : {"r0.5.0", "r0.6.0", "r0.6.1", "v1.1", "v1.2", "v1.3", "v1.4", "v1.5", "v1.6", "v1.7",
                       "v1.8", "v1.9", "v1.10", "v1.11", "v1.12"})
    writer.value(version);
  writer.end_array().key("unstable_features").begin_object();
  for (auto feature : {"org.matrix.msc4222", "org.matrix.msc3440.stable", "org.matrix.msc3771",
                       "org.matrix.msc3773", "org.matrix.e2e_cross_signing", "org.matrix.msc3827.stable",
                       "org.matrix.msc3916.stable", "org.matrix.msc3030.stable"})
    writer.field(feature, true);
  writer.end_object().end_object();
  auto response = Response::json(std::move(out));
  response.set("Cache-Control", "public, max-age=3600");
  co_return response;
}

Answer get_capabilities(Chat&, Caller, http::Request&) {
  std::string out;
  json::Writer writer(out);
  writer.begin_object().key("capabilities").begin_object();
  auto enabled = [&](std::string_view name, bool yes) {
    writer.key(name).begin_object().field("enabled", yes).end_object();
  };
  enabled("m.change_password", true);
  enabled("m.set_displayname", false);
  enabled("m.set_avatar_url", true);
  enabled("m.3pid_changes", false);
  enabled("m.get_login_token", false);
  writer.key("m.room_versions").begin_object().field("default", mx::name_of(mx::default_room_version));
  writer.key("available").begin_object();
  for (auto version : mx::room_versions) writer.field(mx::name_of(version), "stable");
  writer.end_object().end_object().end_object().end_object();
  co_return Response::json(std::move(out));
}

Answer get_well_known_client(Chat& chat, Caller, http::Request&) {
  std::string out;
  json::Writer writer(out);
  writer.begin_object().key("m.homeserver").begin_object();
  writer.field("base_url", chat.context.configuration.public_url).end_object().end_object();
  auto response = Response::json(std::move(out));
  response.set("Cache-Control", "public, max-age=3600");
  co_return response;
}

Answer get_turn_server(Chat&, Caller, http::Request&) { co_return empty_object(); }

Answer get_password_policy(Chat&, Caller, http::Request&) {
  co_return Response::json(R"({"m.minimum_length":12})");
}

Answer get_presence(Chat& chat, Caller, http::Request& request) {
  if (!chat.users.find(request.parameter("user_id"))) co_return fail(reasons::not_found);
  co_return Response::json(R"({"presence":"offline"})");
}

Answer put_presence(Chat& chat, Caller caller, http::Request& request) {
  if (chat.users.find(request.parameter("user_id")) != caller.user) co_return fail(reasons::forbidden);
  CO_TRY(co_await body_object(request));
  // Presence is off: who is at their desk is nobody's business, and costs a message to everybody.
  co_return empty_object();
}

}  // namespace

void add_server_routes(Door& door) {
  door.exact("GET", "/_matrix/client/versions", get_versions, {.anonymous = true, .cost = 0.2});
  door.exact("GET", "/.well-known/matrix/client", get_well_known_client, {.anonymous = true, .cost = 0.2});
  door.v3("GET", "/capabilities", get_capabilities);
  door.v3("GET", "/voip/turnServer", get_turn_server);
  door.v3("GET", "/password_policy", get_password_policy, {.anonymous = true});
  door.v3("GET", "/presence/{user_id}/status", get_presence);
  door.v3("PUT", "/presence/{user_id}/status", put_presence);
}

}  // namespace parvis::chat
