#include <algorithm>
#include <cstring>

#include "engine/sfu/media_loop.h"
#include "engine/sfu/parts.h"

namespace parvis::sfu {
namespace {

constexpr size_t max_nacks_per_packet = 128;
constexpr size_t fixed_header = 12;

uint16_t read16(ByteView bytes, size_t at) { return static_cast<uint16_t>(bytes[at] << 8 | bytes[at + 1]); }
void write16(uint8_t* p, uint16_t v) {
  p[0] = static_cast<uint8_t>(v >> 8);
  p[1] = static_cast<uint8_t>(v);
}
void write32(uint8_t* p, uint32_t v) {
  write16(p, static_cast<uint16_t>(v >> 16));
  write16(p + 2, static_cast<uint16_t>(v));
}

/// The subscriber's payload types for what the publisher sends as `payload_type`.
const CodecOptions* translate(const Track& track, const SenderState& sender, uint8_t payload_type) {
  for (const auto& published : track.options.codecs) {
    if (published.payload_type != payload_type) continue;
    const CodecOptions* loose = nullptr;
    for (const auto& negotiated : sender.options.codecs) {
      if (negotiated.codec != published.codec) continue;
      if (negotiated.parameters == published.parameters) return &negotiated;
      if (!loose) loose = &negotiated;
    }
    return loose;
  }
  return nullptr;
}

/// Extensions that mean something to a subscriber, under its own ids; in the two-byte form when a value needs
/// it.
class ExtensionWriter {
 public:
  ExtensionWriter(uint8_t* at, bool wide) : begin_(at), at_(at + 4), wide_(wide) {}
  void add(uint8_t id, ByteView value) {
    if (id == 0 || value.empty() || (!wide_ && (id > 14 || value.size() > 16))) return;
    if (wide_) {
      *at_++ = id;
      *at_++ = static_cast<uint8_t>(value.size());
    } else {
      *at_++ = static_cast<uint8_t>(id << 4 | (value.size() - 1));
    }
    at_ = std::copy(value.begin(), value.end(), at_);
  }
  size_t finish() {
    if (at_ == begin_ + 4) return 0;
    while ((at_ - begin_) % 4) *at_++ = 0;
    write16(begin_, wide_ ? 0x1000 : 0xBEDE);
    write16(begin_ + 2, static_cast<uint16_t>((at_ - begin_) / 4 - 1));
    return static_cast<size_t>(at_ - begin_);
  }

 private:
  uint8_t* begin_;
  uint8_t* at_;
  bool wide_;
};

/// Of what the publisher may write: longer than any of these is.
ByteView bounded(ByteView value) { return value.size() > 16 ? ByteView() : value; }

struct Extended {
  size_t length = 0, number_at = 0;
};

/// Writes at `at`, the twelfth byte of a packet; the transport-wide number is filled in when the packet
/// leaves.
Extended write_extensions(uint8_t* at, const SenderState& sender, const Track& track, ByteView packet,
                          const RtpHeader& header, ByteView descriptor) {
  const ExtensionIds &ours = sender.options.extensions, &theirs = track.options.extensions;
  bool wide = descriptor.size() > 16 && ours.two_byte;
  ExtensionWriter out(at, wide);
  size_t number_at = 0;
  if (ours.transport_sequence) {
    out.add(ours.transport_sequence, std::array<uint8_t, 2>{});
    number_at = fixed_header + 4 + (wide ? 2 : 1);
  }
  out.add(ours.mid, bounded(as_bytes(sender.options.mid)));
  out.add(ours.audio_level, bounded(extension(packet, header, theirs.audio_level)));
  out.add(ours.absolute_capture_time, bounded(extension(packet, header, theirs.absolute_capture_time)));
  out.add(ours.video_orientation, bounded(extension(packet, header, theirs.video_orientation)));
  out.add(ours.playout_delay, bounded(extension(packet, header, theirs.playout_delay)));
  out.add(ours.dependency_descriptor, descriptor);
  return {out.finish(), number_at};
}

constexpr size_t max_header_growth = 12 + 4 + 5 * 18 + 4 + 4 + 2;  // fixed header, extensions, RTX number

Urgency urgency_of(const SenderState& sender) {
  if (sender.track->options.kind == Kind::audio) return Urgency::voice;
  return sender.options.priority == 0 ? Urgency::screen : Urgency::image;
}

/// Whether the packet fits a datagram again once its header is ours and it is sealed.
bool fits(const RtpHeader& header, ByteView descriptor) {
  return header.payload_length + max_header_growth + 2 + descriptor.size() + Srtp::max_overhead <=
         DatagramSender::max_datagram;
}

/// The subscriber's picture numbers, in a copy of what came. `number`: of the packet.
void renumber(SenderState& sender, const Track& track, Codec codec, const Place& place,
              const SequenceMap::Number& number, std::span<uint8_t> payload) {
  bool simulcast = track.layers.size() > 1;
  if (codec == Codec::vp8 ? simulcast || place.layered : codec == Codec::vp9 && simulcast)
    sender.pictures.apply(payload, place.numbers, number.in_turn, number.picture_offset);
}

/// Of a packet that its client numbered, for the feedback.
void note_arrival(Transport& transport, ByteView packet, const RtpHeader& header, Monotonic arrived) {
  if (!transport.transport_sequence_id) return;
  auto number = extension(packet, header, transport.transport_sequence_id);
  if (number.size() != 2) return;
  transport.arrivals.add(read16(number, 0), arrived);
  transport.numbered_ssrc = header.ssrc;
}

}  // namespace

Track* MediaLoop::track_of(Transport& transport, ByteView packet, const RtpHeader& header) {
  auto known = transport.sources.find(header.ssrc);
  if (known != transport.sources.end()) return known->second.first;
  for (Track* track : transport.tracks) {
    const auto& ids = track->options.extensions;
    if (as_text(extension(packet, header, ids.mid)) != track->options.mid || track->options.mid.empty())
      continue;
    if (track->codec_of(header.payload_type) == Codec::other) return nullptr;  // its retransmissions
    std::string_view rid = as_text(extension(packet, header, ids.rid));
    for (size_t i = 0; i < track->layers.size(); ++i) {
      if (track->layers[i].options.rid != rid) continue;
      std::erase_if(transport.sources, [&](auto& entry) { return entry.second == std::pair{track, i}; });
      transport.sources[header.ssrc] = {track, i};
      track->layers[i].options.ssrc = header.ssrc;
      return track;
    }
  }
  return nullptr;
}

Layer* MediaLoop::repaired(Transport& transport, std::span<uint8_t>& packet, RtpHeader& header) {
  if (transport.sources.contains(header.ssrc) || header.payload_length < 2) return nullptr;
  auto known = transport.repairs.find(header.ssrc);
  for (Track* track : transport.tracks) {
    if (known != transport.repairs.end() && known->second.first != track) continue;
    auto codec =
        std::ranges::find(track->options.codecs, header.payload_type, &CodecOptions::rtx_payload_type);
    if (codec == track->options.codecs.end() || header.payload_type == 0) continue;
    const auto& ids = track->options.extensions;
    if (known == transport.repairs.end()) {
      if (track->options.mid.empty() || as_text(extension(packet, header, ids.mid)) != track->options.mid)
        continue;
      std::string_view rid = as_text(extension(packet, header, ids.repaired_rid));
      auto layer =
          std::ranges::find_if(track->layers, [&](const Layer& one) { return one.options.rid == rid; });
      if (layer == track->layers.end()) return nullptr;
      auto index = static_cast<size_t>(layer - track->layers.begin());
      std::erase_if(transport.repairs, [&](auto& entry) { return entry.second == std::pair{track, index}; });
      known = transport.repairs.emplace(header.ssrc, std::pair{track, index}).first;
    }
    Layer& layer = track->layers[known->second.second];
    if (layer.options.ssrc == 0) return nullptr;
    // RFC 4588: the payload begins with the number of the packet that it stands for.
    uint16_t sequence = read16(packet, header.payload_offset);
    std::memmove(packet.data() + 2, packet.data(), header.payload_offset);
    packet = packet.subspan(2);
    packet[1] = static_cast<uint8_t>((packet[1] & 0x80) | codec->payload_type);
    write16(&packet[2], sequence);
    write32(&packet[8], layer.options.ssrc);
    auto again = parse_rtp(packet);
    if (again) header = *again;
    return again ? &layer : nullptr;
  }
  return nullptr;
}

void MediaLoop::receive_rtp(Transport& transport, std::span<uint8_t> bytes, Monotonic arrived,
                            Monotonic now) {
  size_t length = transport.inbound ? transport.inbound->unprotect_rtp(bytes) : 0;
  if (length == 0) {
    ++counters_.dropped_srtp;
    return;
  }
  auto packet = bytes.first(length);
  auto header = parse_rtp(packet);
  if (header) note_arrival(transport, packet, *header, arrived);
  if (header && repaired(transport, packet, *header)) ++counters_.repaired;
  Track* track = header ? track_of(transport, packet, *header) : nullptr;
  if (!track || track->codec_of(header->payload_type) == Codec::other) {
    ++counters_.dropped_rtp;
    return;
  }
  size_t index = transport.sources[header->ssrc].second;
  Layer& layer = track->layers[index];
  if (track->options.kind == Kind::video) {
    // Asked for again and come twice: a number is never sealed a second time.
    if (layer.ring.find(header->sequence)) return;
    if (layer.repair.received(header->sequence, now)) ask_key_frame(*track, index, now);
    if (!layer.repair.complete()) ask_again(*track, layer, now);
  }
  layer.count(header->sequence);
  if (header->payload_length == 0) {
    // A publisher tries its line with padding: there is nothing to see, but the number is used up.
    if (track->options.kind == Kind::video && !track->muted)
      waiting_.push_back({track, index, packet, *header, {}});
    return;
  }
  layer.rate.add(packet.size(), now);
  if (track->options.kind == Kind::video) layer.mean.add(packet.size(), now);
  layer.alive = true;
  layer.last_packet = now;
  if (!layer.started) {
    layer.started = true;
    events_.on_track_started(track->id, layer.options.rid);
  }
  if (track->options.kind == Kind::audio && !track->muted) {
    // RFC 6464: the first bit tells voice from noise, when the sender knows; the rest is -dBov.
    auto level = extension(packet, *header, track->options.extensions.audio_level);
    if (!level.empty()) {
      track->voice.add(level[0] & 0x7f, now);
      // Whoever begins to speak is heard at once; the choice of the loudest follows.
      if ((level[0] & 0x7f) <= VoiceMeter::audible_level) track->hushed = false;
    }
  }
  ByteView payload = packet.subspan(header->payload_offset, header->payload_length);
  if (track->options.kind == Kind::video) {
    layer.ring.put(header->sequence, packet, limits_.retransmission_packets);
  } else {
    track->memory.put(header->sequence, header->timestamp, payload);
  }
  Place place;
  if (track->options.kind == Kind::video) {
    layer.book.read(track->codec_of(header->payload_type),
                    packet.subspan(header->payload_offset, header->payload_length),
                    extension(packet, *header, track->options.extensions.dependency_descriptor), place);
    layer.book.count(place, packet.size(), now);
  } else {
    place.key = true;
  }
  if (track->muted || track->hushed) return;
  waiting_.push_back({track, index, packet, *header, std::move(place)});
}

void MediaLoop::forward_waiting(Monotonic now) {
  // Subscriber by subscriber, so that the packets of a frame leave together (segmentation offload), and a
  // subscriber's keys are used in a row.
  for (size_t first = 0; first < waiting_.size(); ++first) {
    Track* track = waiting_[first].track;
    if (!track) continue;
    if (track->gathered) {
      gather(waiting_[first], now);
      continue;
    }
    for (SenderState* sender : track->senders) {
      if (!sender->subscriber->outbound || sender->options.paused || sender->held) continue;
      for (size_t i = first; i < waiting_.size(); ++i) {
        const Waiting& one = waiting_[i];
        if (sender->held) break;  // since a packet ago: too much of it waits
        if (one.track == track && one.header.payload_length == 0) {
          leave_out_padding(*sender, one, now);
          continue;
        }
        if (one.track != track || !choose_layer(*sender, *track, one, now)) continue;
        sender->last_sent = now;
        send(*sender, *track, one, 0, now);
      }
    }
    for (size_t i = first; i < waiting_.size(); ++i) {
      if (waiting_[i].track == track) waiting_[i].track = nullptr;
    }
  }
  waiting_.clear();
}

void MediaLoop::send(SenderState& sender, const Track& track, const Waiting& one, size_t padding,
                     Monotonic now) {
  const RtpHeader& header = one.header;
  const CodecOptions* codec = translate(track, sender, header.payload_type);
  ByteView descriptor;
  if (track.options.extensions.dependency_descriptor) descriptor = descriptor_for(sender, track, one, true);
  if (!codec || !fits(header, descriptor)) {
    ++counters_.dropped_rtp;
    return;
  }
  auto number = sender.numbers.number(header.sequence, sender.pictures.picture_offset);
  if (!number) return;
  uint16_t sequence = number->sequence;
  uint32_t timestamp = header.timestamp + sender.timestamp_offset;
  if (static_cast<int16_t>(sequence - sender.last_sequence) > 0) {
    sender.last_sequence = sequence;
    sender.last_timestamp = timestamp;
  }
  bool marker = sender.cursor.marker(one.place, header.marker);
  sender.numbers.mark(header.sequence, marker);
  auto out = out_.space();
  out[0] = 0x80;
  out[1] = static_cast<uint8_t>(codec->payload_type | (marker ? 0x80 : 0));
  write16(&out[2], sequence);
  write32(&out[4], timestamp);
  write32(&out[8], sender.sender.ssrc);
  auto extended = write_extensions(&out[fixed_header], sender, track, one.packet, header, descriptor);
  size_t length = fixed_header + extended.length;
  if (extended.length) out[0] |= 0x10;
  ByteView payload = one.packet.subspan(header.payload_offset, header.payload_length);
  size_t redundant = 0;
  if (size_t depth = sender.redundant_type ? sender.subscriber->redundancy.depth() : 0; depth > 0) {
    redundant =
        track.memory.write(out.subspan(length, DatagramSender::max_datagram - Srtp::max_overhead - length),
                           codec->payload_type, header.sequence, header.timestamp, payload, depth);
  }
  if (redundant) {
    out[1] = static_cast<uint8_t>(sender.redundant_type | (header.marker ? 0x80 : 0));
    length += redundant;
  } else {
    std::ranges::copy(payload, &out[length]);
    renumber(sender, track, codec->codec, one.place, *number, out.subspan(length, payload.size()));
    length += payload.size();
    if (padding > 0) {
      std::fill_n(&out[length], padding, uint8_t{0});
      length += padding;
      out[0] |= 0x20;
      out[length - 1] = static_cast<uint8_t>(padding);
    }
  }
  if (!dispatch(sender, out, length, extended.number_at, urgency_of(sender), now)) return;
  ++sender.packets;
  sender.octets += static_cast<uint32_t>(header.payload_length);
  ++counters_.packets_forwarded;
}

void MediaLoop::answer_nack(SenderState& sender, ByteView packet, Monotonic now) {
  const auto& line = sender.subscriber->congestion;
  // A line that is full does not get better by sending things twice.
  if (line && line->heard && line->sending.bits_per_second(now) > 3 * (line->estimate.bits_per_second() / 2))
    return;
  size_t answered = 0;
  for (size_t at = 12; at + 4 <= packet.size(); at += 4) {
    uint16_t first = read16(packet, at), following = read16(packet, at + 2);
    for (int i = 0; i <= 16; ++i) {
      if (i > 0 && !(following >> (i - 1) & 1)) continue;
      if (++answered > max_nacks_per_packet) return;
      if (!sender.subscriber->resent.take(limits_.resent, now)) {
        ++counters_.dropped_flood;
        return;
      }
      resend(sender, static_cast<uint16_t>(first + i), Urgency::repair, now);
    }
  }
}

size_t MediaLoop::resend(SenderState& sender, uint16_t wanted, Urgency urgency, Monotonic now) {
  Track& track = *sender.track;
  if (track.options.kind != Kind::video || !sender.subscriber->peer || !sender.layer) return 0;
  auto original = sender.numbers.original(wanted);
  Layer& layer = track.layers[*sender.layer];
  const Bytes* stored = original ? layer.ring.find(original->sequence) : nullptr;
  auto header = stored ? parse_rtp(*stored) : std::nullopt;
  const CodecOptions* codec = header ? translate(track, sender, header->payload_type) : nullptr;
  if (!codec || !codec->rtx_payload_type || !sender.sender.rtx_ssrc) return 0;
  Waiting again{&track, *sender.layer, *stored, *header, {}};
  ByteView came = extension(*stored, *header, track.options.extensions.dependency_descriptor);
  again.place = layer.book.reread(codec->codec,
                                  again.packet.subspan(header->payload_offset, header->payload_length), came);
  ByteView descriptor;
  if (!came.empty()) descriptor = descriptor_for(sender, track, again, false);
  if (!fits(*header, descriptor)) return 0;
  // RFC 4588: the original sequence number stands before the payload.
  auto out = out_.space();
  out[0] = 0x80;
  out[1] =
      static_cast<uint8_t>(codec->rtx_payload_type | (original->marker.value_or(header->marker) ? 0x80 : 0));
  write16(&out[2], sender.rtx_sequence++);
  write32(&out[4], header->timestamp + sender.timestamp_offset);
  write32(&out[8], sender.sender.rtx_ssrc);
  auto extended = write_extensions(&out[fixed_header], sender, track, *stored, *header, descriptor);
  size_t length = fixed_header + extended.length;
  if (extended.length) out[0] |= 0x10;
  write16(&out[length], wanted);
  length += 2;
  auto payload = stored->begin() + static_cast<ptrdiff_t>(header->payload_offset);
  std::copy_n(payload, header->payload_length, &out[length]);
  uint16_t pictures = sender.numbers.leaves_out() ? original->picture_offset : sender.pictures.picture_offset;
  renumber(sender, track, codec->codec, again.place, {wanted, false, pictures},
           out.subspan(length, header->payload_length));
  length += header->payload_length;
  if (!dispatch(sender, out, length, extended.number_at, urgency, now)) return 0;
  ++counters_.retransmitted;
  return length;
}

}  // namespace parvis::sfu
