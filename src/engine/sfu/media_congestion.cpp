// What each subscriber's line carries decides what is sent to it: voices always, then shared screens, then
// who speaks, then the rest.
#include <algorithm>

#include "engine/sfu/allocation.h"
#include "engine/sfu/media_loop.h"
#include "engine/sfu/parts.h"

namespace parvis::sfu {
namespace {

constexpr int64_t allocate_every_us = 200'000;
constexpr int64_t silence_us = 1'000'000;
constexpr int64_t rise_after_drop_us = 2'000'000;
constexpr int64_t speaker_for_us = 3'000'000;
constexpr size_t resent_per_tick = 24;  // packets of a trial
constexpr double trial_loss = 0.10;

bool wished(const SenderState& sender) {
  return sender.track->options.kind == Kind::video && !sender.options.paused && !sender.track->muted;
}

/// One more that can be given of an image: an encoding (or spatial layer), with half its frames or all.
struct Rung {
  uint8_t spatial, temporal;
  uint32_t bits;
};

/// The temporal layers of one size that are there, fewest frames first: all of them, half the frames, and of
/// the smallest image a quarter.
void add_rungs(std::vector<Rung>& out, const LayerBook& book, uint8_t size, uint8_t spatial, uint8_t most,
               Monotonic now) {
  uint8_t top = book.nearest({spatial, most}).temporal;
  uint8_t least = static_cast<uint8_t>(top - std::min<uint8_t>(top, out.empty() ? 2 : 1));
  for (uint8_t t = least; t <= top; ++t) {
    // With every frame there is nothing to bound: a layer that the publisher adds comes by itself.
    out.push_back({size, t == top ? uint8_t{255} : t, book.bits_per_second({spatial, t}, now)});
  }
}

std::vector<Rung> rungs_of(const SenderState& sender, Monotonic now) {
  std::vector<Rung> out;
  auto& layers = sender.track->layers;
  uint8_t most = std::min<uint8_t>(sender.limit.temporal, temporal_layers - 1);
  if (layers.size() == 1 && layers[0].book.rates && layers[0].alive) {
    const LayerBook& book = layers[0].book;
    for (uint8_t s = 0; s < spatial_layers && s <= sender.limit.spatial; ++s) {
      if (book.nearest({s, most}).spatial == s) add_rungs(out, book, s, s, most, now);
    }
    return out;
  }
  for (size_t i = 0; i < layers.size() && i <= sender.limit.spatial; ++i) {
    Layer& layer = layers[i];
    auto size = static_cast<uint8_t>(i);
    if (layer.alive && layer.book.rates) {
      add_rungs(out, layer.book, size, 0, most, now);
    } else {
      out.push_back({size, 255, layer.alive ? layer.rate.bits_per_second(now) : 0});
    }
  }
  return out;
}

/// The rung that the subscriber is on.
size_t rung_now(const SenderState& sender, const std::vector<Rung>& rungs) {
  bool simulcast = sender.track->layers.size() > 1;
  size_t spatial = simulcast ? sender.target() : sender.wished().spatial;
  size_t out = 0;
  for (size_t i = 0; i < rungs.size(); ++i) {
    const Rung& one = rungs[i];
    bool within =
        one.spatial < spatial || (one.spatial == spatial && (one.temporal <= sender.ceiling.temporal));
    if (within) out = i;
  }
  return out;
}

uint8_t priority_of(const SenderState& sender, Monotonic now) {
  if (sender.options.priority == 0) return 0;
  return now - sender.track->publisher->spoke < speaker_for_us ? 1 : 2;
}

}  // namespace

void MediaLoop::mind_lines(Monotonic now) {
  for (auto& [id, transport] : transports_) {
    Congestion* line = transport->congestion.get();
    mind_queue(*transport, now);
    if (line && line->heard) {
      bool silent = line->last_sent > line->last_heard && now - line->last_heard > silence_us;
      if (silent) {
        line->last_heard = now;
        line->estimate.on_silence(now);
      }
      try_more(*transport, now);
    }
    if ((line && line->heard) || transport->send_limit) allocate_line(*transport, now);
  }
}

void MediaLoop::allocate_line(Transport& transport, Monotonic now) {
  Congestion* line = transport.congestion.get();
  if (!line) line = (transport.congestion = std::make_unique<Congestion>()).get();
  bool dropped = line->estimate.last_drop() > line->allocated;
  if (!dropped && now - line->allocated < allocate_every_us) return;
  line->allocated = now;
  std::vector<Wish> wishes;
  std::vector<SenderState*> senders;
  std::vector<std::vector<Rung>> rungs;
  uint64_t voices = 0;
  for (SenderState* sender : transport.senders) {
    Track& track = *sender->track;
    if (track.options.kind == Kind::audio && !track.muted && !track.hushed && !sender->options.paused)
      voices += track.layers[0].rate.bits_per_second(now);
    if (!wished(*sender)) continue;
    Wish wish{.priority = priority_of(*sender, now), .layer_bits = {}, .now = {}};
    auto steps = rungs_of(*sender, now);
    for (const Rung& one : steps) wish.layer_bits.push_back(one.bits);
    if (std::ranges::all_of(wish.layer_bits, [](uint32_t bits) { return bits == 0; })) continue;
    if (!sender->held) wish.now = rung_now(*sender, steps);
    rungs.push_back(std::move(steps));
    wishes.push_back(std::move(wish));
    senders.push_back(sender);
  }
  uint32_t budget = line->heard ? line->estimate.bits_per_second() : BandwidthEstimate::most_bits;
  if (transport.send_limit) budget = std::min(budget, transport.send_limit);
  budget -= static_cast<uint32_t>(std::min<uint64_t>(budget, voices));
  bool rising = now - line->estimate.last_drop() > rise_after_drop_us;
  auto chosen = allocate(budget, wishes, rising);
  line->short_of_wishes = false;
  for (size_t i = 0; i < senders.size(); ++i) {
    SenderState& sender = *senders[i];
    const auto& bits = wishes[i].layer_bits;
    size_t best = bits.size() - 1;
    while (best > 0 && bits[best] == 0) --best;
    bool less = !chosen[i] || *chosen[i] < best;
    line->short_of_wishes |= less;
    sender.ceiling = {};
    if (less && chosen[i]) {
      const Rung& rung = rungs[i][*chosen[i]];
      sender.ceiling = {.spatial = rung.spatial, .temporal = rung.temporal};
    }
    if (sender.held == !chosen[i]) continue;
    sender.held = !chosen[i];
    if (!sender.held) continue;
    sender.layer.reset();  // comes back with a key frame
    events_.on_layer(sender.sender.id, {.spatial = held_layer});
  }
}

void MediaLoop::try_more(Transport& transport, Monotonic now) {
  Congestion& line = *transport.congestion;
  auto estimate = line.estimate.bits_per_second();
  if (line.trial_ends == Monotonic{}) {
    bool limited = transport.send_limit && estimate >= transport.send_limit;
    if (!line.short_of_wishes || limited || now < line.next_trial ||
        now - line.estimate.last_drop() < line.pause_us) {
      return;
    }
    line.trial_ends = now + Congestion::trial_us;
    line.trial_bits = estimate + estimate / 2;
    line.most_acknowledged = 0;
    line.estimate.forget_loss();
  }
  bool failed = line.estimate.last_drop() > line.trial_ends + -Congestion::trial_us ||
                line.estimate.loss() > trial_loss;
  if (failed) {
    line.trial_ends = {};
    line.pause_us = std::min(2 * line.pause_us, Congestion::longest_pause_us);
    line.next_trial = now + line.pause_us;
    return;
  }
  if (now > line.trial_ends) {
    if (now < line.trial_ends + line.estimate.round_trip_us() + 100'000) return;
    line.trial_ends = {};
    line.pause_us = Congestion::first_pause_us;
    line.next_trial = now + allocate_every_us;
    line.estimate.on_proven(std::min(line.trial_bits, line.most_acknowledged));
    return;
  }
  // Fills up what is sent anyway: packets of before once more, which the client recognises and drops.
  uint32_t sending = line.sending.bits_per_second(now);
  if (sending >= line.trial_bits) return;
  auto bytes = static_cast<int64_t>(line.trial_bits - sending) * tick_us / 8 / 1'000'000;
  auto carrier = std::ranges::find_if(transport.senders, [](SenderState* sender) {
    return wished(*sender) && sender->sender.rtx_ssrc != 0 && sender->options.extensions.transport_sequence;
  });
  if (carrier == transport.senders.end()) return;
  SenderState& sender = **carrier;
  for (size_t i = 0; i < resent_per_tick && bytes > 0; ++i) {
    auto sequence = static_cast<uint16_t>(sender.last_sequence - i);
    uint64_t before = transport.counters.bytes_sent;
    if (!resend(sender, sequence, now)) send_padding(transport, sender, now);
    bytes -= static_cast<int64_t>(transport.counters.bytes_sent - before);
    if (transport.counters.bytes_sent == before) return;
  }
}

void MediaLoop::send_padding(Transport& transport, SenderState& sender, Monotonic now) {
  const CodecOptions* codec = nullptr;
  for (const auto& one : sender.options.codecs) {
    if (one.rtx_payload_type) codec = &one;
  }
  if (!codec || !transport.peer || !transport.outbound) return;
  constexpr size_t padding = 255;
  auto out = out_.space();
  std::fill_n(out.begin(), 20 + padding, uint8_t{0});
  out[0] = 0xb0;  // version, padding, extensions
  out[1] = codec->rtx_payload_type;
  auto put16 = [&](size_t at, uint32_t value) {
    out[at] = static_cast<uint8_t>(value >> 8);
    out[at + 1] = static_cast<uint8_t>(value);
  };
  put16(2, sender.rtx_sequence++);
  put16(4, sender.last_timestamp >> 16);
  put16(6, sender.last_timestamp & 0xffff);
  put16(8, sender.sender.rtx_ssrc >> 16);
  put16(10, sender.sender.rtx_ssrc & 0xffff);
  put16(12, 0xBEDE);
  put16(14, 1);
  out[16] = static_cast<uint8_t>(sender.options.extensions.transport_sequence << 4 | 1);
  put16(17, transport.congestion->record(20 + padding, now));
  out[20 + padding - 1] = padding;
  size_t length = transport.outbound->protect_rtp(out, 20 + padding);
  if (length == 0) return;
  out_.push(*transport.peer, length);
  transport.counters.bytes_sent += length;
  ++transport.counters.packets_sent;
  ++counters_.packets_sent;
  counters_.bytes_sent += length;
}

void MediaLoop::choose_voices(Monotonic now) {
  std::map<uint64_t, std::vector<Track*>> groups;
  for (auto& [id, track] : tracks_) {
    bool live = track->options.kind == Kind::audio && !track->muted && track->layers[0].alive &&
                track->options.extensions.audio_level != 0;
    if (live) groups[track->publisher->group].push_back(track.get());
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

}  // namespace parvis::sfu
