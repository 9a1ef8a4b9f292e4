#pragma once
// What one participant receives of a meeting: the network policy, the person's own choice, and what stands
// above both. Pure but for the clock that is passed in.
#include <optional>
#include <string>

#include "core/network_policy/evaluate.h"
#include "engine/livekit/server.h"

namespace parvis {

/// The participant's attribute by which any client chooses: "audio", "audio_slides", "low_video" or "full".
inline constexpr std::string_view mode_attribute = "mode";

class Reception {
 public:
  /// After a window has ended not everybody's images come back in the same second.
  static constexpr int64_t release_spread_ms = 120'000;
  static constexpr int64_t announce_ms = 120'000;  // before a window begins

  std::string network;
  bool exempt = false;
  std::optional<MeetingMode> chosen;
  Instant urgent_until{};  // beyond the policy, with a reason that was written down

  /// Looks again. True when something that the participant should be told is another.
  bool review(const Applied& applied, Instant now, std::string_view identity);

  MeetingMode mode() const { return mode_; }
  const Applied& applied() const { return applied_; }
  bool urgent(Instant now) const { return now < urgent_until; }
  /// A window begins soon.
  bool announced() const { return announced_; }

 private:
  MeetingMode wished(const Applied& applied, Instant now) const;

  Applied applied_;
  MeetingMode mode_ = MeetingMode::full;
  bool known_ = false, announced_ = false, was_urgent_ = false, was_exempt_ = false;
  std::optional<MeetingMode> was_chosen_;
  Instant release_at_{};
};

/// `images_needed`: somebody in the meeting needs to see the others (a signed language, lip reading).
livekit::ImageBounds images_of(MeetingMode mode, bool images_needed);
bool camera_allowed(MeetingMode mode, bool images_needed);
/// Everything but the camera.
std::vector<livekit::Source> sources_without_camera();

/// As the API and the room tell it (schema.ts: Reception).
void write_reception(json::Writer& out, const Reception& reception, bool images_needed, Instant now,
                     Language language);

}  // namespace parvis
