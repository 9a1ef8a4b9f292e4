#pragma once
// A world: some machines with product code, virtual users who attack or use it, and what must hold. One seed
// is one run; the same seed is the same run.
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace parvis::simulated {

struct WorldOutcome {
  std::vector<std::string> broken;  // what did not hold; empty for a sound run
  uint64_t trace_hash = 0;
  uint64_t events = 0;
  int64_t virtual_us = 0;
};

struct World {
  const char* name;
  const char* promise;  // what it checks, for people
  WorldOutcome (*run)(uint64_t seed);
};

std::span<const World> worlds();

WorldOutcome run_http_world(uint64_t seed);
WorldOutcome run_blob_world(uint64_t seed);

}  // namespace parvis::simulated
