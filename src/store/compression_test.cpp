#include <doctest/doctest.h>

#include "store/compression.h"

namespace parvis::store {

TEST_CASE("what was compressed comes back, within the bound that is asked") {
  Bytes text(100'000, 'a');
  auto frame = compress(text);
  CHECK(frame.size() < 100);
  auto back = decompress(frame, text.size());
  REQUIRE(back);
  CHECK(*back == text);
  auto nothing = decompress(compress({}), 0);
  REQUIRE(nothing);
  CHECK(nothing->empty());
  auto refused = decompress(frame, text.size() - 1);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().is(reasons::too_large));
}

TEST_CASE("a frame that was cut, changed, followed by more, or that is none, is corrupt") {
  auto frame = compress(as_bytes("Un compte rendu, un compte rendu, un compte rendu."));
  for (size_t cut = 0; cut < frame.size(); ++cut) CHECK_FALSE(decompress(ByteView(frame).first(cut), 1000));
  auto changed = frame;
  changed[frame.size() - 1] ^= 1;  // the checksum
  auto outcome = decompress(changed, 1000);
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().is(reasons::corrupt));
  auto longer = frame;
  longer.push_back(0);
  CHECK_FALSE(decompress(longer, 1000));
  CHECK_FALSE(decompress(as_bytes("rubbish"), 1000));
}

}  // namespace parvis::store
