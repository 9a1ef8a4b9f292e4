#include "core/http/status.h"

#include "proto/http1_request.h"

namespace parvis::http {

int status_of(const Error& error) {
  using namespace proto::http_reasons;
  if (error.is(head_too_large)) return 431;
  if (error.is(target_too_long)) return 414;
  if (error.is(version_not_supported)) return 505;
  if (error.is(not_implemented)) return 501;
  if (error.is(expectation_failed)) return 417;
  switch (error.code()) {
    case Code::invalid:
      return 400;
    case Code::unauthenticated:
      return 401;
    case Code::forbidden:
      return 403;
    case Code::not_found:
      return 404;
    case Code::method_not_allowed:
      return 405;
    case Code::timeout:
      return 408;
    case Code::conflict:
      return 409;
    case Code::gone:
      return 410;
    case Code::precondition:
      return 412;
    case Code::too_large:
      return 413;
    case Code::unsupported:
      return 415;
    case Code::range:
      return 416;
    case Code::limited:
      return 429;
    case Code::unavailable:
      return 503;
    case Code::storage_full:
      return 507;
    case Code::internal:
    case Code::cancelled:
    case Code::corrupt:
      break;
  }
  return 500;
}

}  // namespace parvis::http
