#include "core/door.h"

#include <fmt/format.h>

#include "base/json.h"
#include "core/http/security_headers.h"
#include "core/http/status.h"
#include "engine/matrix/errors.h"

namespace parvis {
namespace {

std::string_view sentence(const Error& error, Language language) {
  return language == Language::english ? error.reason->en : error.reason->fr;
}

/// The form field that a reason is about, so that the page can show the sentence beside it.
std::string_view field_of(std::string_view reason) {
  static constexpr std::pair<std::string_view, std::string_view> fields[] = {
      {"email_", "email"},
      {"password_", "password"},
      {"space_name_", "name"},
      {"name_", "name"},
      {"description_", "description"},
      {"join_message_", "message"},
      {"domain_", "domains"},
      {"device_name_", "name"},
      {"language_", "language"},
      {"meeting_key_name", "name"},
      {"meeting_key_expiry", "expires_at"},
      {"address_not_allowed", "webhook_url"},
  };
  for (auto [prefix, field] : fields) {
    if (reason.starts_with(prefix)) return field;
  }
  return {};
}

http::Response matrix_response(const Error& given, Language language) {
  Error error = given;
  int status = matrix::error_form(error).status;
  // Unknown endpoints are 404, unknown methods 405, both M_UNRECOGNIZED.
  if (error.is(no_such_address) || error.code() == Code::method_not_allowed) {
    error.reason = &matrix::errors::unrecognized;
  } else if (error.reason->id == "token_missing") {
    error.reason = &matrix::errors::missing_token;
  } else if (error.reason->id == "token_unknown") {
    error.reason = &matrix::errors::unknown_token;
  }
  auto response = http::Response::json(matrix::error_json(error, language == Language::french), status);
  allow_cross_origin(response);
  return response;
}

http::Response page_response(const Error& error, Language language, int status) {
  bool english = language == Language::english;
  std::string body = fmt::format(
      "<!doctype html><html lang=\"{}\"><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width\"><title>Parvis</title><main><h1>{}</h1><p><a "
      "href=\"/\">{}</a></p></main></html>\n",
      language_name(language), sentence(error, language),
      english ? "Back to the home page" : "Revenir à l’accueil");
  http::Response response;
  response.status = status;
  response.body = std::move(body);
  response.set("Content-Type", "text/html; charset=utf-8");
  response.set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'");
  return response;
}

/// Twirp's names of errors (version 7 of its specification), each with its own status.
struct TwirpCode {
  std::string_view name;
  int status;
};
TwirpCode twirp_code(const Error& error) {
  if (error.reason->id == "unimplemented") return {"unimplemented", 501};
  if (error.reason->id == "bad_route" || error.is(no_such_address)) return {"bad_route", 404};
  if (error.is(reasons::malformed)) return {"malformed", 400};
  switch (error.code()) {
    case Code::invalid:
    case Code::unsupported:
    case Code::range:
      return {"invalid_argument", 400};
    case Code::unauthenticated:
      return {"unauthenticated", 401};
    case Code::forbidden:
      return {"permission_denied", 403};
    case Code::not_found:
    case Code::gone:
      return {"not_found", 404};
    case Code::method_not_allowed:
      return {"bad_route", 404};
    case Code::timeout:
      return {"deadline_exceeded", 408};
    case Code::conflict:
      return {"already_exists", 409};
    case Code::precondition:
      return {"failed_precondition", 412};
    case Code::too_large:
    case Code::limited:
      return {"resource_exhausted", 429};
    case Code::unavailable:
    case Code::storage_full:
      return {"unavailable", 503};
    default:
      return {"internal", 500};
  }
}

http::Response twirp_response(const Error& error, Language language) {
  auto code = twirp_code(error);
  std::string body;
  json::Writer out(body);
  out.begin_object().field("code", code.name).field("msg", sentence(error, language));
  out.key("meta").begin_object().field("reason", error.reason->id).end_object().end_object();
  return http::Response::json(std::move(body), code.status);
}

}  // namespace

std::string format_trace(uint64_t trace_id) { return fmt::format("{:016x}", trace_id); }

std::string problem_json(const Error& error, Language language, uint64_t trace_id) {
  std::string body;
  json::Writer out(body);
  out.begin_object()
      .field("type", "about:blank")
      .field("title", sentence(error, language))
      .field("status", http::status_of(error))
      .field("code", error.reason->id);
  if (auto field = field_of(error.reason->id); !field.empty()) out.field("field", field);
  if (error.retry_after_ms > 0) out.field("retry_after_ms", error.retry_after_ms);
  out.field("trace", format_trace(trace_id)).end_object();
  return body;
}

http::Response error_response(const Error& error, const DoorContext& context) {
  int status = http::status_of(error);
  http::Response response;
  if (context.door == "matrix") {
    response = matrix_response(error, context.language);
  } else if (context.door == "page") {
    response = page_response(error, context.language, status);
  } else if (context.door == "twirp") {
    response = twirp_response(error, context.language);
  } else if (context.door == "text") {
    response = http::Response::text(std::string(sentence(error, context.language)), status);
  } else {
    response = http::Response::json(problem_json(error, context.language, context.trace_id), status);
    response.set("Content-Type", "application/problem+json");
  }
  if (error.retry_after_ms > 0)
    response.set("Retry-After", std::to_string((error.retry_after_ms + 999) / 1000));
  response.set("Content-Language", language_name(context.language));
  response.set("Cache-Control", "no-store");
  http::add_base_security(response);  // also of refusals made before a route is known
  return response;
}

void allow_cross_origin(http::Response& response) {
  response.set("Access-Control-Allow-Origin", "*");
  response.set("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE, OPTIONS");
  response.set("Access-Control-Allow-Headers", "X-Requested-With, Content-Type, Authorization");
}

std::string_view door_of_path(std::string_view path) {
  if (path.starts_with("/_matrix/") || path.starts_with("/.well-known/matrix/")) return "matrix";
  if (path == "/_matrix") return "matrix";
  if (path.starts_with("/twirp/")) return "twirp";
  if (path.starts_with("/api/") || path == "/api") return "api";
  return "page";
}

}  // namespace parvis
