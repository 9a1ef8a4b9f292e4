#include "core/http/compress.h"

#include "proto/mime.h"
#include "proto/negotiate.h"

namespace parvis::http {

void ResponseCompressor::apply(const Request& request, Response& response) {
  if (response.file || response.generator || response.upgrade || response.status == 206) return;
  std::vector<std::string_view> parts = {response.body};
  for (const auto& piece : response.pieces) parts.push_back(*piece);
  size_t size = 0;
  for (auto part : parts) size += part.size();
  if (size < min_bytes || size > max_bytes) return;
  if (!response.header("Content-Encoding").empty() || !proto::compressible(response.header("Content-Type")))
    return;
  response.add("Vary", "Accept-Encoding");
  if (proto::choose_coding(request.header("accept-encoding"), {.gzip = true}) != proto::Coding::gzip) return;
  auto packed = gzip_.compress(parts);
  if (packed.size() >= size) return;
  response.body = std::move(packed);
  response.pieces.clear();
  response.set("Content-Encoding", "gzip");
  // The bytes differ from those of the tag, their meaning does not.
  auto etag = std::string(response.header("ETag"));
  if (etag.starts_with('"')) response.set("ETag", "W/" + etag);
}

}  // namespace parvis::http
