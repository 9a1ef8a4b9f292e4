#pragma once
// The web app's pages and files, for addresses that no route claims.
#include "core/http/router.h"
#include "core/http/static_files.h"
#include "platform/env.h"

namespace parvis {

/// Both must outlive the handler.
http::Handler serve_web_app(const http::StaticFiles& files, Clock& clock);

}  // namespace parvis
