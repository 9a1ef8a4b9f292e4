// Which encoding, and which layers within it, each subscriber gets; what its packets tell of them.
#include <algorithm>
#include <cstring>

#include "engine/sfu/media_loop.h"
#include "engine/sfu/parts.h"

namespace parvis::sfu {
namespace {

constexpr uint32_t video_clock_per_ms = 90;
// A smaller image comes by itself where layers can be left at any picture.
constexpr uint8_t patient_ticks = 4;

void write16(uint8_t* p, uint32_t v) {
  p[0] = static_cast<uint8_t>(v >> 8);
  p[1] = static_cast<uint8_t>(v);
}

}  // namespace

bool MediaLoop::choose_layer(SenderState& sender, Track& track, const Waiting& one, Monotonic now) {
  const Place& place = one.place;
  if (sender.layer == one.layer) {
    if (!place.layered) return true;
    bool in_turn = sender.numbers.in_turn(one.header.sequence);
    uint8_t before = sender.cursor.now.spatial;
    Cell wanted = place.begins && in_turn ? sender.wanted(one.layer) : sender.cursor.now;
    bool takes = sender.cursor.takes(place, in_turn, wanted);
    if (sender.cursor.now.spatial != before && track.layers.size() == 1)
      events_.on_layer(sender.sender.id, {.spatial = sender.cursor.now.spatial});
    if (!takes) leave_out(sender, track, one, now);
    return takes;
  }
  if (sender.target() != one.layer) return false;
  bool complete = place.key && (!place.bare || track.layers.size() == 1);
  if (!complete) {
    ask_key_frame(track, one.layer, now);
    return false;
  }
  // Numbers go on where the last packet ended; time by the time that passed.
  uint32_t elapsed =
      sender.started ? static_cast<uint32_t>((now - sender.last_sent) / 1'000) * video_clock_per_ms : 0;
  sender.numbers.begin(one.header.sequence, static_cast<uint16_t>(sender.last_sequence + 1));
  // A voice goes on in its own time: only images have layers.
  if (!sender.started || track.options.kind == Kind::video)
    sender.timestamp_offset = sender.last_timestamp + std::max(elapsed, 1u) - one.header.timestamp;
  sender.layer = one.layer;
  sender.cursor.begin(sender.wanted(one.layer));
  if (place.layered) sender.cursor.takes(place, true, sender.cursor.now);
  sender.pictures.renumber = sender.renumber_frames = track.layers.size() > 1;
  sender.started = true;
  uint8_t spatial = track.layers.size() > 1 ? static_cast<uint8_t>(one.layer) : sender.cursor.now.spatial;
  events_.on_layer(sender.sender.id, {.spatial = spatial});
  return true;
}

void MediaLoop::leave_out(SenderState& sender, const Track& track, const Waiting& one, Monotonic now) {
  bool in_turn = sender.numbers.in_turn(one.header.sequence);
  auto hole = sender.numbers.leave_out(one.header.sequence, sender.pictures.picture_offset);
  // VP8's pictures are counted one by one; VP9's references are distances, which gaps do not change.
  if (in_turn && track.codec_of(one.header.payload_type) == Codec::vp8)
    sender.pictures.leave_out(one.place.numbers);
  if (hole) fill_hole(sender, *hole, one.header, now);
}

void MediaLoop::leave_out_padding(SenderState& sender, const Waiting& one, Monotonic now) {
  if (sender.layer != one.layer) return;
  auto hole = sender.numbers.leave_out(one.header.sequence, sender.pictures.picture_offset);
  if (hole) fill_hole(sender, *hole, one.header, now);
}

void MediaLoop::fill_hole(SenderState& sender, uint16_t sequence, const RtpHeader& header, Monotonic now) {
  Transport& subscriber = *sender.subscriber;
  auto codec =
      std::ranges::find_if(sender.options.codecs, [](const auto& one) { return one.rtx_payload_type; });
  if (codec == sender.options.codecs.end() || !subscriber.peer || !subscriber.outbound) return;
  auto out = out_.space();
  uint32_t timestamp = header.timestamp + sender.timestamp_offset;
  out[0] = 0xa0;  // version, padding
  out[1] = codec->payload_type;
  write16(&out[2], sequence);
  write16(&out[4], timestamp >> 16);
  write16(&out[6], timestamp);
  write16(&out[8], sender.sender.ssrc >> 16);
  write16(&out[10], sender.sender.ssrc);
  size_t length = 12;
  if (uint8_t id = sender.options.extensions.transport_sequence; id && subscriber.congestion) {
    out[0] |= 0x10;
    std::memset(&out[12], 0, 8);
    write16(&out[12], 0xBEDE);
    out[15] = 1;
    out[16] = static_cast<uint8_t>(id << 4 | 1);
    write16(&out[17], subscriber.congestion->record(20, now));
    length = 20;
  }
  out[length++] = 1;
  length = subscriber.outbound->protect_rtp(out, length);
  if (length == 0) return;
  out_.push(*subscriber.peer, length);
  subscriber.counters.bytes_sent += length;
  ++subscriber.counters.packets_sent;
  ++counters_.packets_sent;
  counters_.bytes_sent += length;
}

ByteView MediaLoop::descriptor_for(SenderState& sender, const Track& track, const Waiting& one, bool fresh) {
  const ExtensionIds& ours = sender.options.extensions;
  if (!ours.dependency_descriptor) return {};
  ByteView came = extension(one.packet, one.header, track.options.extensions.dependency_descriptor);
  const DependencyDescriptor& read = one.place.descriptor;
  bool simulcast = track.layers.size() > 1;
  if (came.empty()) return {};
  // Not understood here: each simulcast encoding counts its frames by itself, and numbers would contradict.
  if (read.bits == 0) return simulcast ? ByteView() : came;
  // A structure needs room; without it the rest means nothing.
  if (!ours.two_byte) return {};
  if (fresh && simulcast && sender.renumber_frames) {
    sender.frame_offset = static_cast<uint16_t>(sender.last_frame + 1 - read.frame);
    sender.renumber_frames = false;
  }
  auto frame = static_cast<uint16_t>(read.frame + sender.frame_offset);
  if (fresh && static_cast<int16_t>(frame - sender.last_frame) > 0) sender.last_frame = frame;
  std::optional<uint32_t> active;
  const LayerBook& book = track.layers[one.layer].book;
  if (read.begins && book.structure && read.targets == book.structure->targets) {
    active = book.targets_within(sender.cursor.now);
    if (active) {
      sender.cursor.told_fewer = true;
    } else if (sender.cursor.told_fewer) {
      active = book.active;
      sender.cursor.told_fewer = !read.attached;
    }
  }
  if (!active && frame == read.frame) return came;
  return ByteView(descriptor_).first(rewrite_dependency_descriptor(came, read, frame, active, descriptor_));
}

void MediaLoop::mind_layers(Track& track, Monotonic now) {
  if (track.options.kind != Kind::video) return;
  for (Layer& layer : track.layers) layer.book.age(now);
  for (SenderState* sender : track.senders) {
    if (!sender->layer) continue;
    const LayerBook& book = track.layers[*sender->layer].book;
    sender->temporal_enough = book.temporal_for(sender->limit.frames_per_second, now);
    if (!book.rates || track.layers.size() > 1 || track.muted) continue;
    uint8_t wanted = book.nearest(sender->wished()).spatial, got = book.nearest(sender->cursor.now).spatial;
    bool gone = book.structure && !(book.cells & bit(sender->cursor.now));
    if (wanted == got && !gone) {
      sender->ticks_waited = 0;
    } else if (wanted > got || sender->ticks_waited == patient_ticks) {
      ask_key_frame(track, *sender->layer, now);
    } else {
      ++sender->ticks_waited;
    }
  }
}

}  // namespace parvis::sfu
