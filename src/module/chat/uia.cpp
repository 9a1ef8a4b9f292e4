#include "module/chat/uia.h"

#include "module/chat/crypto_text.h"

namespace parvis::chat {
namespace {

// The session of the exchange only has to be the same for the same act of the same device: it is derived, not
// stored.
http::Response challenge(const Caller& caller, const http::Request& request, std::string_view errcode) {
  std::string out;
  json::Writer writer(out);
  writer.begin_object();
  if (!errcode.empty()) writer.field("errcode", errcode).field("error", "The password is wrong.");
  writer.key("flows")
      .begin_array()
      .begin_object()
      .key("stages")
      .begin_array()
      .value("m.login.password")
      .end_array();
  writer.end_object()
      .end_array()
      .key("params")
      .begin_object()
      .end_object()
      .key("completed")
      .begin_array()
      .end_array();
  writer.field("session", short_hash(caller.session->id.text() + std::string(request.path))).end_object();
  return http::Response::json(std::move(out), 401);
}

}  // namespace

Task<Result<std::optional<http::Response>>> ask_password(Chat& chat, Caller caller, http::Request& request,
                                                         const json::Value& body) {
  auto* auth = json::find(body, "auth");
  if (!auth || !auth->is_object() || json::text(*auth, "type") != "m.login.password")
    co_return std::optional(challenge(caller, request, {}));
  const Person* person = chat.users.person(*caller.user);
  std::string password(json::text(*auth, "password").value_or(""));
  auto checked =
      co_await chat.context.people.check_password(person ? person->email : "", password, request.peer.host);
  if (!checked && checked.error().code() == Code::limited) co_return std::unexpected(checked.error());
  if (!checked || *checked != caller.user->person)
    co_return std::optional(challenge(caller, request, "M_FORBIDDEN"));
  co_return std::optional<http::Response>();
}

}  // namespace parvis::chat
