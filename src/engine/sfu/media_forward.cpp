#include <algorithm>

#include "engine/sfu/media_loop.h"
#include "engine/sfu/parts.h"

namespace parvis::sfu {
namespace {

constexpr int64_t key_frame_interval_us = millis_us(500);  // between two requests for one layer
constexpr size_t rtcp_header = 8;
constexpr int64_t report_interval_us = millis_us(500);
constexpr uint8_t receiver_report = 201, application_feedback = 15;
constexpr uint8_t sender_report = 200, transport_feedback = 205, payload_feedback = 206;
constexpr uint8_t generic_nack = 1, picture_loss = 1, full_intra_request = 4;
constexpr size_t max_nacks_per_packet = 128;
constexpr uint32_t video_clock_per_ms = 90;

uint16_t read16(ByteView bytes, size_t at) { return static_cast<uint16_t>(bytes[at] << 8 | bytes[at + 1]); }
uint32_t read32(ByteView bytes, size_t at) {
  return uint32_t{read16(bytes, at)} << 16 | read16(bytes, at + 2);
}
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
                        const RtpHeader& header) {
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
  return out.finish();
}

constexpr size_t max_header_growth = 12 + 4 + 6 * 17 + 4 + 2;  // fixed header, extensions, RTX number

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

void MediaLoop::receive_rtp(Transport& transport, std::span<uint8_t> bytes, Monotonic now) {
  size_t length = transport.inbound ? transport.inbound->unprotect_rtp(bytes) : 0;
  if (length == 0) {
    ++counters_.dropped_srtp;
    return;
  }
  ByteView packet = bytes.first(length);
  auto header = parse_rtp(packet);
  Track* track = header ? track_of(transport, packet, *header) : nullptr;
  if (!track || track->codec_of(header->payload_type) == Codec::other || header->payload_length == 0) {
    ++counters_.dropped_rtp;
    return;
  }
  size_t index = transport.sources[header->ssrc].second;
  Layer& layer = track->layers[index];
  layer.count(header->sequence);
  layer.alive = true;
  layer.last_packet = now;
  if (!layer.started) {
    layer.started = true;
    events_.on_track_started(track->id, layer.options.rid);
  }
  if (track->options.kind == Kind::audio && !track->muted) {
    // RFC 6464: the first bit tells voice from noise, when the sender knows; the rest is -dBov.
    auto level = extension(packet, *header, track->options.extensions.audio_level);
    if (!level.empty()) track->voice.add(level[0] & 0x7f, now);
  }
  if (track->options.kind == Kind::video) {
    layer.ring.put(header->sequence, packet, limits_.retransmission_packets);
  }
  if (!track->muted) forward(*track, index, packet, *header, now);
}

void MediaLoop::forward(Track& track, size_t layer, ByteView packet, const RtpHeader& header, Monotonic now) {
  ByteView payload = packet.subspan(header.payload_offset, header.payload_length);
  bool key_frame = begins_key_frame(track.codec_of(header.payload_type), payload);
  for (SenderState* sender : track.senders) {
    if (!sender->subscriber->outbound || sender->options.paused) continue;
    if (choose_layer(*sender, track, layer, header, key_frame, now)) {
      sender->last_sent = now;
      send(*sender, track, packet, header);
    }
  }
}

bool MediaLoop::choose_layer(SenderState& sender, Track& track, size_t layer, const RtpHeader& header,
                             bool key_frame, Monotonic now) {
  if (sender.layer == layer) return true;
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
  sender.timestamp_offset = sender.last_timestamp + std::max(elapsed, 1u) - header.timestamp;
  sender.layer = layer;
  sender.vp8.renumber = track.layers.size() > 1;
  sender.started = true;
  events_.on_layer(sender.sender.id, {.spatial = static_cast<uint8_t>(layer)});
  return true;
}

void MediaLoop::send(SenderState& sender, const Track& track, ByteView packet, const RtpHeader& header) {
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
  size_t length = 12 + write_extensions(&out[12], sender, track, packet, header);
  if (length > 12) out[0] |= 0x10;
  std::copy_n(packet.begin() + static_cast<ptrdiff_t>(header.payload_offset), header.payload_length,
              &out[length]);
  if (codec->codec == Codec::vp8 && track.layers.size() > 1)
    sender.vp8.apply(out.subspan(length, header.payload_length), true);
  length += header.payload_length;
  Transport& subscriber = *sender.subscriber;
  length = subscriber.outbound->protect_rtp(out, length);
  if (length == 0 || !subscriber.peer) return;
  out_.push(*subscriber.peer, length);
  ++sender.packets;
  sender.octets += static_cast<uint32_t>(header.payload_length);
  ++counters_.packets_forwarded;
  ++subscriber.counters.packets_sent;
  subscriber.counters.bytes_sent += length;
  ++counters_.packets_sent;
  counters_.bytes_sent += length;
}

void MediaLoop::ask_key_frame(Track& track, size_t index, Monotonic now) {
  Layer& layer = track.layers[index];
  if (track.options.kind != Kind::video || layer.options.ssrc == 0) return;
  layer.key_frame_wanted = now - layer.key_frame_asked < key_frame_interval_us;
  if (layer.key_frame_wanted) return;
  layer.key_frame_asked = now;
  std::array<uint8_t, 12> request{0x80 | picture_loss, payload_feedback, 0, 2, 0, 0, 0, 1};
  write32(&request[8], layer.options.ssrc);
  send_rtcp(*track.publisher, request);
  ++counters_.key_frames_asked;
}

void MediaLoop::receive_rtcp(Transport& transport, std::span<uint8_t> bytes, Monotonic now) {
  size_t left = transport.inbound ? transport.inbound->unprotect_rtcp(bytes) : 0;
  if (left == 0) {
    ++counters_.dropped_srtp;
    return;
  }
  ByteView all = bytes.first(left);
  while (all.size() >= rtcp_header) {
    size_t length = size_t{4} * (read16(all, 2) + 1);
    if (all[0] >> 6 != 2 || length > all.size()) return;
    ByteView packet = all.first(length);
    all = all.subspan(length);
    uint8_t format = packet[0] & 0x1f;
    if (packet[1] == sender_report && length >= 28) forward_sender_report(transport, packet, now);
    bool nack = packet[1] == transport_feedback && format == generic_nack;
    bool key = packet[1] == payload_feedback && (format == picture_loss || format == full_intra_request);
    if ((!nack && !key) || length < 12) continue;
    uint32_t ssrc =
        format == full_intra_request && key && length >= 16 ? read32(packet, 12) : read32(packet, 8);
    for (SenderState* sender : transport.senders) {
      if (sender->sender.ssrc != ssrc || !sender->layer) continue;
      if (key) ask_key_frame(*sender->track, *sender->layer, now);
      if (nack) answer_nack(*sender, packet);
    }
  }
}

void MediaLoop::answer_nack(SenderState& sender, ByteView packet) {
  Track& track = *sender.track;
  if (track.options.kind != Kind::video || !sender.subscriber->peer) return;
  size_t answered = 0;
  for (size_t at = 12; at + 4 <= packet.size(); at += 4) {
    uint16_t first = read16(packet, at), following = read16(packet, at + 2);
    for (int i = 0; i <= 16; ++i) {
      if (i > 0 && !(following >> (i - 1) & 1)) continue;
      if (++answered > max_nacks_per_packet) return;
      auto wanted = static_cast<uint16_t>(first + i);
      const Bytes* stored =
          track.layers[*sender.layer].ring.find(static_cast<uint16_t>(wanted - sender.sequence_offset));
      auto header = stored ? parse_rtp(*stored) : std::nullopt;
      const CodecOptions* codec = header ? translate(track, sender, header->payload_type) : nullptr;
      if (!codec || !codec->rtx_payload_type || !sender.sender.rtx_ssrc || !fits(*header)) continue;
      // RFC 4588: the original sequence number stands before the payload.
      auto out = out_.space();
      out[0] = 0x80;
      out[1] = static_cast<uint8_t>(codec->rtx_payload_type | (header->marker ? 0x80 : 0));
      write16(&out[2], sender.rtx_sequence++);
      write32(&out[4], header->timestamp + sender.timestamp_offset);
      write32(&out[8], sender.sender.rtx_ssrc);
      size_t length = 12 + write_extensions(&out[12], sender, track, *stored, *header);
      if (length > 12) out[0] |= 0x10;
      write16(&out[length], wanted);
      length += 2;
      auto payload = stored->begin() + static_cast<ptrdiff_t>(header->payload_offset);
      std::copy_n(payload, header->payload_length, &out[length]);
      if (codec->codec == Codec::vp8 && track.layers.size() > 1) {
        sender.vp8.apply(out.subspan(length, header->payload_length), false);
      }
      length = sender.subscriber->outbound->protect_rtp(out, length + header->payload_length);
      if (length == 0) continue;
      out_.push(*sender.subscriber->peer, length);
      sender.subscriber->counters.bytes_sent += length;
      ++sender.subscriber->counters.packets_sent;
      ++counters_.retransmitted;
      ++counters_.packets_sent;
      counters_.bytes_sent += length;
    }
  }
}

void MediaLoop::forward_sender_report(Transport& transport, ByteView report, Monotonic now) {
  auto source = transport.sources.find(read32(report, 4));
  if (source == transport.sources.end()) return;
  auto [track, layer] = source->second;
  track->layers[layer].last_report = read32(report, 10);
  track->layers[layer].report_arrived = now;
  for (SenderState* sender : track->senders) {
    if (sender->layer != layer || !sender->subscriber->outbound) continue;
    // The publisher's wall clock with the subscriber's RTP time: sound and image of one person stay together.
    std::array<uint8_t, 28> out{0x80, sender_report, 0, 6};
    write32(&out[4], sender->sender.ssrc);
    std::copy_n(report.begin() + 8, 8, &out[8]);
    write32(&out[16], read32(report, 16) + sender->timestamp_offset);
    write32(&out[20], sender->packets);
    write32(&out[24], sender->octets);
    send_rtcp(*sender->subscriber, out);
  }
}

void MediaLoop::report_reception(Transport& transport, Monotonic now) {
  if (!transport.outbound || now - transport.reported < report_interval_us) return;
  transport.reported = now;
  constexpr size_t block_bytes = 24, max_blocks = 31;
  std::array<uint8_t, rtcp_header + max_blocks * block_bytes> report{0x80, receiver_report};
  // A ceiling that never binds (18 bits shifted left): the publisher's own control by loss decides below it.
  std::array<uint8_t, 24> ceiling{0x80 | application_feedback,
                                  payload_feedback,
                                  0,
                                  5,
                                  0,
                                  0,
                                  0,
                                  1,
                                  0,
                                  0,
                                  0,
                                  0,
                                  'R',
                                  'E',
                                  'M',
                                  'B',
                                  1,
                                  10 << 2 | 1,
                                  0,
                                  0};
  report[7] = 1;
  size_t blocks = 0;
  for (auto& [ssrc, source] : transport.sources) {
    Layer& layer = source.first->layers[source.second];
    if (layer.received == 0 || blocks == max_blocks) continue;
    uint8_t* block = &report[rtcp_header + block_bytes * blocks++];
    uint32_t expected = layer.highest_sequence - layer.first_sequence + 1;
    auto lost = static_cast<int32_t>(expected - layer.received);
    auto due = static_cast<int32_t>(expected - layer.expected_before);
    int32_t lost_lately = due - static_cast<int32_t>(layer.received - layer.received_before);
    layer.expected_before = expected;
    layer.received_before = layer.received;
    write32(block, ssrc);
    write32(block + 4, static_cast<uint32_t>(std::clamp(lost, 0, 0x7f'ffff)));
    block[4] = static_cast<uint8_t>(due > 0 ? std::clamp(lost_lately * 256 / due, 0, 255) : 0);
    write32(block + 8, layer.highest_sequence - 0x1'0000u);
    write32(block + 12, 0);
    write32(block + 16, layer.last_report);
    int64_t delay = layer.last_report ? (now - layer.report_arrived) * 65'536 / 1'000'000 : 0;
    write32(block + 20, static_cast<uint32_t>(delay));
    write32(&ceiling[20], ssrc);
  }
  if (blocks == 0) return;
  report[0] = static_cast<uint8_t>(0x80 | blocks);
  write16(&report[2], static_cast<uint16_t>((rtcp_header + blocks * block_bytes) / 4 - 1));
  Bytes compound(report.begin(), report.begin() + static_cast<ptrdiff_t>(rtcp_header + blocks * block_bytes));
  compound.insert(compound.end(), ceiling.begin(), ceiling.end());
  send_rtcp(transport, compound);
}

void MediaLoop::send_rtcp(Transport& transport, ByteView packet) {
  if (!transport.outbound || !transport.peer) return;
  auto out = out_.space();
  std::copy(packet.begin(), packet.end(), out.begin());
  size_t length = transport.outbound->protect_rtcp(out, packet.size());
  if (length == 0) return;
  out_.push(*transport.peer, length);
  transport.counters.bytes_sent += length;
  ++transport.counters.packets_sent;
  ++counters_.packets_sent;
  counters_.bytes_sent += length;
}

}  // namespace parvis::sfu
