#include <doctest/doctest.h>

#include <algorithm>

#include "platform/own_addresses.h"

namespace parvis {

TEST_CASE("a machine knows its addresses, and loopback is the last one it tells") {
  auto found = own_addresses();
  REQUIRE(std::ranges::find(found, "127.0.0.1") != found.end());
  auto loopback = std::ranges::find(found, "127.0.0.1");
  CHECK(std::all_of(loopback, found.end(),
                    [](const auto& one) { return one.starts_with("127.") || one == "::1"; }));
}

}  // namespace parvis
