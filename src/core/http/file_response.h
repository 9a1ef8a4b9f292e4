#pragma once
// A stored file as a response: conditional requests, ranges (several too), the right disposition. Loop thread
// only.
#include <memory>
#include <optional>
#include <string>

#include "core/http/request.h"
#include "platform/env.h"

namespace parvis::http {

struct ServedFile {
  std::shared_ptr<File> file;
  uint64_t size = 0;
  std::string etag;  // quoted; "" for none
  std::optional<Instant> modified;
  std::string content_type = "application/octet-stream";
  std::string name;            // for Content-Disposition; "" for none
  bool inline_wanted = false;  // honoured for safe types only (proto::safe_inline); else an attachment
  std::string cache_control = "private, no-cache";
};

/// Answers GET or HEAD: 200, 206, 304, 412 or 416, with the headers of user content.
Response file_response(Env& env, const Request& request, ServedFile served);

/// `attachment; filename="compte_rendu.odt"; filename*=UTF-8''compte%20rendu.odt`
std::string content_disposition(std::string_view name, bool inline_shown);

}  // namespace parvis::http
