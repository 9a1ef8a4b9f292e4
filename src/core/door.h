#pragma once
// The forms of a failure, one for each door: problem+json (RFC 9457) for the web app's API, Matrix's standard
// error, a small page for people who followed a link. The person's language decides the sentence.
#include <string>
#include <string_view>

#include "base/error.h"
#include "core/http/request.h"
#include "core/i18n.h"

namespace parvis {

struct DoorContext {
  std::string_view door = "api";  // RouteOptions::door
  Language language = Language::french;
  uint64_t trace_id = 0;
};

/// `detail` of the error is never shown. Retry-After is set when the error states a delay.
http::Response error_response(const Error& error, const DoorContext& context);

/// One problem as JSON, for partial failures inside a larger answer (schema.ts: Problem).
std::string problem_json(const Error& error, Language language, uint64_t trace_id = 0);

/// Cross-Origin Resource Sharing as Matrix asks (client-server API, "Web browser clients"): any origin, no
/// cookies.
void allow_cross_origin(http::Response& response);

std::string format_trace(uint64_t trace_id);

/// The address does not exist / does not take this verb, as the door `door` says it.
inline constexpr Reason no_such_address{Code::not_found, "no_such_address", "Cette adresse n’existe pas.",
                                        "This address does not exist."};
/// "matrix" for /_matrix and /.well-known/matrix, "api" for /api, "twirp" for /twirp, else "page".
std::string_view door_of_path(std::string_view path);

}  // namespace parvis
