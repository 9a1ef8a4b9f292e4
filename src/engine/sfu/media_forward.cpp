#include <algorithm>
#include <cstring>

#include "engine/sfu/media_loop.h"
#include "engine/sfu/parts.h"

namespace parvis::sfu {
namespace {

constexpr size_t max_nacks_per_packet = 128;
constexpr uint32_t video_clock_per_ms = 90;
constexpr size_t header_estimate = 40;  // RTP header, extensions and tag, for rates

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

/// Extensions that mean something to a subscriber, under its own ids.
class ExtensionWriter {
 public:
  explicit ExtensionWriter(uint8_t* at) : begin_(at), at_(at + 4) {}
  void add(uint8_t id, ByteView value) {
    if (id == 0 || id > 14 || value.empty() || value.size() > 16) return;
    *at_++ = static_cast<uint8_t>(id << 4 | (value.size() - 1));
    at_ = std::copy(value.begin(), value.end(), at_);
  }
  size_t finish() {
    if (at_ == begin_ + 4) return 0;
    while ((at_ - begin_) % 4) *at_++ = 0;
    write16(begin_, 0xBEDE);
    write16(begin_ + 2, static_cast<uint16_t>((at_ - begin_) / 4 - 1));
    return static_cast<size_t>(at_ - begin_);
  }

 private:
  uint8_t* begin_;
  uint8_t* at_;
};

size_t write_extensions(uint8_t* at, const SenderState& sender, const Track& track, ByteView packet,
                        const RtpHeader& header, Monotonic now) {
  const ExtensionIds &ours = sender.options.extensions, &theirs = track.options.extensions;
  ExtensionWriter out(at);
  out.add(ours.mid, as_bytes(sender.options.mid));
  out.add(ours.audio_level, extension(packet, header, theirs.audio_level));
  out.add(ours.absolute_capture_time, extension(packet, header, theirs.absolute_capture_time));
  out.add(ours.video_orientation, extension(packet, header, theirs.video_orientation));
  out.add(ours.playout_delay, extension(packet, header, theirs.playout_delay));
  // Each simulcast encoding counts its frames by itself: over a layer change these numbers would contradict
  // each other.
  if (track.layers.size() == 1)
    out.add(ours.dependency_descriptor, extension(packet, header, theirs.dependency_descriptor));
  if (ours.transport_sequence) {
    auto& congestion = sender.subscriber->congestion;
    if (!congestion) congestion = std::make_unique<Congestion>();
    std::array<uint8_t, 2> number{};
    write16(number.data(), congestion->record(header.payload_length + header_estimate, now));
    out.add(ours.transport_sequence, number);
  }
  return out.finish();
}

constexpr size_t max_header_growth = 12 + 4 + 6 * 17 + 3 + 4 + 2;  // fixed header, extensions, RTX number

/// Whether the packet fits a datagram again once its header is ours and it is sealed.
bool fits(const RtpHeader& header) {
  return header.payload_length + max_header_growth + Srtp::max_overhead <= DatagramSender::max_datagram;
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

void MediaLoop::receive_rtp(Transport& transport, std::span<uint8_t> bytes, Monotonic now) {
  size_t length = transport.inbound ? transport.inbound->unprotect_rtp(bytes) : 0;
  if (length == 0) {
    ++counters_.dropped_srtp;
    return;
  }
  auto packet = bytes.first(length);
  auto header = parse_rtp(packet);
  if (header && transport.transport_sequence_id) {
    auto number = extension(packet, *header, transport.transport_sequence_id);
    if (number.size() == 2) transport.arrivals.add(read16(number, 0), now);
  }
  if (header && repaired(transport, packet, *header)) ++counters_.repaired;
  Track* track = header ? track_of(transport, packet, *header) : nullptr;
  if (!track || track->codec_of(header->payload_type) == Codec::other || header->payload_length == 0) {
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
  layer.rate.add(packet.size(), now);
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
  if (track->options.kind == Kind::video) {
    layer.ring.put(header->sequence, packet, limits_.retransmission_packets);
  }
  if (track->muted || track->hushed) return;
  ByteView payload = packet.subspan(header->payload_offset, header->payload_length);
  bool key_frame = begins_key_frame(track->codec_of(header->payload_type), payload);
  waiting_.push_back({track, index, packet, *header, key_frame});
}

void MediaLoop::forward_waiting(Monotonic now) {
  // Subscriber by subscriber, so that the packets of a frame leave together (segmentation offload), and a
  // subscriber's keys are used in a row.
  for (size_t first = 0; first < waiting_.size(); ++first) {
    Track* track = waiting_[first].track;
    if (!track) continue;
    for (SenderState* sender : track->senders) {
      if (!sender->subscriber->outbound || sender->options.paused || sender->held) continue;
      for (size_t i = first; i < waiting_.size(); ++i) {
        const Waiting& one = waiting_[i];
        if (one.track != track || !choose_layer(*sender, *track, one.layer, one.header, one.key_frame, now))
          continue;
        sender->last_sent = now;
        send(*sender, *track, one.packet, one.header, now);
      }
    }
    for (size_t i = first; i < waiting_.size(); ++i) {
      if (waiting_[i].track == track) waiting_[i].track = nullptr;
    }
  }
  waiting_.clear();
}

bool MediaLoop::choose_layer(SenderState& sender, Track& track, size_t layer, const RtpHeader& header,
                             bool key_frame, Monotonic now) {
  if (sender.layer == layer) {
    // Late, from before the layer was chosen: its number belongs to another packet.
    bool before =
        ++sender.since_switch < 10'000 && static_cast<int16_t>(header.sequence - sender.layer_began) < 0;
    return !before;
  }
  size_t target = sender.target();
  if (target != layer) return false;
  if (!key_frame) {
    ask_key_frame(track, layer, now);
    return false;
  }
  // Numbers go on where the last packet ended; time by the time that passed.
  uint32_t elapsed =
      sender.started ? static_cast<uint32_t>((now - sender.last_sent) / 1'000) * video_clock_per_ms : 0;
  sender.sequence_offset = static_cast<uint16_t>(sender.last_sequence + 1 - header.sequence);
  // A voice goes on in its own time: only images have layers.
  if (!sender.started || track.options.kind == Kind::video)
    sender.timestamp_offset = sender.last_timestamp + std::max(elapsed, 1u) - header.timestamp;
  sender.layer = layer;
  sender.layer_began = header.sequence;
  sender.since_switch = 0;
  sender.vp8.renumber = track.layers.size() > 1;
  sender.started = true;
  events_.on_layer(sender.sender.id, {.spatial = static_cast<uint8_t>(layer)});
  return true;
}

void MediaLoop::send(SenderState& sender, const Track& track, ByteView packet, const RtpHeader& header,
                     Monotonic now) {
  const CodecOptions* codec = translate(track, sender, header.payload_type);
  if (!codec || !fits(header)) {
    ++counters_.dropped_rtp;
    return;
  }
  auto sequence = static_cast<uint16_t>(header.sequence + sender.sequence_offset);
  uint32_t timestamp = header.timestamp + sender.timestamp_offset;
  if (static_cast<int16_t>(sequence - sender.last_sequence) > 0) {
    sender.last_sequence = sequence;
    sender.last_timestamp = timestamp;
  }
  auto out = out_.space();
  out[0] = 0x80;
  out[1] = static_cast<uint8_t>(codec->payload_type | (header.marker ? 0x80 : 0));
  write16(&out[2], sequence);
  write32(&out[4], timestamp);
  write32(&out[8], sender.sender.ssrc);
  size_t length = 12 + write_extensions(&out[12], sender, track, packet, header, now);
  if (length > 12) out[0] |= 0x10;
  std::copy_n(packet.begin() + static_cast<ptrdiff_t>(header.payload_offset), header.payload_length,
              &out[length]);
  if (codec->codec == Codec::vp8 && track.layers.size() > 1)
    sender.vp8.apply(out.subspan(length, header.payload_length), true);
  length += header.payload_length;
  Transport& subscriber = *sender.subscriber;
  length = subscriber.outbound->protect_rtp(out, length);
  if (length == 0 || !subscriber.peer || !push_packet(subscriber, track.options.kind, length)) return;
  ++sender.packets;
  sender.octets += static_cast<uint32_t>(header.payload_length);
  ++counters_.packets_forwarded;
  ++subscriber.counters.packets_sent;
  subscriber.counters.bytes_sent += length;
  ++counters_.packets_sent;
  counters_.bytes_sent += length;
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
      resend(sender, static_cast<uint16_t>(first + i), now);
    }
  }
}

bool MediaLoop::resend(SenderState& sender, uint16_t wanted, Monotonic now) {
  Track& track = *sender.track;
  if (track.options.kind != Kind::video || !sender.subscriber->peer || !sender.layer) return false;
  auto original = static_cast<uint16_t>(wanted - sender.sequence_offset);
  bool before = sender.since_switch < 10'000 && static_cast<int16_t>(original - sender.layer_began) < 0;
  const Bytes* stored = before ? nullptr : track.layers[*sender.layer].ring.find(original);
  auto header = stored ? parse_rtp(*stored) : std::nullopt;
  const CodecOptions* codec = header ? translate(track, sender, header->payload_type) : nullptr;
  if (!codec || !codec->rtx_payload_type || !sender.sender.rtx_ssrc || !fits(*header)) return false;
  // RFC 4588: the original sequence number stands before the payload.
  auto out = out_.space();
  out[0] = 0x80;
  out[1] = static_cast<uint8_t>(codec->rtx_payload_type | (header->marker ? 0x80 : 0));
  write16(&out[2], sender.rtx_sequence++);
  write32(&out[4], header->timestamp + sender.timestamp_offset);
  write32(&out[8], sender.sender.rtx_ssrc);
  size_t length = 12 + write_extensions(&out[12], sender, track, *stored, *header, now);
  if (length > 12) out[0] |= 0x10;
  write16(&out[length], wanted);
  length += 2;
  auto payload = stored->begin() + static_cast<ptrdiff_t>(header->payload_offset);
  std::copy_n(payload, header->payload_length, &out[length]);
  if (codec->codec == Codec::vp8 && track.layers.size() > 1) {
    sender.vp8.apply(out.subspan(length, header->payload_length), false);
  }
  length = sender.subscriber->outbound->protect_rtp(out, length + header->payload_length);
  if (length == 0 || !push_packet(*sender.subscriber, Kind::video, length)) return false;
  sender.subscriber->counters.bytes_sent += length;
  ++sender.subscriber->counters.packets_sent;
  ++counters_.retransmitted;
  ++counters_.packets_sent;
  counters_.bytes_sent += length;
  return true;
}

}  // namespace parvis::sfu
