#pragma once
// User-interactive authentication with one stage, the password: for acts that a stolen token must not be
// enough for.
#include "module/chat/door.h"

namespace parvis::chat {

/// nullopt: the password was given and is right. Otherwise the 401 to answer with. Errors: throttled.
Task<Result<std::optional<http::Response>>> ask_password(Chat& chat, Caller caller, http::Request& request,
                                                         const json::Value& body);

}  // namespace parvis::chat
