#pragma once
// The conditional and range headers of a request, for proto/conditional.h.
#include "core/http/request.h"
#include "proto/conditional.h"

namespace parvis::http {

proto::Conditions conditions_of(const Request& request);
bool is_safe_method(std::string_view method);  // GET or HEAD

}  // namespace parvis::http
