#include "core/http/compress.h"

#include <zlib.h>

#include "base/check.h"
#include "proto/mime.h"
#include "proto/negotiate.h"

namespace parvis::http {
namespace {

constexpr int level = 4;
constexpr int gzip_window_bits = 15 + 16;  // zlib's way to ask for the gzip wrapper

size_t size_of(const Response& response) {
  size_t size = response.body.size();
  for (const auto& piece : response.pieces) size += piece->size();
  return size;
}

}  // namespace

struct ResponseCompressor::Stream {
  z_stream z{};
  void feed(const std::string& input, int flush) {
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
    z.avail_in = static_cast<uInt>(input.size());
    int status = deflate(&z, flush);
    // The output holds deflateBound() of the whole, so nothing can be left over.
    CHECK(z.avail_in == 0 && (status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR));
  }
};

ResponseCompressor::ResponseCompressor() : stream_(std::make_unique<Stream>()) {
  CHECK(deflateInit2(&stream_->z, level, Z_DEFLATED, gzip_window_bits, 8, Z_DEFAULT_STRATEGY) == Z_OK);
}

ResponseCompressor::~ResponseCompressor() { deflateEnd(&stream_->z); }

void ResponseCompressor::apply(const Request& request, Response& response) {
  if (response.file || response.generator || response.upgrade || response.status == 206) return;
  size_t size = size_of(response);
  if (size < min_bytes || size > max_bytes) return;
  if (!response.header("Content-Encoding").empty() || !proto::compressible(response.header("Content-Type")))
    return;
  response.add("Vary", "Accept-Encoding");
  if (proto::choose_coding(request.header("accept-encoding"), {.gzip = true}) != proto::Coding::gzip) return;

  auto& z = stream_->z;
  deflateReset(&z);
  std::string out(deflateBound(&z, size), '\0');
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  stream_->feed(response.body, Z_NO_FLUSH);
  for (const auto& piece : response.pieces) stream_->feed(*piece, Z_NO_FLUSH);
  stream_->feed({}, Z_FINISH);
  out.resize(out.size() - z.avail_out);
  if (out.size() >= size) return;
  response.body = std::move(out);
  response.pieces.clear();
  response.set("Content-Encoding", "gzip");
  // The bytes differ from those of the tag, their meaning does not.
  auto etag = std::string(response.header("ETag"));
  if (etag.starts_with('"')) response.set("ETag", "W/" + etag);
}

}  // namespace parvis::http
