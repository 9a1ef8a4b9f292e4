// Voices: which are forwarded, and how they leave to a crowd. Where thousands listen to several voices, the
// packets of all voices within one time slot leave together for each listener: one call into the network
// instead of one per voice. A slot is as long as a voice's packet, so each voice is delayed by the same time.
#include <algorithm>

#include "engine/sfu/media_loop.h"
#include "engine/sfu/parts.h"

namespace parvis::sfu {
namespace {

constexpr size_t crowd = 300;  // listeners; below, everything leaves at once
constexpr int64_t slot_us = 20'000;
constexpr size_t most_padding = 48;      // bytes that make packets equal, so that they leave as one
constexpr size_t most_gathered = 1'024;  // packets of a slot

}  // namespace

void MediaLoop::choose_voices(Monotonic now) {
  std::map<uint64_t, std::vector<Track*>> groups, live_in;
  for (auto& [id, track] : tracks_) {
    if (track->options.kind != Kind::audio || track->muted || !track->layers[0].alive) continue;
    live_in[track->publisher->group].push_back(track.get());
    if (track->options.extensions.audio_level != 0) groups[track->publisher->group].push_back(track.get());
  }
  for (auto& [group, tracks] : live_in) {
    for (Track* track : tracks) track->gathered = tracks.size() > 1 && track->senders.size() >= crowd;
  }
  for (auto& [group, tracks] : groups) {
    if (tracks.size() <= limits_.voices) {
      for (Track* track : tracks) track->hushed = false;
      continue;
    }
    // The loudest; among the silent, who spoke last.
    std::ranges::sort(tracks, {}, [&](Track* track) {
      return std::pair(track->voice.level(now), -track->publisher->spoke.us);
    });
    for (size_t i = 0; i < tracks.size(); ++i) {
      bool speaks = tracks[i]->voice.level(now) != silent_level;
      tracks[i]->hushed = i >= limits_.voices && !(speaks && i < 2 * limits_.voices);
      if (!tracks[i]->hushed) continue;
      // Its numbers go on where they stopped when it is heard again.
      for (SenderState* sender : tracks[i]->senders) sender->layer.reset();
    }
  }
}

void MediaLoop::gather(const Waiting& one, Monotonic now) {
  if (gathered_.empty()) {
    slot_ends_ = Monotonic{(now.us / slot_us + 1) * slot_us};
    events_.on_waiting();
  }
  Gathered kept{{one.packet.begin(), one.packet.end()}, one};
  kept.one.packet = kept.packet;
  gathered_.push_back(std::move(kept));
  if (gathered_.size() >= most_gathered) send_gathered(now);
}

/// Listener by listener: the senders of each track stand in the order of their transports.
void MediaLoop::send_gathered(Monotonic now) {
  struct Turn {
    std::vector<Gathered> packets;  // of one track
    size_t next = 0;                // of its senders
  };
  std::vector<Turn> turns;
  size_t longest = 0;
  for (Gathered& kept : std::exchange(gathered_, {})) {
    longest = std::max(longest, kept.one.header.payload_length);
    auto turn = std::ranges::find(turns, kept.one.track,
                                  [](const Turn& known) { return known.packets[0].one.track; });
    if (turn == turns.end()) turn = turns.insert(turns.end(), Turn{});
    turn->packets.push_back(std::move(kept));
  }
  auto listener = [](const Turn& turn) {
    const auto& senders = turn.packets[0].one.track->senders;
    return turn.next < senders.size() ? senders[turn.next]->subscriber : nullptr;
  };
  for (;;) {
    Transport* next = nullptr;
    for (const Turn& turn : turns) {
      Transport* other = listener(turn);
      if (other && (!next || other->local.id < next->local.id)) next = other;
    }
    if (!next) return;
    for (Turn& turn : turns) {
      if (listener(turn) != next) continue;
      SenderState& sender = *turn.packets[0].one.track->senders[turn.next++];
      if (!next->outbound || sender.options.paused) continue;
      for (const Gathered& kept : turn.packets) {
        if (!choose_layer(sender, *kept.one.track, kept.one, now)) continue;
        size_t short_by = longest - kept.one.header.payload_length;
        sender.last_sent = now;
        send(sender, *kept.one.track, kept.one, short_by <= most_padding ? short_by : 0, now);
      }
    }
  }
}

}  // namespace parvis::sfu
