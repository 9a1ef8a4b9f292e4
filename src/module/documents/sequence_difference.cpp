#include "module/documents/sequence_difference.h"

#include <algorithm>

namespace parvis {
namespace {

using Elements = std::span<const uint32_t>;

/// The furthest reach in `before` on each diagonal, for each number of differences, until both ends are met.
class Search {
 public:
  Search(Elements before, Elements after) : before_(before), after_(after) {}

  /// False when it would take more than max_differences.
  bool run() {
    size_t most = std::min(before_.size() + after_.size(), max_differences);
    for (size_t differences = 0; differences <= most; ++differences) {
      reach_.emplace_back(2 * differences + 1);
      if (step(static_cast<ptrdiff_t>(differences))) return true;
    }
    return false;
  }

  /// The diagonals that were followed, from the end to the start.
  std::vector<CommonRun> path() const {
    std::vector<CommonRun> runs;
    auto x = static_cast<ptrdiff_t>(before_.size()), y = static_cast<ptrdiff_t>(after_.size());
    for (auto d = static_cast<ptrdiff_t>(reach_.size()) - 1; d >= 0; --d) {
      ptrdiff_t k = x - y, from_x = 0, from_y = 0;
      if (d > 0) {
        bool down = goes_down(d, k);
        ptrdiff_t previous = down ? k + 1 : k - 1;
        ptrdiff_t previous_x = at(d - 1, previous);
        from_x = down ? previous_x : previous_x + 1;
        from_y = from_x - k;
        if (x > from_x) add(runs, from_x, from_y, x - from_x);
        x = previous_x;
        y = previous_x - previous;
      } else if (x > 0) {
        add(runs, 0, 0, x);
      }
    }
    std::ranges::reverse(runs);
    return runs;
  }

 private:
  static void add(std::vector<CommonRun>& runs, ptrdiff_t x, ptrdiff_t y, ptrdiff_t length) {
    runs.push_back({static_cast<size_t>(x), static_cast<size_t>(y), static_cast<size_t>(length)});
  }
  ptrdiff_t at(ptrdiff_t d, ptrdiff_t k) const {
    return reach_[static_cast<size_t>(d)][static_cast<size_t>(k + d)];
  }
  bool goes_down(ptrdiff_t d, ptrdiff_t k) const {
    return k == -d || (k != d && at(d - 1, k - 1) < at(d - 1, k + 1));
  }

  bool step(ptrdiff_t d) {
    auto width = static_cast<ptrdiff_t>(before_.size()), height = static_cast<ptrdiff_t>(after_.size());
    for (ptrdiff_t k = -d; k <= d; k += 2) {
      ptrdiff_t x = d == 0 ? 0 : goes_down(d, k) ? at(d - 1, k + 1) : at(d - 1, k - 1) + 1;
      ptrdiff_t y = x - k;
      while (x < width && y < height && y >= 0 &&
             before_[static_cast<size_t>(x)] == after_[static_cast<size_t>(y)]) {
        ++x;
        ++y;
      }
      reach_[static_cast<size_t>(d)][static_cast<size_t>(k + d)] = x;
      if (x >= width && y >= height) return true;
    }
    return false;
  }

  Elements before_, after_;
  std::vector<std::vector<ptrdiff_t>> reach_;
};

}  // namespace

std::vector<CommonRun> common_runs(Elements before, Elements after) {
  size_t shorter = std::min(before.size(), after.size()), head = 0, tail = 0;
  while (head < shorter && before[head] == after[head]) ++head;
  while (tail < shorter - head && before[before.size() - 1 - tail] == after[after.size() - 1 - tail]) ++tail;
  std::vector<CommonRun> runs;
  auto add = [&](CommonRun run) {
    if (run.length == 0) return;
    bool touches = !runs.empty() && runs.back().before + runs.back().length == run.before &&
                   runs.back().after + runs.back().length == run.after;
    if (touches) {
      runs.back().length += run.length;
    } else {
      runs.push_back(run);
    }
  };
  add({0, 0, head});
  Search search(before.subspan(head, before.size() - head - tail),
                after.subspan(head, after.size() - head - tail));
  if (search.run())
    for (auto& run : search.path()) add({run.before + head, run.after + head, run.length});
  add({before.size() - tail, after.size() - tail, tail});
  return runs;
}

}  // namespace parvis
