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
constexpr uint64_t wished_percent = 130, least_step = 150'000;  // of a probe, bits per second
constexpr uint32_t most_too_narrow = 3, screen_percent = 80;
constexpr int64_t padding_only_bytes =
    4'000;  // probes below this are made of small packets: a train needs several
constexpr int64_t overflow_pause_us = 1'000'000;

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

/// A shared screen rests for long and then changes at once: what counts is what it takes over a while, since
/// its changes may wait for their turn. Smallest, it has its place even on a line that is somewhat too
/// narrow: it comes late and with fewer frames then, but can be read.
void even_out(std::vector<Rung>& rungs, Track& track, Monotonic now, uint32_t budget) {
  for (Rung& one : rungs) {
    Layer& layer = track.layers[std::min<size_t>(one.spatial, track.layers.size() - 1)];
    uint64_t lately = layer.rate.bits_per_second(now), mean = layer.mean.bits_per_second(now);
    if (lately && one.bits) one.bits = static_cast<uint32_t>(std::max<uint64_t>(one.bits * mean / lately, 1));
  }
  bool somewhat = !rungs.empty() && rungs[0].bits / most_too_narrow < budget;
  if (somewhat) rungs[0].bits = std::min(rungs[0].bits, budget / 100 * screen_percent);
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
      if (line->silent(now, silence_us)) {
        line->unheard_since = now;
        line->estimate.on_silence(now);
      }
      if (now - line->last_heard < silence_us) transport->redundancy.observe(line->estimate.loss(), now);
      probe_line(*transport, now);
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
  uint32_t budget = budget_of(transport, now);
  for (SenderState* sender : transport.senders) {
    Track& track = *sender->track;
    if (!wished(*sender) || now - sender->overflowed < overflow_pause_us) continue;
    Wish wish{.priority = priority_of(*sender, now), .layer_bits = {}, .now = {}};
    auto steps = rungs_of(*sender, now);
    if (wish.priority == 0) even_out(steps, track, now, budget);
    for (const Rung& one : steps) wish.layer_bits.push_back(one.bits);
    if (std::ranges::all_of(wish.layer_bits, [](uint32_t bits) { return bits == 0; })) continue;
    if (!sender->held) wish.now = rung_now(*sender, steps);
    rungs.push_back(std::move(steps));
    wishes.push_back(std::move(wish));
    senders.push_back(sender);
  }
  bool rising =
      now - line->estimate.last_drop() > rise_after_drop_us || line->proven > line->estimate.last_drop();
  line->wished_bits = wished_bits(wishes);
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
    if (chosen[i]) {
      sender.held = false;
    } else {
      hold(sender);
    }
  }
}

void MediaLoop::probe_line(Transport& transport, Monotonic now) {
  Congestion& line = *transport.congestion;
  end_probe(transport, now);
  if (auto outcome = line.probe.outcome(now)) {
    uint32_t before = line.estimate.bits_per_second();
    line.estimate.on_proven(outcome->proven, !outcome->kept_up, now);
    if (outcome->proven) line.bounded = !outcome->kept_up;
    bool more = outcome->kept_up && line.estimate.bits_per_second() > before;
    if (line.estimate.bits_per_second() > before) {
      line.proven = now;
      line.allocated = {};
    }
    line.pause_us =
        more ? Congestion::first_pause_us : std::min(line.pause_us * 5 / 4, Congestion::longest_pause_us);
    line.next_probe = more ? now : now + line.pause_us;
  }
  uint64_t estimate = line.estimate.bits_per_second();
  bool limited = transport.send_limit && estimate >= transport.send_limit;
  bool wanted = line.short_of_wishes && !limited && now >= line.next_probe && !line.queueing(now);
  if (line.probe.phase() != LineProbe::Phase::none || !wanted) return;
  // A line whose end was not met is asked for more at a time; never beyond what would be sent then.
  bool open = !line.bounded && line.proven > line.estimate.last_drop();
  uint64_t step = open ? 3 : 2;
  uint64_t enough = line.wished_bits * wished_percent / 100;
  begin_probe(transport,
              static_cast<uint32_t>(std::max(std::min(step * estimate, enough), estimate + least_step)), now);
}

/// Bits per second for images.
uint32_t MediaLoop::budget_of(const Transport& transport, Monotonic now) const {
  uint64_t voices = 0;
  for (SenderState* sender : transport.senders) {
    Track& track = *sender->track;
    if (track.options.kind == Kind::audio && !track.muted && !track.hushed && !sender->options.paused)
      voices += track.layers[0].rate.bits_per_second(now) *
                (1 + (sender->redundant_type ? transport.redundancy.depth() : 0));
  }
  // The estimate is made of numbered packets, while voices are on the line as well: it is what they leave.
  const Congestion* line = transport.congestion.get();
  uint32_t budget = line && line->heard ? line->estimate.bits_per_second() : BandwidthEstimate::most_bits;
  if (uint32_t limit = transport.send_limit)
    budget = std::min(budget, limit - static_cast<uint32_t>(std::min<uint64_t>(limit, voices)));
  return budget;
}

/// Fills up what is sent anyway: packets of before once more, which the client recognises and drops.
void MediaLoop::begin_probe(Transport& transport, uint32_t bits, Monotonic now) {
  auto carrier = std::ranges::find_if(transport.senders, [](SenderState* sender) {
    return wished(*sender) && sender->sender.rtx_ssrc != 0 && sender->options.extensions.transport_sequence;
  });
  if (carrier == transport.senders.end()) return;
  SenderState& sender = **carrier;
  Congestion& line = *transport.congestion;
  line.probe.begin(bits, line.next_sequence, now);
  auto bytes = static_cast<int64_t>(LineProbe::bytes_of(bits));
  for (size_t i = 0; i < LineProbe::least_packets || bytes > 0; ++i) {
    bool whole = bytes > padding_only_bytes;
    size_t sent =
        whole ? resend(sender, static_cast<uint16_t>(sender.last_sequence - i), Urgency::probe, now) : 0;
    if (!sent) sent = send_padding(transport, sender, now);
    if (!sent) break;
    bytes -= static_cast<int64_t>(sent);
  }
}

size_t MediaLoop::send_padding(Transport& transport, SenderState& sender, Monotonic now) {
  const CodecOptions* codec = nullptr;
  for (const auto& one : sender.options.codecs) {
    if (one.rtx_payload_type) codec = &one;
  }
  if (!codec || !transport.peer || !transport.outbound) return 0;
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
  constexpr size_t number_at = 17, length = 20 + padding;
  out[20 + padding - 1] = padding;
  return dispatch(sender, out, length, number_at, Urgency::probe, now) ? length : 0;
}

}  // namespace parvis::sfu
