// Blobs under power cuts, full disks and I/O errors: what put() acknowledged is there afterwards, whole,
// under its hash; what failed said why.
#include <map>

#include "platform/simulated/disk.h"
#include "platform/simulated/simulation.h"
#include "sim/world.h"
#include "store/blobs.h"

namespace parvis::simulated {

namespace {

constexpr int writers = 4;

struct Ledger {
  std::map<std::string, std::string> acknowledged;  // hash to content
  std::vector<std::string> broken;
  int checked = 0;
};

std::string random_content(Dice& dice) {
  std::string content(dice.skewed(4'000), 0);
  char letter =
      static_cast<char>('a' + dice.below(4));  // few different contents: the same blob is often put twice
  for (char& c : content) c = letter;
  return content;
}

bool expected_failure(const Error& error) {
  return error.is(reasons::storage_full) || error.is(reasons::corrupt) || error.is(reasons::unavailable);
}

Task<Result<store::Blobs::Stored>> upload(store::Blobs& blobs, std::string content, Dice& dice) {
  auto upload = CO_TRY(co_await blobs.begin());
  while (!content.empty()) {
    size_t take = 1 + dice.skewed(content.size() - 1);
    Bytes chunk(content.begin(), content.begin() + static_cast<std::ptrdiff_t>(take));
    content.erase(0, take);
    CO_TRY(co_await upload->write(std::move(chunk)));
  }
  co_return co_await upload->finish();
}

Task<Result<std::string>> read_all(Env& env, store::Blobs& blobs, std::string hash) {
  auto file = CO_TRY(co_await blobs.open(std::move(hash)));
  co_return co_await env.disk.run_result([file]() -> Result<std::string> {
    std::string content(TRY(file->size()), 0);
    size_t count = TRY(file->read_at(0, {reinterpret_cast<uint8_t*>(content.data()), content.size()}));
    if (count != content.size()) return fail(reasons::corrupt, "short read");
    return content;
  });
}

Task<void> write_for_ever(Env& env, store::Blobs& blobs, Dice dice, Ledger& ledger) {
  for (;;) {
    std::string content = random_content(dice);
    auto stored = co_await upload(blobs, content, dice);
    if (stored) {
      auto [known, fresh] = ledger.acknowledged.emplace(stored->hash, content);
      if (known->second != content || stored->size != content.size())
        ledger.broken.push_back("one hash, two contents");
      auto found = co_await read_all(env, blobs, stored->hash);
      if (found ? *found != content : !expected_failure(found.error()))
        ledger.broken.push_back("put, then not the same");
    } else if (!expected_failure(stored.error())) {
      ledger.broken.push_back("put fails: " + std::string(stored.error().reason->id) + " " +
                              stored.error().detail);
    }
    co_await env.loop.sleep_for_us(dice.between(0, 2'000));
  }
}

Task<void> check_all(Env& env, store::Blobs& blobs, Ledger& ledger, bool& done) {
  for (auto& [hash, content] : ledger.acknowledged) {
    auto found = co_await read_all(env, blobs, hash);
    ++ledger.checked;
    if (!found) ledger.broken.push_back("lost after a crash: " + found.error().detail);
    if (found && *found != content) ledger.broken.push_back("damaged after a crash");
  }
  done = true;
}

store::Blobs& boot(Machine& machine, Ledger& ledger) {
  store::Blobs* blobs = nullptr;
  machine.run([&](Env& env) {
    auto database = store::open_database(env, {.url = "sqlite::memory:"});
    if (!database) {
      ledger.broken.push_back("no database: " + database.error().detail);
      return;
    }
    auto& kept = machine.keep(std::move(*database));
    blobs = &machine.keep(store::make_blobs(env, kept, "/data"));
  });
  CHECK(blobs);
  return *blobs;
}

}  // namespace

WorldOutcome run_blob_world(uint64_t seed) {
  Simulation simulation(seed);
  Dice& dice = simulation.dice();
  Machine& machine = simulation.add_machine("10.0.0.1");
  if (dice.chance(0.3)) machine.disk().set_capacity(dice.below(20'000));
  Ledger ledger;
  for (uint64_t life = 0; life <= 1 + dice.below(3); ++life) {
    store::Blobs& blobs = boot(machine, ledger);
    if (dice.chance(0.3)) machine.disk().fail_after(dice.below(200));
    machine.run([&](Env& env) {
      for (int i = 0; i < writers; ++i) spawn(write_for_ever(env, blobs, dice.fork(), ledger));
    });
    simulation.run_for(dice.between(0, millis_us(300)));
    machine.crash();
    bool checked = false;
    store::Blobs& after = boot(machine, ledger);
    machine.run([&](Env& env) { spawn(check_all(env, after, ledger, checked)); });
    if (!simulation.run_until([&] { return checked; }, seconds_us(10'000)))
      ledger.broken.push_back("reading hangs");
    machine.crash();
  }
  return {.broken = std::move(ledger.broken),
          .trace_hash = simulation.trace_hash(),
          .events = simulation.events(),
          .virtual_us = simulation.now().us};
}

}  // namespace parvis::simulated
