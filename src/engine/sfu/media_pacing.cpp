// How packets leave: numbered and sealed at that moment; on a narrow line after waiting for their turn.
#include <algorithm>

#include "engine/sfu/media_loop.h"
#include "engine/sfu/parts.h"

namespace parvis::sfu {
namespace {

// Of the estimate, in percent: no more than it where the line's end is known, or while it was full lately, so
// that no queue grows on the way.
constexpr uint64_t careful_percent = 100, easy_percent = 250;
constexpr int64_t careful_us = 8'000'000, narrow_us = 30'000'000;  // after the line was too full
// What waits longer than this is not worth sending: the image stops, and comes back with a key frame.
constexpr int64_t image_wait_us = 600'000, screen_wait_us = 4'000'000, repair_wait_us = 1'000'000;

int64_t longest_wait(Urgency urgency) {
  if (urgency == Urgency::screen) return screen_wait_us;
  if (urgency == Urgency::probe) return INT64_MAX;  // what waits makes up the train as well
  return urgency == Urgency::repair ? repair_wait_us : image_wait_us;
}

}  // namespace

uint32_t MediaLoop::pace_of(const Transport& transport, Monotonic now) const {
  const Congestion* line = transport.congestion.get();
  if (!line || !line->heard) return 0;
  if (line->probe.phase() == LineProbe::Phase::sending) return line->probe.bits_per_second();
  uint64_t estimate = line->estimate.bits_per_second();
  // An estimate that nothing has put to the test says little: such a line takes frames as they come.
  bool narrow = line->short_of_wishes || now - line->estimate.last_drop() < narrow_us;
  if (!narrow || estimate > Pacer::below_bits) return 0;
  bool careful = line->bounded || now - line->estimate.last_drop() < careful_us;
  uint64_t rate = estimate * (careful ? careful_percent : easy_percent) / 100;
  return static_cast<uint32_t>(rate);
}

/// Takes the packet that was written into `out`, of out_.space(); false when it will not be sent.
bool MediaLoop::dispatch(SenderState& sender, std::span<uint8_t> out, size_t length, size_t number_at,
                         Urgency urgency, Monotonic now) {
  Transport& transport = *sender.subscriber;
  if (!transport.peer) return false;
  Pacer* pacer = transport.pacer.get();
  bool others_wait = pacer && !pacer->empty();
  uint32_t rate = urgency == Urgency::voice ? 0 : pace_of(transport, now);
  if (urgency == Urgency::voice || (rate == 0 && !others_wait)) {
    depart(transport, urgency == Urgency::voice ? Kind::audio : Kind::video, out, length, number_at, now);
    return true;
  }
  if (!pacer) pacer = (transport.pacer = std::make_unique<Pacer>()).get();
  bool again = urgency == Urgency::repair || urgency == Urgency::probe;
  uint32_t source = again ? sender.sender.rtx_ssrc : sender.sender.ssrc;
  if (pacer->wait_us(rate) > longest_wait(urgency) ||
      !pacer->put(urgency, out.first(length), number_at, source)) {
    if (again) return false;
    sender.overflowed = now;
    hold(sender);
    return false;
  }
  if (!others_wait) {
    paced_.push_back(transport.local.id);
    events_.on_waiting();
  }
  return true;
}

void MediaLoop::hold(SenderState& sender) {
  sender.held = true;
  sender.layer.reset();  // comes back with a key frame
  if (sender.subscriber->pacer) sender.subscriber->pacer->drop(sender.sender.ssrc);
  events_.on_layer(sender.sender.id, {.spatial = held_layer});
}

bool MediaLoop::pace(Monotonic now) {
  std::erase_if(paced_, [&](TransportId id) {
    Transport* transport = find(id);
    if (!transport || !transport->pacer || !transport->peer || !transport->outbound) return true;
    uint32_t rate = pace_of(*transport, now);
    // A line that became wide takes what still waits as fast as the slowest wide one.
    if (rate == 0) rate = Pacer::below_bits;
    transport->pacer->turn(rate, now, [&](const Pacer::Waiting& next) {
      auto out = out_.space();
      std::ranges::copy(next.packet, out.begin());
      depart(*transport, Kind::video, out, next.packet.size(), next.number_at, now);
    });
    end_probe(*transport, now);
    return transport->pacer->empty();
  });
  if (!gathered_.empty() && now >= slot_ends_) send_gathered(now);
  out_.flush();
  return !paced_.empty() || !gathered_.empty();
}

/// Only what left at the rate of the probe belongs to it.
void MediaLoop::end_probe(Transport& transport, Monotonic now) {
  Congestion* line = transport.congestion.get();
  if (!line || line->probe.phase() != LineProbe::Phase::sending) return;
  bool waits = transport.pacer && transport.pacer->waits(Urgency::probe);
  if (waits && !line->probe.overdue(now)) return;
  line->probe.end(now, line->estimate.round_trip_us());
  if (waits) transport.pacer->drop(Urgency::probe);
}

void MediaLoop::depart(Transport& transport, Kind kind, std::span<uint8_t> out, size_t length,
                       size_t number_at, Monotonic now) {
  if (number_at) {
    auto& line = transport.congestion;
    if (!line) line = std::make_unique<Congestion>();
    uint16_t number = line->record(length + Srtp::max_overhead, now);
    out[number_at] = static_cast<uint8_t>(number >> 8);
    out[number_at + 1] = static_cast<uint8_t>(number);
  }
  length = transport.outbound->protect_rtp(out, length);
  if (length == 0 || !push_packet(transport, kind, length)) return;
  ++transport.counters.packets_sent;
  transport.counters.bytes_sent += length;
  ++counters_.packets_sent;
  counters_.bytes_sent += length;
}

}  // namespace parvis::sfu
