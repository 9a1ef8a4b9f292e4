#include "store/compression.h"

#include <zstd.h>

#include <memory>

namespace parvis::store {
namespace {

constexpr int level = 3;

struct FreeCompressor {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};

}  // namespace

Bytes compress(ByteView bytes) {
  std::unique_ptr<ZSTD_CCtx, FreeCompressor> context(ZSTD_createCCtx());
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, level);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
  Bytes out(ZSTD_compressBound(bytes.size()));
  out.resize(ZSTD_compress2(context.get(), out.data(), out.size(), bytes.data(), bytes.size()));
  out.shrink_to_fit();
  return out;
}

Result<Bytes> decompress(ByteView frame, size_t max_bytes) {
  auto size = ZSTD_getFrameContentSize(frame.data(), frame.size());
  if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN)
    return fail(reasons::corrupt, "no zstd frame of a stated size");
  if (size > max_bytes) return fail(reasons::too_large, "zstd frame");
  if (ZSTD_findFrameCompressedSize(frame.data(), frame.size()) != frame.size())
    return fail(reasons::corrupt, "more or less than one zstd frame");
  Bytes out(size);
  if (ZSTD_decompress(out.data(), out.size(), frame.data(), frame.size()) != size)
    return fail(reasons::corrupt, "zstd frame");
  return out;
}

}  // namespace parvis::store
