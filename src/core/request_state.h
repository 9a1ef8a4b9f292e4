#pragma once
// What the application learned of a request before its handler runs; hangs on http::Request::session. Core
// only: handlers ask session_of() and actor_of() (context.h).
#include <memory>
#include <string>

#include "core/http/router.h"
#include "core/i18n.h"
#include "core/sessions/sessions.h"

namespace parvis {

struct RequestState {
  std::shared_ptr<const Session> session;  // null: anonymous
  const http::Route* route = nullptr;      // null: none matched
  Language language = Language::french;
  std::string_view network_path = "";  // label for the meter; static or configuration storage
  bool by_cookie = false;
};

inline RequestState* state_of(const http::Request& request) {
  return static_cast<RequestState*>(request.session.get());
}
/// The language the request is answered in.
Language language_of(const http::Request& request);

}  // namespace parvis
