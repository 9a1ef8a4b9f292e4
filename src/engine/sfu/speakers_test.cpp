#include <doctest/doctest.h>

#include "engine/sfu/speakers.h"

namespace parvis::sfu {
namespace {

TEST_CASE("who talks is a speaker, who coughs is none, and who falls silent no longer is") {
  VoiceMeter voice;
  Monotonic now{seconds_us(1)};
  auto talk = [&](int packets, int loud_among_ten) {
    for (int i = 0; i < packets; ++i, now = now + 20'000) voice.add(i % 10 < loud_among_ten ? 20 : 100, now);
  };
  voice.level(now);
  talk(25, 10);
  CHECK(voice.level(now) == 20);
  talk(45, 2);
  CHECK(voice.level(now) == silent_level);
  talk(45, 10);
  CHECK(voice.level(now) == 20);
  now = now + seconds_us(1);
  CHECK(voice.level(now) == silent_level);
}

}  // namespace
}  // namespace parvis::sfu
