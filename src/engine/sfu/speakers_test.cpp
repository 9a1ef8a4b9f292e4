#include <doctest/doctest.h>

#include "engine/sfu/speakers.h"
#include "engine/sfu/vp8_descriptor.h"

namespace parvis::sfu {
namespace {

/// A descriptor with a 15-bit picture number and TL0PICIDX, and one byte of picture.
Bytes picture(uint16_t number, uint8_t base) {
  return {0x90, 0xc0, static_cast<uint8_t>(0x80 | number >> 8), static_cast<uint8_t>(number), base, 0x55};
}

Bytes applied(Vp8Continuity& numbers, Bytes payload, bool fresh = true) {
  numbers.apply(payload, fresh);
  return payload;
}

TEST_CASE("pictures are numbered without a gap over a layer change, and a repeated one as it was") {
  Vp8Continuity numbers;
  numbers.renumber = true;
  CHECK(applied(numbers, picture(1000, 40)) == picture(1, 1));
  CHECK(applied(numbers, picture(1001, 41)) == picture(2, 2));
  numbers.renumber = true;  // another layer, whose numbers are elsewhere
  CHECK(applied(numbers, picture(0x7fff, 7)) == picture(3, 3));
  CHECK(applied(numbers, picture(0, 8)) == picture(4, 4));  // over the end of 15 bits
  CHECK(applied(numbers, picture(0x7fff, 7), false) == picture(3, 3));
  CHECK(applied(numbers, picture(1, 9)) == picture(5, 5));
}

TEST_CASE("a descriptor that is short or carries no numbers is left alone") {
  Vp8Continuity numbers;
  for (const Bytes& payload : {Bytes{}, Bytes{0x90}, Bytes{0x90, 0x80}, Bytes{0x90, 0x80, 0x81},
                               Bytes{0x10, 0xff, 0xff}, Bytes{0x90, 0x20, 0x11}}) {
    CHECK(applied(numbers, payload) == payload);
  }
}

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
