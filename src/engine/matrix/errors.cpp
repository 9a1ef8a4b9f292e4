#include "engine/matrix/errors.h"

#include "base/json.h"

namespace parvis::matrix {
namespace {

struct Row {
  std::string_view id;
  ErrorForm form;
};

constexpr Row by_reason[] = {
    {"malformed", {400, "M_BAD_JSON"}},
    {"missing_field", {400, "M_MISSING_PARAM"}},
    {"matrix_not_json", {400, "M_NOT_JSON"}},
    {"matrix_bad_json", {400, "M_BAD_JSON"}},
    {"matrix_missing_param", {400, "M_MISSING_PARAM"}},
    {"matrix_invalid_param", {400, "M_INVALID_PARAM"}},
    {"matrix_unrecognized", {404, "M_UNRECOGNIZED"}},
    {"matrix_missing_token", {401, "M_MISSING_TOKEN"}},
    {"matrix_unknown_token", {401, "M_UNKNOWN_TOKEN"}},
    {"unauthenticated", {401, "M_MISSING_TOKEN"}},
    {"matrix_unsupported_room_version", {400, "M_UNSUPPORTED_ROOM_VERSION"}},
    {"matrix_incompatible_room_version", {400, "M_INCOMPATIBLE_ROOM_VERSION"}},
    {"matrix_room_in_use", {400, "M_ROOM_IN_USE"}},
    {"matrix_invalid_room_state", {400, "M_INVALID_ROOM_STATE"}},
    {"matrix_user_in_use", {400, "M_USER_IN_USE"}},
    {"matrix_invalid_username", {400, "M_INVALID_USERNAME"}},
    {"matrix_exclusive", {400, "M_EXCLUSIVE"}},
    {"matrix_weak_password", {400, "M_WEAK_PASSWORD"}},
    {"matrix_bad_alias", {400, "M_BAD_ALIAS"}},
    {"matrix_duplicate_annotation", {400, "M_DUPLICATE_ANNOTATION"}},
    {"matrix_cannot_overwrite_media", {409, "M_CANNOT_OVERWRITE_MEDIA"}},
    {"matrix_not_yet_uploaded", {504, "M_NOT_YET_UPLOADED"}},
    {"matrix_wrong_room_keys_version", {403, "M_WRONG_ROOM_KEYS_VERSION"}},
    {"matrix_user_deactivated", {403, "M_USER_DEACTIVATED"}},
    {"matrix_guest_access_forbidden", {403, "M_GUEST_ACCESS_FORBIDDEN"}},
    {"matrix_unable_to_authorise_join", {400, "M_UNABLE_TO_AUTHORISE_JOIN"}},
    {"matrix_invalid_signature", {400, "M_INVALID_SIGNATURE"}},
    {"matrix_unknown_pos", {400, "M_UNKNOWN_POS"}},
};

ErrorForm by_code(Code code) {
  switch (code) {
    case Code::invalid:
      return {400, "M_INVALID_PARAM"};
    case Code::unauthenticated:
      return {401, "M_UNKNOWN_TOKEN"};
    case Code::forbidden:
      return {403, "M_FORBIDDEN"};
    case Code::not_found:
      return {404, "M_NOT_FOUND"};
    case Code::method_not_allowed:
      return {405, "M_UNRECOGNIZED"};
    case Code::timeout:
      return {408, "M_UNKNOWN"};
    case Code::conflict:
      return {409, "M_UNKNOWN"};
    case Code::gone:
      return {410, "M_NOT_FOUND"};
    case Code::precondition:
      return {412, "M_UNKNOWN"};
    case Code::too_large:
      return {413, "M_TOO_LARGE"};
    case Code::unsupported:
      return {415, "M_NOT_JSON"};
    case Code::range:
      return {416, "M_INVALID_PARAM"};
    case Code::limited:
      return {429, "M_LIMIT_EXCEEDED"};
    case Code::unavailable:
      return {503, "M_UNKNOWN"};
    case Code::storage_full:
      return {507, "M_RESOURCE_LIMIT_EXCEEDED"};
    case Code::cancelled:
    case Code::internal:
    case Code::corrupt:
      break;
  }
  return {500, "M_UNKNOWN"};
}

}  // namespace

ErrorForm error_form(const Error& error) {
  for (const auto& row : by_reason)
    if (row.id == error.reason->id) return row.form;
  return by_code(error.code());
}

std::string error_json(const Error& error, bool french) {
  std::string out;
  json::Writer writer(out);
  writer.begin_object();
  writer.field("errcode", error_form(error).errcode);
  writer.field("error", french ? error.reason->fr : error.reason->en);
  if (error.retry_after_ms > 0) writer.field("retry_after_ms", error.retry_after_ms);
  writer.end_object();
  return out;
}

}  // namespace parvis::matrix
