#include "core/http/conditions.h"

namespace parvis::http {

proto::Conditions conditions_of(const Request& request) {
  return {request.header("if-match"),          request.header("if-none-match"),
          request.header("if-modified-since"), request.header("if-unmodified-since"),
          request.header("if-range"),          request.header("range")};
}

bool is_safe_method(std::string_view method) { return method == "GET" || method == "HEAD"; }

}  // namespace parvis::http
