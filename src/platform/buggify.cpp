#include "platform/buggify.h"

#include <functional>

#include "platform/simulated/dice.h"

namespace parvis {

namespace {

thread_local uint64_t run_seed = 0;
thread_local simulated::Dice run_dice(0);
thread_local std::map<std::string, BuggifySite, std::less<>> sites;

bool switched_on(std::string_view site) {
  uint64_t hash = run_seed;
  for (char c : site) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return simulated::Dice(hash).chance(0.25);
}

}  // namespace

void buggify_begin(uint64_t seed) {
  run_seed = seed;
  run_dice = simulated::Dice(seed);
  buggify_on = true;
}

void buggify_end() { buggify_on = false; }

bool buggify_roll(std::string_view site) {
  auto found = sites.find(site);
  if (found == sites.end()) found = sites.emplace(site, BuggifySite{}).first;
  ++found->second.asked;
  if (!switched_on(site) || !run_dice.chance(0.1)) return false;
  ++found->second.fired;
  return true;
}

const std::map<std::string, BuggifySite, std::less<>>& buggify_sites() { return sites; }

}  // namespace parvis
