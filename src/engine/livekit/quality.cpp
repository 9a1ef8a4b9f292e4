#include "engine/livekit/quality.h"

#include <algorithm>

namespace parvis::livekit {
namespace {

constexpr int64_t lower_after_us = 5'000'000;  // who looks away for a moment costs no key frame
constexpr double poor_loss = 0.08, good_loss = 0.02;
constexpr int64_t poor_trip_us = 600'000, good_trip_us = 250'000;

/// The highest layer of one of the track's codecs that somebody shows. The lowest stays even for nobody: it
/// costs little, is there at once for whoever comes, and not every client begins again once all of its layers
/// were stopped.
int watched(const Track& track, bool backup) {
  int out = 0;
  bool camera = track.info.source() == wire::CAMERA;
  if (camera && track.publisher->grant.images.own_lowest) return out;
  int top = std::max(track.layers(backup).size(), 1) - 1;
  for (const auto& [identity, one] : track.publisher->room->participants) {
    auto found = one->subscriptions.find(track.info.sid());
    if (found == one->subscriptions.end() || found->second.disabled || found->second.forbidden ||
        found->second.backup != backup)
      continue;
    out = std::max(out, found->second.spatial == 255 ? top : std::min<int>(found->second.spatial, top));
  }
  return out;
}

/// "video/VP8" → "vp8".
std::string codec_of(const std::string& mime) {
  std::string out = mime.substr(mime.find('/') + 1);
  std::ranges::transform(out, out.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

void tell_wanted(const Track& track) {
  wire::SignalResponse out;
  auto* update = out.mutable_subscribed_quality_update();
  update->set_track_sid(track.info.sid());
  auto* codec = update->add_subscribed_codecs();
  codec->set_codec(codec_of(track.info.mime_type()));
  for (int i = 0; i < track.info.layers_size(); ++i) {
    for (auto* quality : {update->add_subscribed_qualities(), codec->add_qualities()}) {
      quality->set_quality(track.info.layers(i).quality());
      quality->set_enabled(i <= track.watched);
    }
  }
  if (track.has_backup()) {
    auto* second = update->add_subscribed_codecs();
    second->set_codec(codec_of(track.info.codecs(1).mime_type()));
    for (int i = 0; i < track.layers(true).size(); ++i) {
      auto* quality = second->add_qualities();
      quality->set_quality(track.layers(true)[i].quality());
      quality->set_enabled(i <= track.backup.watched);
    }
  }
  track.publisher->send(out);
}

wire::ConnectionQuality quality_of(const std::vector<sfu::TransportStats>& stats, bool connected) {
  double loss = 0;
  int64_t trip = 0;
  for (const auto& one : stats) {
    loss = std::max({loss, one.loss_received, one.loss_sent});
    trip = std::max(trip, one.round_trip_us);
    if (one.state == sfu::State::disconnected) connected = false;
  }
  if (!connected) return wire::LOST;
  if (loss >= poor_loss || trip >= poor_trip_us) return wire::POOR;
  return loss >= good_loss || trip >= good_trip_us ? wire::GOOD : wire::EXCELLENT;
}

}  // namespace

void review_wanted(Parts& parts, Track& track) {
  if (!track.live() || !track.video()) return;
  if (track.info.layers_size() < 2 && !track.has_backup()) return;
  int now = watched(track, false), second = track.backup.wanted ? watched(track, true) : -1;
  Monotonic time = parts.env.loop.now();
  bool more = now > track.watched || second > track.backup.watched;
  if (!more && now == track.watched && second == track.backup.watched) {
    track.lower_since = {};
    return;
  }
  if (!more) {
    if (track.lower_since == Monotonic{}) track.lower_since = time;
    if (time - track.lower_since < lower_after_us) return;
  }
  // What becomes less while the other becomes more waits for its own turn.
  track.lower_since = {};
  track.watched = more ? std::max(now, std::min(track.watched, track.info.layers_size() - 1)) : now;
  track.backup.watched = more ? std::max(second, track.backup.watched) : second;
  tell_wanted(track);
}

void review_wanted(Parts& parts, Room& room) {
  for (auto& [identity, one] : room.participants) {
    for (auto& track : one->tracks) review_wanted(parts, *track);
  }
}

void tell_stream_state(Participant& subscriber, Subscription& subscription, const Track& track, bool held) {
  if (subscription.held == held) return;
  subscription.held = held;
  wire::SignalResponse out;
  auto* state = out.mutable_stream_state_update()->add_stream_states();
  state->set_participant_sid(track.publisher->sid);
  state->set_track_sid(track.info.sid());
  state->set_state(held ? wire::PAUSED : wire::ACTIVE);
  subscriber.send(out);
}

void tell_quality(Participant& participant, const std::vector<sfu::TransportStats>& stats) {
  auto quality = quality_of(stats, participant.connection != nullptr);
  if (participant.quality == quality) return;
  participant.quality = quality;
  wire::SignalResponse out;
  auto* info = out.mutable_connection_quality()->add_updates();
  info->set_participant_sid(participant.sid);
  info->set_quality(quality);
  if (participant.grant.permission.hidden) return participant.send(out);
  participant.room->send(out);
}

}  // namespace parvis::livekit
