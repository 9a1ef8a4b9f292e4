#include "engine/livekit/subscribe.h"

#include <algorithm>

#include "engine/livekit/describe.h"
#include "engine/livekit/dual.h"
#include "engine/livekit/quality.h"

namespace parvis::livekit {
namespace {

using sfu::sdp::Direction;
using sfu::sdp::Section;

constexpr int64_t ask_again_us = 5'000'000;

bool permits(const Track& track, const Participant& subscriber) {
  const auto& rule = track.publisher->allowed;
  if (!rule || rule->all_participants()) return true;
  for (const auto& one : rule->track_permissions()) {
    bool same = one.participant_identity().empty() ? one.participant_sid() == subscriber.sid
                                                   : one.participant_identity() == subscriber.grant.identity;
    if (!same) continue;
    if (one.all_tracks()) return true;
    for (const auto& sid : one.track_sids()) {
      if (sid == track.info.sid()) return true;
    }
  }
  return false;
}

bool wanted(const Track& track, const Participant& subscriber) {
  if (track.publisher == &subscriber || !track.live() || !subscriber.grant.permission.subscribe) return false;
  const std::string& sid = track.info.sid();
  bool wish = subscriber.auto_subscribe ? !subscriber.refused.contains(sid) : subscriber.asked.contains(sid);
  return wish && permits(track, subscriber);
}

void stop(Parts& parts, Participant& participant, const std::string& track_sid) {
  auto found = participant.subscriptions.find(track_sid);
  if (found == participant.subscriptions.end()) return;
  if (!found->second.mid.empty()) {
    parts.engine.remove_sender(found->second.sender.id);
    auto& slot = participant.slots[found->second.mid];
    slot.track_sid.clear();
    slot.draining = true;
  }
  participant.subscriptions.erase(found);
}

/// True when something changed.
bool consider(Parts& parts, Participant& participant, const Track& track) {
  const std::string& sid = track.info.sid();
  bool has = participant.subscriptions.contains(sid), wants = wanted(track, participant);
  if (has == wants) return false;
  if (wants) {
    participant.subscriptions[sid] = {};
  } else {
    stop(parts, participant, sid);
  }
  return true;
}

/// What the subscriber's bounds leave of a track.
ImageBounds::Cameras bound_of(const Track& track, const Participant& subscriber) {
  using Cameras = ImageBounds::Cameras;
  const auto& images = subscriber.grant.images;
  if (!track.video()) return Cameras::all;
  bool screen = from_wire(track.info.source()) == Source::screen_share;
  return screen ? (images.screens ? Cameras::all : Cameras::none) : images.cameras;
}

bool paused(const Track& track, const Participant& subscriber, const Subscription& subscription) {
  return subscription.disabled || bound_of(track, subscriber) == ImageBounds::Cameras::none;
}

void apply(Parts& parts, Participant& subscriber, Track& track, Subscription& subscription) {
  if (subscription.mid.empty()) return;
  parts.engine.set_paused(subscription.sender.id, paused(track, subscriber, subscription));
  if (!track.video()) return;
  auto bound = bound_of(track, subscriber);
  subscription.forbidden = bound == ImageBounds::Cameras::none;
  sfu::LayerLimit limit{.frames_per_second = subscription.frames_per_second};
  const auto& layers = track.layers(subscription.backup);
  uint32_t edge = std::max(subscription.width, subscription.height);
  if (layers.size() > 1 && (edge > 0 || subscription.quality)) {
    // Of the layers, lowest first, the smallest that fills what is shown; or the best of the quality asked
    // for.
    int index = 0;
    while (index + 1 < layers.size()) {
      const auto &layer = layers[index], &above = layers[index + 1];
      if (edge > 0 ? std::max(layer.width(), layer.height()) >= edge
                   : above.quality() > *subscription.quality)
        break;
      ++index;
    }
    limit.spatial = static_cast<uint8_t>(index);
  }
  if (bound == ImageBounds::Cameras::lowest) limit.spatial = 0;
  subscription.spatial = limit.spatial;
  parts.engine.set_layer_limit(subscription.sender.id, limit);
  review_wanted(parts, track);
}

bool carries(const Section& section, sfu::Codec codec) {
  if (codec == sfu::Codec::other) return false;
  return std::ranges::any_of(section.payload_types,
                             [&](const auto& type) { return sfu::codec_named(type.name) == codec; });
}

void tell_first_subscriber(const Track& track, const std::string& subscriber) {
  for (const auto& [identity, one] : track.publisher->room->participants) {
    auto found = one->subscriptions.find(track.info.sid());
    if (identity != subscriber && found != one->subscriptions.end() && !found->second.mid.empty()) return;
  }
  wire::SignalResponse out;
  out.mutable_track_subscribed()->set_track_sid(track.info.sid());
  track.publisher->send(out);
}

}  // namespace

void offer_track(Parts& parts, Track& track) {
  for (auto& [identity, one] : track.publisher->room->participants) {
    if (consider(parts, *one, track)) renegotiate(parts, *one);
  }
}

void withdraw_track(Room& room, const Track& track) {
  const std::string& sid = track.info.sid();
  for (auto& [identity, one] : room.participants) {
    auto found = one->subscriptions.find(sid);
    one->refused.erase(sid);
    one->asked.erase(sid);
    if (found == one->subscriptions.end()) continue;
    if (!found->second.mid.empty()) {
      auto& slot = one->slots[found->second.mid];
      slot.track_sid.clear();
      slot.draining = true;
    }
    one->subscriptions.erase(found);
  }
}

void offer_backup(Parts& parts, Track& track) {
  const std::string& sid = track.info.sid();
  for (auto& [identity, one] : track.publisher->room->participants) {
    auto found = one->subscriptions.find(sid);
    if (found != one->subscriptions.end() && found->second.mid.empty()) renegotiate(parts, *one);
  }
}

void withdraw_backup(Parts& parts, const Track& track) {
  const std::string& sid = track.info.sid();
  for (auto& [identity, one] : track.publisher->room->participants) {
    auto found = one->subscriptions.find(sid);
    if (found == one->subscriptions.end() || !found->second.backup) continue;
    Subscription waits = found->second;
    stop(parts, *one, sid);
    waits.mid.clear();
    waits.sender = {};
    one->subscriptions[sid] = std::move(waits);
    renegotiate(parts, *one);
  }
}

bool receivable(Parts& parts, Track& track, const Section& receiving) {
  if (carries(receiving, track.codec) || carries(receiving, track.backup.codec)) return true;
  if (track.has_backup() && !track.backup.wanted) {
    track.backup.wanted = true;
    review_wanted(parts, track);
  }
  return false;
}

void review(Parts& parts, Participant& participant) {
  bool changed = false;
  for (auto& [identity, other] : participant.room->participants) {
    for (auto& track : other->tracks) changed |= consider(parts, participant, *track);
  }
  if (changed) renegotiate(parts, participant);
}

void renegotiate(Parts& parts, Participant& participant) {
  if (participant.single_connection) {
    ask_for_sections(parts, participant);
  } else {
    want_offer(parts, participant);
  }
}

void forget_subscriptions(Parts& parts, Participant& participant) {
  while (!participant.subscriptions.empty())
    stop(parts, participant, participant.subscriptions.begin()->first);
  participant.refused.clear();
  participant.asked.clear();
}

void update_subscription(Parts& parts, Participant& participant, const wire::UpdateSubscription& change) {
  auto set = [&](const std::string& sid) {
    if (!participant.room->track(sid)) return;  // bounds both sets by what exists
    auto& against = change.subscribe() ? participant.refused : participant.asked;
    auto& in_favour = change.subscribe() ? participant.asked : participant.refused;
    against.erase(sid);
    in_favour.insert(sid);
  };
  for (const auto& sid : change.track_sids()) set(sid);
  for (const auto& one : change.participant_tracks()) {
    for (const auto& sid : one.track_sids()) set(sid);
  }
  review(parts, participant);
}

void update_settings(Parts& parts, Participant& participant, const wire::UpdateTrackSettings& settings) {
  for (const auto& sid : settings.track_sids()) {
    auto found = participant.subscriptions.find(sid);
    Track* track = participant.room->track(sid);
    if (found == participant.subscriptions.end() || !track) continue;
    auto& subscription = found->second;
    subscription.disabled = settings.disabled();
    subscription.width = settings.width();
    subscription.height = settings.height();
    subscription.frames_per_second = settings.fps();
    subscription.quality = settings.quality();
    apply(parts, participant, *track, subscription);
  }
}

void apply_images(Parts& parts, Participant& participant) {
  for (auto& [sid, subscription] : participant.subscriptions) {
    Track* track = participant.room->track(sid);
    if (!track || !track->video()) continue;
    apply(parts, participant, *track, subscription);
    // Clients show their users that an image stands still on purpose.
    tell_stream_state(participant, subscription, *track, subscription.forbidden);
  }
  for (auto& track : participant.tracks) review_wanted(parts, *track);
}

bool start_sending(Parts& parts, Participant& participant, Track& track, const Section& agreed) {
  auto& subscription = participant.subscriptions[track.info.sid()];
  subscription.backup = !carries(agreed, track.codec) && track.backup.live();
  auto codecs = sfu::sdp::codecs_of(agreed);
  // Whoever decrypts takes a packet for one frame.
  if (track.info.encryption() != wire::Encryption::NONE)
    std::erase_if(codecs, [](const auto& one) { return one.codec == sfu::Codec::red; });
  auto sender = parts.engine.add_sender(
      participant.receiving().id, subscription.backup ? track.backup.media : track.media,
      {.mid = agreed.mid,
       .codecs = std::move(codecs),
       .extensions = sfu::sdp::extensions_of(agreed),
       .ssrc = subscription.sender.ssrc,
       .rtx_ssrc = subscription.sender.rtx_ssrc,
       .paused = paused(track, participant, subscription),
       .priority = from_wire(track.info.source()) == Source::screen_share ? uint8_t{0} : uint8_t{2}});
  if (!sender) return false;
  subscription.sender = *sender;
  subscription.mid = agreed.mid;
  apply(parts, participant, track, subscription);
  tell_first_subscriber(track, participant.grant.identity);
  return true;
}

Section answer_slot(Parts& parts, Participant& participant, const Section& offer,
                    std::map<std::string, std::string>& track_sids) {
  Section answer = sfu::sdp::answer(offer);
  answer.direction = Direction::inactive;
  Slot& slot = participant.slots[offer.mid];
  slot.video = offer.media == sfu::sdp::Media::video;
  if (slot.track_sid.empty() && slot.draining) {
    slot.draining = false;
    return answer;
  }
  if (slot.track_sid.empty() && answer.port != 0) {
    for (auto& [sid, subscription] : participant.subscriptions) {
      Track* track = subscription.mid.empty() ? participant.room->track(sid) : nullptr;
      if (!track || track->video() != slot.video || !receivable(parts, *track, answer)) continue;
      if (!start_sending(parts, participant, *track, answer)) continue;
      slot.track_sid = sid;
      break;
    }
  }
  Track* track = slot.track_sid.empty() ? nullptr : participant.room->track(slot.track_sid);
  if (!track) return answer;
  answer.direction = Direction::sendonly;
  const Participant& publisher = *track->publisher;
  // Browsers keep in step what shares a stream: camera and microphone, screen and its sound.
  const std::string& stream = track->info.stream().empty() ? slot.track_sid : track->info.stream();
  sfu::sdp::set_source(answer, participant.subscriptions[slot.track_sid].sender, publisher.sid,
                       publisher.sid + "|" + stream, slot.track_sid);
  track_sids[offer.mid] = slot.track_sid;
  return answer;
}

void free_slot(Parts& parts, Participant& participant, const std::string& mid) {
  auto found = participant.slots.find(mid);
  if (found == participant.slots.end()) return;
  std::string sid = found->second.track_sid;
  if (!sid.empty()) stop(parts, participant, sid);
  participant.slots.erase(mid);
}

void ask_for_sections(Parts& parts, Participant& participant) {
  if (!participant.offered) return;  // its first offer comes by itself
  Monotonic now = parts.env.loop.now();
  if (participant.sections_asked != Monotonic{} && now - participant.sections_asked < ask_again_us) return;
  int waiting[2] = {0, 0};
  for (const auto& [sid, subscription] : participant.subscriptions) {
    Track* track = subscription.mid.empty() ? participant.room->track(sid) : nullptr;
    if (track) ++waiting[track->video()];
  }
  bool draining = std::ranges::any_of(participant.slots, [](const auto& one) { return one.second.draining; });
  if (!waiting[0] && !waiting[1] && !draining) return;
  int unused[2] = {0, 0};
  for (const auto& [mid, slot] : participant.slots) unused[slot.video] += slot.track_sid.empty();
  wire::SignalResponse out;
  auto* requirement = out.mutable_media_sections_requirement();
  requirement->set_num_audios(static_cast<uint32_t>(std::max(0, waiting[0] - unused[0])));
  requirement->set_num_videos(static_cast<uint32_t>(std::max(0, waiting[1] - unused[1])));
  participant.sections_asked = now;
  participant.send(out);
}

}  // namespace parvis::livekit
