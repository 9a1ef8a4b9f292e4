#pragma once
// What two sequences have in common, in order (Myers, "An O(ND) Difference Algorithm", 1986), with a bound on
// the work: beyond it what differs in the middle has nothing in common.
#include <cstdint>
#include <span>
#include <vector>

namespace parvis {

struct CommonRun {
  size_t before, after, length;  // places in the two sequences
  bool operator==(const CommonRun&) const = default;
};

inline constexpr size_t max_differences = 1'500;

/// Ascending in both, never touching on both sides.
std::vector<CommonRun> common_runs(std::span<const uint32_t> before, std::span<const uint32_t> after);

}  // namespace parvis
