#pragma once
// Which layer of each image goes to a subscriber whose line carries only so much. Pure.
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace parvis::sfu {

/// One image towards one subscriber.
struct Wish {
  uint8_t priority = 2;              // 0 comes first: a shared screen, then who speaks, then the rest
  std::vector<uint32_t> layer_bits;  // what each layer takes now, lowest first; 0 = not being sent
  std::optional<size_t> now;         // the layer that is allowed now; none = paused
};

/// A layer per wish; none = paused. Everyone gets the lowest layer before anyone gets a better one; within
/// that, by priority. With `rising`, layers may go up; each change of direction needs a margin, so that a
/// line at its limit does not make images jump.
std::vector<std::optional<size_t>> allocate(uint32_t budget_bits, std::span<const Wish> wishes, bool rising);

/// What everything wished takes, bits per second.
uint32_t wished_bits(std::span<const Wish> wishes);

}  // namespace parvis::sfu
