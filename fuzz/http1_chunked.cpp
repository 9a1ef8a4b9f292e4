// Chunked bodies: the same bytes decode to the same body however they are cut, in place or not.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/check.h"
#include "proto/http1_chunked.h"

using namespace parvis;
using namespace parvis::proto;

namespace {

struct Outcome {
  std::string body;
  size_t consumed = 0;
  bool failed = false, done = false;
};

Outcome decode(ByteView in, size_t step, size_t room, bool in_place) {
  ChunkedDecoder decoder;
  Outcome out;
  while (out.consumed < in.size() && !out.done) {
    auto view = in.subspan(out.consumed, std::min(step, in.size() - out.consumed));
    Bytes piece(view.begin(), view.end());
    Bytes apart(room);
    std::span<uint8_t> target = in_place ? std::span(piece) : std::span(apart);
    auto progress = decoder.decode(piece, target);
    if (!progress) return out.failed = true, out;
    CHECK(progress->produced <= progress->consumed);
    CHECK(progress->consumed > 0);
    out.body.append(as_text(target.first(progress->produced)));
    out.consumed += progress->consumed;
    out.done = progress->done;
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  ByteView in(data + 1, size - 1);
  auto whole = decode(in, SIZE_MAX, 0, true);
  auto cut = decode(in, 1 + data[0] % 16, 0, true);
  auto apart = decode(in, SIZE_MAX, 1 + data[0] % 16, false);
  CHECK(whole.failed == cut.failed && whole.failed == apart.failed);
  if (whole.failed) return 0;
  CHECK(whole.body == cut.body && whole.body == apart.body);
  CHECK(whole.done == cut.done && whole.consumed == cut.consumed);
  return 0;
}
