#pragma once
// What happens in rooms, told to the addresses of keys: LiveKit's WebhookEvent as JSON, signed with the key.
// Kept until it is taken, in order for each room, over restarts. Loop thread only.
#include <set>

#include "core/outgoing.h"
#include "engine/livekit/server.h"
#include "module/meetings/meeting_keys.h"
#include "module/meetings/room_messages.h"
#include "store/jobs.h"

namespace livekit {
class WebhookEvent;
}

namespace parvis {

class Webhooks final : public livekit::Observer {
 public:
  static constexpr int64_t max_waiting = 5'000;  // of a key; what comes then is dropped
  static constexpr int64_t tell_within_ms = int64_t{24} * 3600 * 1000;
  static constexpr int64_t token_life_s = 300;

  /// Handles a kind of job: before jobs.start().
  Webhooks(Context& context, MeetingKeys& keys, Outgoing outgoing);
  Task<Result<void>> start();

 private:
  using Event = ::livekit::WebhookEvent;
  using Participant = livekit::ParticipantDescription;
  using Track = livekit::TrackDescription;
  using Place = std::pair<MeetingKeyId, std::string>;  // a key and a room

  void on_room_started(const livekit::RoomDescription& room) override;
  void on_room_finished(const livekit::RoomDescription& room) override;
  void on_participant_joined(const std::string& room, const Participant& who) override;
  void on_participant_left(const std::string& room, const Participant& who, std::string_view reason) override;
  void on_participant_aborted(const std::string& room, const Participant& who,
                              std::string_view reason) override;
  void on_track_published(const std::string& room, const Participant& who, const Track& track) override;
  void on_track_unpublished(const std::string& room, const Participant& who, const Track& track) override;

  void tell(const std::string& kind, const std::string& room, const Participant* who, const Track* track);
  Task<void> keep(std::string room, std::shared_ptr<const Event> event, std::vector<MeetingKey> keys,
                  int64_t position);
  Task<Result<void>> run(store::Job job);
  Task<Result<void>> deliver_all(Place place, Monotonic until);
  Task<Result<void>> deliver(Place place, WebhookEvent event);
  std::string authorization(MeetingKeyId key, const std::string& body) const;

  Context& context_;
  MeetingKeys& keys_;
  Outgoing outgoing_;
  int64_t last_position_ = 0;
  std::map<std::string, livekit::RoomDescription> rooms_;
  std::set<Place> busy_, again_;  // being told now; meanwhile there came more
  std::set<Place> pausing_;       // did not take the last one: its job comes back
};

}  // namespace parvis
