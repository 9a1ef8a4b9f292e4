#pragma once
// Headers that make browsers refuse what the house never does. Our pages pass this policy without one
// violation.
#include "core/http/request.h"

namespace parvis::http {

struct PageSecurity {
  bool devices = false;  // camera, microphone and screen: the meeting pages alone
};

/// For every response: no sniffing, no referrer to other sites.
void add_base_security(Response& response);
/// For our HTML pages: CSP with Trusted Types, opener isolation, device policy. Includes the base.
void add_page_security(Response& response, PageSecurity page = {});
/// For people's files: whatever they contain, they run nothing. Includes the base.
void add_user_content_security(Response& response);

}  // namespace parvis::http
