// Signing in and out. A session of the house is a Matrix device; refresh tokens are not issued, because
// tokens live until they are revoked.
#include "engine/matrix/errors.h"
#include "engine/matrix/identifiers.h"
#include "module/chat/door.h"
#include "module/chat/uia.h"

namespace parvis::chat {
namespace {

using http::Response;

Answer get_login(Chat&, Caller, http::Request&) {
  co_return Response::json(R"({"flows":[{"type":"m.login.password"}]})");
}

// The e-mail address that a login names: by user id, localpart or address.
Result<std::string> email_of(Chat& chat, const json::Value& body) {
  auto* identifier = json::find(body, "identifier");
  std::string_view user = json::text(body, "user").value_or("");
  std::string_view medium = json::text(body, "medium").value_or("");
  std::string_view address = json::text(body, "address").value_or("");
  if (identifier && identifier->is_object()) {
    auto type = json::text(*identifier, "type").value_or("");
    if (type == "m.id.user")
      user = json::text(*identifier, "user").value_or("");
    else if (type == "m.id.thirdparty") {
      medium = json::text(*identifier, "medium").value_or("");
      address = json::text(*identifier, "address").value_or("");
    } else {
      return fail(mx::errors::invalid_param, "identifier type");
    }
  }
  if (medium == "email" && !address.empty()) return std::string(address);
  if (user.empty()) return fail(mx::errors::missing_param, "identifier");
  if (user.starts_with('@')) {
    auto parts = mx::parse_user_id(user);
    if (!parts || parts->server != chat.server_name()) return std::string("@");
    user = parts->localpart;
  } else if (user.find('@') != std::string_view::npos) {
    return std::string(user);
  }
  const Person* person = chat.context.people.by_handle(user);
  // An unknown handle costs the same check as a wrong password.
  return person ? person->email : std::string(user) + "@";
}

bool valid_device_id(std::string_view id) {
  if (id.empty() || id.size() > 255) return false;
  for (unsigned char c : id)
    if (c < 0x21 || c > 0x7e || c == '|') return false;
  return true;
}

Answer post_login(Chat& chat, Caller, http::Request& request) {
  auto body = CO_TRY(co_await body_object(request));
  auto type = CO_TRY(need_text(body, "type"));
  if (type != "m.login.password") co_return fail(mx::errors::invalid_param, "login type");
  auto email = CO_TRY(email_of(chat, body));
  std::string password(CO_TRY(need_text(body, "password")));
  std::string device_id(json::text(body, "device_id").value_or(""));
  std::string device_name(json::text(body, "initial_device_display_name").value_or("Matrix"));
  if (device_name.size() > 100) device_name.resize(100);
  if (!device_id.empty() && !valid_device_id(device_id))
    co_return fail(mx::errors::invalid_param, "device_id");
  auto network = request.peer.host;
  auto person = co_await chat.context.people.check_password(std::move(email), std::move(password), network);
  if (!person) co_return std::unexpected(std::move(person).error());
  auto opened = CO_TRY(
      co_await chat.context.sessions.open(*person, SessionKind::matrix, device_id, device_name, network));
  User& user = chat.users.of(*person);
  std::string out;
  json::Writer writer(out);
  writer.begin_object().field("user_id", user.user_id).field("access_token", opened.token);
  writer.field("device_id", opened.session->device_id).field("home_server", chat.server_name());
  writer.key("well_known").begin_object().key("m.homeserver").begin_object();
  writer.field("base_url", chat.context.configuration.public_url).end_object().end_object().end_object();
  co_return Response::json(std::move(out));
}

Answer post_logout(Chat& chat, Caller caller, http::Request&) {
  CO_TRY(co_await chat.context.sessions.end(caller.session->id, caller.user->person));
  co_return empty_object();
}

Answer post_logout_all(Chat& chat, Caller caller, http::Request&) {
  CO_TRY(co_await chat.context.sessions.end_all(caller.user->person, SessionId(), caller.user->person));
  co_return empty_object();
}

Answer get_whoami(Chat&, Caller caller, http::Request&) {
  std::string out;
  json::Writer writer(out);
  writer.begin_object().field("user_id", caller.user->user_id).field("device_id", caller.session->device_id);
  writer.field("is_guest", false).end_object();
  co_return Response::json(std::move(out));
}

Answer post_refresh(Chat&, Caller, http::Request& request) {
  auto body = CO_TRY(co_await body_object(request));
  CO_TRY(need_text(body, "refresh_token"));
  co_return fail(mx::errors::unknown_token, "no refresh tokens are issued");
}

Answer post_password(Chat& chat, Caller caller, http::Request& request) {
  auto body = CO_TRY(co_await body_object(request));
  std::string password(CO_TRY(need_text(body, "new_password")));
  if (auto challenge = CO_TRY(co_await ask_password(chat, caller, request, body)))
    co_return std::move(*challenge);
  CO_TRY(co_await chat.context.people.set_password(caller.user->person, password, caller.user->person));
  if (json::boolean(body, "logout_devices").value_or(true))
    CO_TRY(
        co_await chat.context.sessions.end_all(caller.user->person, caller.session->id, caller.user->person));
  co_return empty_object();
}

Answer post_deactivate(Chat&, Caller, http::Request&) {
  co_return fail(reasons::forbidden, "accounts are closed by the administration");
}

Answer get_threepids(Chat& chat, Caller caller, http::Request&) {
  const Person* person = chat.users.person(*caller.user);
  std::string out;
  json::Writer writer(out);
  writer.begin_object().key("threepids").begin_array();
  if (person) {
    writer.begin_object().field("medium", "email").field("address", person->email);
    writer.field("added_at", person->created_at.ms).field("validated_at", person->created_at.ms).end_object();
  }
  writer.end_array().end_object();
  co_return Response::json(std::move(out));
}

Answer refuse_threepid(Chat&, Caller, http::Request&) {
  co_return fail(reasons::forbidden, "addresses are kept by the administration");
}

Answer refuse_register(Chat&, Caller, http::Request&) {
  co_return fail(reasons::forbidden, "accounts are opened by the administration or by invitation");
}

}  // namespace

void add_session_routes(Door& door) {
  Door::Options open{.anonymous = true, .cost = 5};
  door.v3("GET", "/login", get_login, {.anonymous = true});
  door.v3("POST", "/login", post_login, open);
  door.v3("POST", "/logout", post_logout);
  door.v3("POST", "/logout/all", post_logout_all);
  door.v3("POST", "/refresh", post_refresh, {.anonymous = true});
  door.v3("GET", "/account/whoami", get_whoami);
  door.v3("POST", "/account/password", post_password);
  door.v3("POST", "/account/deactivate", post_deactivate);
  door.v3("GET", "/account/3pid", get_threepids);
  door.v3("POST", "/account/3pid/add", refuse_threepid);
  door.v3("POST", "/account/3pid/delete", refuse_threepid);
  door.v3("POST", "/register", refuse_register, open);
  door.v3("GET", "/register/available", refuse_register, open);
}

}  // namespace parvis::chat
