// The simulator's command: runs worlds over seeds, prints what broke and how to see it again.
//   sim                          every known seed, then one fresh seed per world
//   sim --minutes 2              the same, then fresh seeds for two minutes of real time
//   sim --world http --seed 42   one run, twice, to compare its trace
//   sim --seeds FILE             where the seeds that once failed are kept ("world seed" a line)
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <map>
#include <random>
#include <string>

#include "platform/buggify.h"
#include "platform/log.h"
#include "sim/world.h"

namespace parvis::simulated {

std::span<const World> worlds() {
  static constexpr World all[] = {
      {"http", "every polite answer is right, nobody holds a connection for ever, stop() leaves nothing",
       run_http_world},
      {"blobs", "what put() acknowledged survives power cuts, whole; what failed said why", run_blob_world},
  };
  return all;
}

namespace {

struct Options {
  std::string world;
  std::string seeds_file;
  double minutes = 0;
  uint64_t seed = 0;
  bool one_seed = false;
};

struct Totals {
  uint64_t runs = 0, failed = 0, events = 0;
  double virtual_hours = 0;
};

void run_one(const World& world, uint64_t seed, Totals& totals) {
  WorldOutcome outcome = world.run(seed);
  ++totals.runs;
  totals.events += outcome.events;
  totals.virtual_hours += static_cast<double>(outcome.virtual_us) / 3.6e9;
  if (outcome.broken.empty()) return;
  ++totals.failed;
  std::printf("sim --world %s --seed %llu\n", world.name, static_cast<unsigned long long>(seed));
  for (size_t i = 0; i < std::min<size_t>(outcome.broken.size(), 3); ++i) {
    std::printf("    %s\n", outcome.broken[i].c_str());
  }
}

/// Runs it twice: a run that differs from itself has a hidden source of chance.
bool run_in_detail(const World& world, uint64_t seed) {
  WorldOutcome first = world.run(seed), second = world.run(seed);
  std::printf("%s, seed %llu: %llu events, %.0f virtual s, trace %016llx\n", world.name,
              static_cast<unsigned long long>(seed), static_cast<unsigned long long>(first.events),
              static_cast<double>(first.virtual_us) / 1e6, static_cast<unsigned long long>(first.trace_hash));
  for (auto& line : first.broken) std::printf("    %s\n", line.c_str());
  if (first.trace_hash != second.trace_hash) std::printf("    two runs differ\n");
  return first.broken.empty() && first.trace_hash == second.trace_hash;
}

void run_known(const Options& options, Totals& totals) {
  FILE* file = options.seeds_file.empty() ? nullptr : std::fopen(options.seeds_file.c_str(), "r");
  if (!file) return;
  char line[128], name[64];
  unsigned long long seed;
  while (std::fgets(line, sizeof line, file)) {
    if (line[0] == '#' || std::sscanf(line, "%63s %llu", name, &seed) != 2) continue;
    for (const World& world : worlds()) {
      if (std::strcmp(world.name, name) == 0) run_one(world, seed, totals);
    }
  }
  std::fclose(file);
}

void run_fresh(const Options& options, Totals& totals) {
  using Clock = std::chrono::steady_clock;
  auto end = Clock::now() + std::chrono::duration<double>(options.minutes * 60);
  uint64_t seed = options.one_seed ? options.seed : std::random_device()();
  std::printf("fresh seeds from %llu\n", static_cast<unsigned long long>(seed));
  do {
    for (const World& world : worlds()) {
      if (options.world.empty() || options.world == world.name) run_one(world, seed, totals);
    }
    ++seed;
  } while (Clock::now() < end && totals.failed < 20);
}

bool parse(int count, char** arguments, Options& options) {
  for (int i = 1; i + 1 < count; i += 2) {
    std::string name = arguments[i], value = arguments[i + 1];
    if (name == "--world")
      options.world = value;
    else if (name == "--seeds")
      options.seeds_file = value;
    else if (name == "--minutes")
      options.minutes = std::strtod(value.c_str(), nullptr);
    else if (name == "--seed")
      options.seed = std::strtoull(value.c_str(), nullptr, 10), options.one_seed = true;
    else
      return false;
  }
  return count % 2 == 1;
}

int run(const Options& options) {
  set_log_sink(nullptr);
  if (options.one_seed && options.minutes == 0) {
    bool sound = true;
    for (const World& world : worlds()) {
      if (options.world.empty() || options.world == world.name) sound &= run_in_detail(world, options.seed);
    }
    return sound ? 0 : 1;
  }
  Totals totals;
  run_known(options, totals);
  run_fresh(options, totals);
  for (auto& [site, counts] : buggify_sites()) {
    std::printf("%s fired %llu times of %llu\n", site.c_str(), static_cast<unsigned long long>(counts.fired),
                static_cast<unsigned long long>(counts.asked));
  }
  std::printf("%.1f virtual hours, %llu events\n%llu passed, %llu failed\n", totals.virtual_hours,
              static_cast<unsigned long long>(totals.events),
              static_cast<unsigned long long>(totals.runs - totals.failed),
              static_cast<unsigned long long>(totals.failed));
  return totals.failed ? 1 : 0;
}

}  // namespace

}  // namespace parvis::simulated

int main(int count, char** arguments) {
  parvis::simulated::Options options;
  if (!parvis::simulated::parse(count, arguments, options)) {
    std::fprintf(stderr, "usage: sim [--world NAME] [--seed N] [--minutes M] [--seeds FILE]\n");
    return 2;
  }
  return parvis::simulated::run(options);
}
