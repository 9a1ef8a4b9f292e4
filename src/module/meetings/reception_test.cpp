#include "module/meetings/reception.h"

#include <doctest/doctest.h>

#include <set>

namespace parvis {
namespace {

constexpr Instant begins{1'783'499'400'000}, ends{1'783'517'400'000};

Applied window() {
  return {.meetings = {MeetingMode::audio_slides, MeetingMode::low_video, true},
          .window = "Midi",
          .network = "rie",
          .wait = {},
          .until = ends,
          .clock = nullptr,
          .next = std::nullopt};
}
Applied before() {
  Applied out;
  out.next = begins;
  return out;
}

}  // namespace

TEST_CASE("a window begins: at once, told two minutes before") {
  Reception one;
  CHECK(one.review(before(), begins + -600'000, "p:1"));
  CHECK(one.mode() == MeetingMode::full);
  CHECK_FALSE(one.review(before(), begins + -300'000, "p:1"));
  CHECK(one.review(before(), begins + -120'000, "p:1"));
  CHECK(one.announced());
  CHECK(one.review(window(), begins, "p:1"));
  CHECK(one.mode() == MeetingMode::audio_slides);
  CHECK_FALSE(one.review(window(), begins + 5'000, "p:1"));
}

TEST_CASE("within a window one chooses up to the ceiling, or less") {
  Reception one;
  one.review(window(), begins, "p:1");
  one.chosen = MeetingMode::full;
  CHECK(one.review(window(), begins, "p:1"));
  CHECK(one.mode() == MeetingMode::low_video);
  one.chosen = MeetingMode::audio;
  one.review(window(), begins, "p:1");
  CHECK(one.mode() == MeetingMode::audio);
  one.chosen = std::nullopt;
  one.review(window(), begins, "p:1");
  CHECK(one.mode() == MeetingMode::audio_slides);
}

TEST_CASE("urgency lifts the ceiling until the window ends; images that are needed are never bounded") {
  Reception one;
  one.review(window(), begins, "p:1");
  one.urgent_until = ends;
  CHECK(one.review(window(), begins, "p:1"));
  CHECK(one.mode() == MeetingMode::full);
  CHECK_FALSE(one.urgent(ends));
  Reception other;
  other.exempt = true;
  auto applied = window();
  applied.exempt = true;
  other.review(applied, begins, "p:2");
  CHECK(other.mode() == MeetingMode::full);
  other.chosen = MeetingMode::audio;  // less remains one's own choice
  other.review(applied, begins, "p:2");
  CHECK(other.mode() == MeetingMode::audio);
}

TEST_CASE("a window ends: images come back one after the other, at once for who asks") {
  std::vector<int64_t> waits;
  for (std::string identity : {"p:1", "p:2", "p:3", "p:4"}) {
    Reception one;
    one.review(window(), begins, identity);
    CHECK(one.review(Applied(), ends, identity));  // told that the window is over
    int64_t waited = 0;
    while (one.mode() != MeetingMode::full && waited <= Reception::release_spread_ms) {
      waited += 1'000;
      one.review(Applied(), ends + waited, identity);
    }
    CHECK(one.mode() == MeetingMode::full);
    waits.push_back(waited);
  }
  CHECK(std::set<int64_t>(waits.begin(), waits.end()).size() > 1);
  Reception eager;
  eager.review(window(), begins, "p:1");
  eager.review(Applied(), ends, "p:1");
  eager.chosen = MeetingMode::full;
  eager.review(Applied(), ends + 1'000, "p:1");
  CHECK(eager.mode() == MeetingMode::full);
}

TEST_CASE("what a mode leaves of images") {
  using Cameras = livekit::ImageBounds::Cameras;
  CHECK(images_of(MeetingMode::full, false) == livekit::ImageBounds{});
  CHECK(images_of(MeetingMode::low_video, false).cameras == Cameras::lowest);
  CHECK(images_of(MeetingMode::low_video, false).own_lowest);
  CHECK_FALSE(images_of(MeetingMode::low_video, true).own_lowest);
  CHECK(images_of(MeetingMode::audio_slides, false).screens);
  CHECK_FALSE(images_of(MeetingMode::audio, true).screens);
  CHECK_FALSE(camera_allowed(MeetingMode::audio_slides, false));
  CHECK(camera_allowed(MeetingMode::audio, true));
}

}  // namespace parvis
