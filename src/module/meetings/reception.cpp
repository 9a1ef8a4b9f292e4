#include "module/meetings/reception.h"

namespace parvis {
namespace {

/// The same for one identity each time, spread over all of them.
int64_t spread(std::string_view identity) {
  uint32_t hash = 2'166'136'261;  // FNV-1a
  for (char c : identity) hash = (hash ^ static_cast<uint8_t>(c)) * 16'777'619;
  return hash % Reception::release_spread_ms;
}

}  // namespace

MeetingMode Reception::wished(const Applied& applied, Instant now) const {
  if (exempt || urgent(now)) return chosen.value_or(MeetingMode::full);
  return std::min(chosen.value_or(applied.meetings.entry), applied.meetings.ceiling);
}

bool Reception::review(const Applied& applied, Instant now, std::string_view identity) {
  auto next = wished(applied, now);
  bool own = chosen != was_chosen_ || exempt != was_exempt_ || urgent(now) != was_urgent_;
  if (known_ && next > mode_ && !own) {
    if (release_at_ == Instant{}) release_at_ = now + spread(identity);
    if (now < release_at_) next = mode_;
  } else {
    release_at_ = {};
  }
  bool soon = applied.next && *applied.next - now <= announce_ms && !exempt;
  bool changed = !known_ || own || next != mode_ || soon != announced_ || applied.window != applied_.window ||
                 applied.meetings != applied_.meetings || applied.until != applied_.until;
  applied_ = applied;
  mode_ = next;
  announced_ = soon;
  known_ = true;
  was_chosen_ = chosen;
  was_exempt_ = exempt;
  was_urgent_ = urgent(now);
  return changed;
}

livekit::ImageBounds images_of(MeetingMode mode, bool images_needed) {
  using Cameras = livekit::ImageBounds::Cameras;
  auto cameras = mode == MeetingMode::full        ? Cameras::all
                 : mode == MeetingMode::low_video ? Cameras::lowest
                                                  : Cameras::none;
  return {.cameras = cameras,
          .screens = mode != MeetingMode::audio,
          .own_lowest = mode == MeetingMode::low_video && !images_needed};
}

bool camera_allowed(MeetingMode mode, bool images_needed) {
  return images_needed || mode >= MeetingMode::low_video;
}

std::vector<livekit::Source> sources_without_camera() {
  using enum livekit::Source;
  return {microphone, screen_share, screen_share_audio};
}

void write_reception(json::Writer& out, const Reception& reception, bool images_needed, Instant now,
                     Language language) {
  out.begin_object().field("mode", mode_name(reception.mode()));
  write_applied_fields(out, reception.applied(), language);
  out.field("camera", camera_allowed(reception.mode(), images_needed))
      .field("urgent_now", reception.urgent(now))
      .field("soon", reception.announced())
      .end_object();
}

}  // namespace parvis
