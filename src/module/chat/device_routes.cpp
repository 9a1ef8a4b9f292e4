// Devices are sessions of the house. Ending others asks for the password again.
#include "engine/matrix/errors.h"
#include "module/chat/door.h"
#include "module/chat/uia.h"

namespace parvis::chat {
namespace {

using http::Response;

void write_device(json::Writer& writer, const Session& session) {
  writer.begin_object().field("device_id", session.device_id).field("display_name", session.device_name);
  writer.field("last_seen_ip", session.last_network)
      .field("last_seen_ts", session.last_seen_at.ms)
      .end_object();
}

std::shared_ptr<const Session> find_device(Chat& chat, const Caller& caller, std::string_view device_id) {
  for (auto& session : chat.context.sessions.of(caller.user->person))
    if (session->device_id == device_id) return session;
  return nullptr;
}

Answer get_devices(Chat& chat, Caller caller, http::Request&) {
  std::string out;
  json::Writer writer(out);
  writer.begin_object().key("devices").begin_array();
  for (auto& session : chat.context.sessions.of(caller.user->person)) write_device(writer, *session);
  writer.end_array().end_object();
  co_return Response::json(std::move(out));
}

Answer get_device(Chat& chat, Caller caller, http::Request& request) {
  auto session = find_device(chat, caller, request.parameter("device_id"));
  if (!session) co_return fail(reasons::not_found, "no such device");
  std::string out;
  json::Writer writer(out);
  write_device(writer, *session);
  co_return Response::json(std::move(out));
}

Answer put_device(Chat& chat, Caller caller, http::Request& request) {
  auto session = find_device(chat, caller, request.parameter("device_id"));
  if (!session) co_return fail(reasons::not_found, "no such device");
  auto body = CO_TRY(co_await body_object(request, true));
  if (auto name = json::text(body, "display_name"))
    CO_TRY(co_await chat.context.sessions.rename(session->id, std::string(*name)));
  co_return empty_object();
}

Answer delete_device(Chat& chat, Caller caller, http::Request& request) {
  auto body = CO_TRY(co_await body_object(request, true));
  if (auto challenge = CO_TRY(co_await ask_password(chat, caller, request, body)))
    co_return std::move(*challenge);
  auto session = find_device(chat, caller, request.parameter("device_id"));
  if (session) CO_TRY(co_await chat.context.sessions.end(session->id, caller.user->person));
  co_return empty_object();
}

Answer post_delete_devices(Chat& chat, Caller caller, http::Request& request) {
  auto body = CO_TRY(co_await body_object(request));
  auto* list = json::array(body, "devices");
  if (!list) co_return fail(mx::errors::missing_param, "devices");
  if (auto challenge = CO_TRY(co_await ask_password(chat, caller, request, body)))
    co_return std::move(*challenge);
  std::vector<SessionId> ended;
  for (auto& id : *list) {
    if (!id.is_string()) co_return fail(mx::errors::bad_json, "devices");
    if (auto session = find_device(chat, caller, id.get_string())) ended.push_back(session->id);
  }
  for (auto id : ended) CO_TRY(co_await chat.context.sessions.end(id, caller.user->person));
  co_return empty_object();
}

}  // namespace

void add_device_routes(Door& door) {
  door.v3("GET", "/devices", get_devices);
  door.v3("GET", "/devices/{device_id}", get_device);
  door.v3("PUT", "/devices/{device_id}", put_device);
  door.v3("DELETE", "/devices/{device_id}", delete_device);
  door.v3("POST", "/delete_devices", post_delete_devices);
}

}  // namespace parvis::chat
