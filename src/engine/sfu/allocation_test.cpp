#include <doctest/doctest.h>

#include "engine/sfu/allocation.h"

namespace parvis::sfu {
namespace {
using Layers = std::vector<std::optional<size_t>>;
Wish camera(std::optional<size_t> now, uint8_t priority = 2) {
  return {.priority = priority, .layer_bits = {150'000, 500'000, 1'700'000}, .now = now};
}
}  // namespace

TEST_CASE("everyone is seen small before anyone is seen large, then by priority") {
  std::vector<Wish> wishes{camera({}), camera({}, 1), camera({})};
  CHECK(allocate(600'000, wishes, true) == Layers{0, 0, 0});
  CHECK(allocate(1'000'000, wishes, true) == Layers{0, 1, 0});
  CHECK(allocate(10'000'000, wishes, true) == Layers{2, 2, 2});
}

TEST_CASE("too little for all: the shared screen stays, the rest is paused") {
  std::vector<Wish> wishes{camera(0), {.priority = 0, .layer_bits = {400'000}, .now = 0}, camera(0)};
  CHECK(allocate(480'000, wishes, true) == Layers{{}, 0, {}});
}

TEST_CASE("a face is not taken away for a screen that does not fit yet") {
  std::vector<Wish> wishes{{.priority = 2, .layer_bits = {136'000}, .now = 0},
                           {.priority = 0, .layer_bits = {221'000}, .now = {}}};
  CHECK(allocate(232'000, wishes, false) == Layers{0, {}});
  CHECK(allocate(232'000, wishes, true) == Layers{0, {}});
  CHECK(allocate(280'000, wishes, true) == Layers{{}, 0});
}

TEST_CASE("at the limit an image neither rises nor falls, and does not rise when it may not") {
  std::vector<Wish> wishes{camera(1)};
  CHECK(allocate(510'000, wishes, true) == Layers{1});
  CHECK(allocate(490'000, wishes, true) == Layers{0});
  CHECK(allocate(1'750'000, wishes, true) == Layers{1});
  CHECK(allocate(2'100'000, wishes, true) == Layers{2});
  CHECK(allocate(2'100'000, wishes, false) == Layers{1});
  std::vector<Wish> paused{camera({})};
  CHECK(allocate(2'100'000, paused, false) == Layers{std::nullopt});
}

TEST_CASE("a layer that its publisher stopped is left for one that lives") {
  std::vector<Wish> wishes{{.priority = 2, .layer_bits = {150'000, 500'000, 0}, .now = 2}};
  CHECK(allocate(9'000'000, wishes, true) == Layers{1});
  CHECK(wished_bits(wishes) == 500'000);
}

}  // namespace parvis::sfu
