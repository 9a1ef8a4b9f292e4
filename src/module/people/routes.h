#pragma once
#include "core/context.h"
#include "core/http/request.h"

namespace parvis {

/// /api/v1/session, /invitation: opening and closing a browser's session (session_routes.cpp).
void add_session_routes(Context& context);
/// /api/v1/me, /devices: what a person changes about themselves (me_routes.cpp).
void add_me_routes(Context& context);
/// /api/v1/people: the directory (directory_routes.cpp).
void add_directory_routes(Context& context);
/// /api/v1/notifications, /meter (daily_routes.cpp).
void add_daily_routes(Context& context);

/// Me (schema.ts), for the session `session`.
http::Response me_response(const Context& context, const Session& session);

/// "Firefox · Windows", from a User-Agent; "Navigateur" when it says nothing known.
std::string browser_name(std::string_view user_agent);

}  // namespace parvis
