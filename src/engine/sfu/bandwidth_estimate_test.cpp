#include <doctest/doctest.h>

#include <vector>

#include "engine/sfu/bandwidth_estimate.h"

namespace parvis::sfu {
namespace {

/// A line of a given rate with a queue, that loses every n-th packet; packets of 1200 bytes at `rate`.
struct Line {
  BandwidthEstimate estimate;
  int64_t now_us = seconds_us(1), free_at_us = 0;
  uint64_t count = 0;
  int64_t told = now_us;
  std::vector<PacketFate> fates;

  void run(double seconds, uint32_t rate, uint32_t capacity, uint64_t lose_every = 0) {
    int64_t gap_us = 1200 * 8 * 1'000'000LL / rate;
    int64_t until = now_us + static_cast<int64_t>(seconds * 1e6);
    for (; now_us < until; now_us += gap_us) {
      free_at_us = std::max(free_at_us, now_us) + 1200 * 8 * 1'000'000LL / capacity;
      bool overflow = free_at_us - now_us > 500'000;
      if (overflow) free_at_us -= 1200 * 8 * 1'000'000LL / capacity;
      bool lost = overflow || (lose_every && ++count % lose_every == 0);
      fates.push_back({now_us, lost ? std::nullopt : std::optional(free_at_us + 40'000 + 7'777'777), 1200});
      if (now_us - told < 100'000) continue;
      estimate.on_feedback(fates, Monotonic{now_us + 50'000});
      fates.clear();
      told = now_us;
    }
  }
};

}  // namespace

TEST_CASE("a line that carries what is sent keeps its estimate, and a trial raises it") {
  Line line;
  line.run(10, 600'000, 50'000'000);
  CHECK(line.estimate.bits_per_second() >= BandwidthEstimate::start_bits);
  CHECK(line.estimate.loss() == 0);
  line.estimate.on_proven(3'000'000, false, {});
  CHECK(line.estimate.bits_per_second() == 3'000'000);
}

TEST_CASE("a line too narrow is found out within two seconds, and nearly filled") {
  Line line;
  line.run(2, 1'000'000, 500'000);
  CHECK(line.estimate.bits_per_second() < 500'000);
  for (int i = 0; i < 200; ++i) line.run(0.1, std::min(line.estimate.bits_per_second(), 1'000'000u), 500'000);
  CHECK(line.estimate.bits_per_second() > 300'000);
  CHECK(line.estimate.bits_per_second() < 600'000);
}

TEST_CASE("a line that suddenly carries a tenth is known for what it is within a second") {
  Line line;
  line.run(5, 2'500'000, 50'000'000);
  line.estimate.on_proven(4'000'000, false, {});
  line.run(1, 2'500'000, 300'000);
  CHECK(line.estimate.bits_per_second() < 400'000);
  CHECK(line.estimate.bits_per_second() > 150'000);
}

TEST_CASE("a probe's answer holds a fall once, not against a line that goes on filling") {
  Line line;
  line.run(3, 400'000, 50'000'000);
  line.estimate.on_proven(450'000, true, Monotonic{line.now_us});
  line.run(6, 260'000, 200'000);
  CHECK(line.estimate.bits_per_second() < 382'000);
}

TEST_CASE("one packet in twenty lost by chance does not stop the sender, one in four slows it") {
  Line line;
  line.run(10, 900'000, 50'000'000, 20);
  CHECK(line.estimate.bits_per_second() >= 900'000);
  line.run(10, 900'000, 50'000'000, 4);
  CHECK(line.estimate.bits_per_second() < 700'000);
}

TEST_CASE("silence halves it, never below the least") {
  BandwidthEstimate estimate;
  for (int i = 1; i < 20; ++i) estimate.on_silence(Monotonic{seconds_us(i)});
  CHECK(estimate.bits_per_second() == BandwidthEstimate::least_bits);
}

}  // namespace parvis::sfu
