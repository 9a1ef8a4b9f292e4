#pragma once
// BUGGIFY("name"): a rare path that the simulator may take on purpose (a short batch, a full queue, a late
// flush). Always false outside a simulation, for the price of one load. In a run each site is switched on
// with probability 1/4 and then fires one time in ten.
//   if (BUGGIFY("database.queue_full")) return false;
#include <map>
#include <string>
#include <string_view>

#include <cstdint>

namespace parvis {

struct BuggifySite {
  uint64_t asked = 0;
  uint64_t fired = 0;
};

inline thread_local bool buggify_on = false;
bool buggify_roll(std::string_view site);

/// For the simulator: starts and ends the runs of this thread.
void buggify_begin(uint64_t seed);
void buggify_end();
/// Every site met so far by this thread, with how often it fired: a site that never fires tests nothing.
const std::map<std::string, BuggifySite, std::less<>>& buggify_sites();

}  // namespace parvis

#define BUGGIFY(site) (::parvis::buggify_on && ::parvis::buggify_roll(site))
