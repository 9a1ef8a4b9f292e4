#include "proto/gzip.h"

#include <zlib.h>

#include "base/check.h"

namespace parvis::proto {
namespace {

constexpr int gzip_window_bits = 15 + 16;  // zlib's way to ask for the gzip wrapper

}  // namespace

struct Gzip::Stream {
  z_stream z{};
};

Gzip::Gzip(int level) : stream_(std::make_unique<Stream>()) {
  CHECK(deflateInit2(&stream_->z, level, Z_DEFLATED, gzip_window_bits, 8, Z_DEFAULT_STRATEGY) == Z_OK);
}

Gzip::~Gzip() { deflateEnd(&stream_->z); }

std::string Gzip::compress(std::span<const std::string_view> pieces) {
  auto& z = stream_->z;
  deflateReset(&z);
  size_t size = 0;
  for (auto piece : pieces) size += piece.size();
  std::string out(deflateBound(&z, size), '\0');
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  auto feed = [&](std::string_view input, int flush) {
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
    z.avail_in = static_cast<uInt>(input.size());
    return deflate(&z, flush);
  };
  for (auto piece : pieces) {
    if (!piece.empty()) CHECK(feed(piece, Z_NO_FLUSH) == Z_OK && z.avail_in == 0);
  }
  // The output has room for deflateBound() of the whole, so one call finishes.
  CHECK(feed({}, Z_FINISH) == Z_STREAM_END);
  out.resize(out.size() - z.avail_out);
  return out;
}

std::optional<std::string> gunzip(std::string_view bytes, size_t max_bytes) {
  constexpr size_t step = 64 << 10;
  z_stream z{};
  CHECK(inflateInit2(&z, gzip_window_bits) == Z_OK);
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  z.avail_in = static_cast<uInt>(bytes.size());
  std::string out;
  int state = Z_OK;
  while (state == Z_OK && out.size() <= max_bytes) {
    size_t size = out.size();
    out.resize(size + step);
    z.next_out = reinterpret_cast<Bytef*>(out.data() + size);
    z.avail_out = step;
    state = inflate(&z, Z_NO_FLUSH);
    out.resize(out.size() - z.avail_out);
    if (state == Z_OK && z.avail_out == step) state = Z_BUF_ERROR;  // cut short
  }
  inflateEnd(&z);
  if (state != Z_STREAM_END || out.size() > max_bytes) return std::nullopt;
  return out;
}

}  // namespace parvis::proto
