#pragma once
// Zstandard (RFC 8878) for what the database keeps in one piece. Pure functions: any thread.
#include "base/bytes.h"
#include "base/result.h"

namespace parvis::store {

/// One frame that states its size and carries a checksum.
Bytes compress(ByteView bytes);
/// Never allocates more than `max_bytes`. reasons::too_large when the frame says it holds more,
/// reasons::corrupt for anything that is not one whole frame of a stated size.
Result<Bytes> decompress(ByteView frame, size_t max_bytes);

}  // namespace parvis::store
