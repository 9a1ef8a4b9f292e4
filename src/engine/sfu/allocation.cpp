#include "engine/sfu/allocation.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace parvis::sfu {
namespace {

constexpr uint32_t rise_percent = 85;  // of the budget: a rise leaves the rest free

using Choice = std::vector<std::optional<size_t>>;

uint32_t bits_of(const Wish& wish, std::optional<size_t> layer) {
  return layer ? wish.layer_bits[*layer] : 0;
}

/// The next layer above `from` that is being sent.
std::optional<size_t> above(const Wish& wish, std::optional<size_t> from) {
  for (size_t i = from ? *from + 1 : 0; i < wish.layer_bits.size(); ++i) {
    if (wish.layer_bits[i] > 0) return i;
  }
  return std::nullopt;
}

Choice fill(uint64_t budget, std::span<const Wish> wishes, const std::vector<size_t>& order) {
  Choice out(wishes.size());
  uint64_t used = 0;
  for (bool first = true;; first = false) {
    bool raised = false;
    for (size_t index : order) {
      const Wish& wish = wishes[index];
      // Beyond the first round, who comes first goes up as far as it can before the next.
      while (auto next = above(wish, out[index])) {
        uint64_t more =
            uint64_t{wish.layer_bits[*next]} - std::min(wish.layer_bits[*next], bits_of(wish, out[index]));
        if (used + more > budget) break;
        used += more;
        out[index] = next;
        raised = true;
        if (first) break;
      }
    }
    if (!raised && !first) return out;
  }
}

uint64_t cost(std::span<const Wish> wishes, const Choice& choice) {
  uint64_t out = 0;
  for (size_t i = 0; i < wishes.size(); ++i) out += bits_of(wishes[i], choice[i]);
  return out;
}

/// Paused is below the lowest.
int64_t rank(std::optional<size_t> layer) { return layer ? static_cast<int64_t>(*layer) : -1; }

}  // namespace

std::vector<std::optional<size_t>> allocate(uint32_t budget_bits, std::span<const Wish> wishes, bool rising) {
  std::vector<size_t> order(wishes.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::sort(order, {}, [&](size_t i) { return std::pair(wishes[i].priority, i); });
  Choice most = fill(budget_bits, wishes, order);
  Choice sure = fill(uint64_t{budget_bits} * rise_percent / 100, wishes, order);
  Choice out(wishes.size());
  for (size_t i = 0; i < wishes.size(); ++i) {
    auto now = wishes[i].now;
    if (now && (*now >= wishes[i].layer_bits.size() || wishes[i].layer_bits[*now] == 0)) now = most[i];
    auto up = rising ? sure[i] : std::min(sure[i], now, [](auto a, auto b) { return rank(a) < rank(b); });
    out[i] = rank(now) > rank(most[i]) ? most[i] : rank(now) < rank(up) ? up : now;
  }
  if (cost(wishes, out) > budget_bits) return rising ? sure : most;
  // What is seen is not taken away for something that may not come yet.
  for (size_t i : order) {
    if (out[i] || !wishes[i].now) continue;
    out[i] = above(wishes[i], std::nullopt);
    if (cost(wishes, out) > budget_bits) out[i].reset();
  }
  return out;
}

uint32_t wished_bits(std::span<const Wish> wishes) {
  uint32_t out = 0;
  for (const Wish& wish : wishes)
    out += wish.layer_bits.empty() ? 0 : *std::ranges::max_element(wish.layer_bits);
  return out;
}

}  // namespace parvis::sfu
