// Control packets: what is asked of publishers, what subscribers ask, and the reports both ways.
#include <algorithm>

#include "engine/sfu/media_loop.h"
#include "engine/sfu/parts.h"

namespace parvis::sfu {
namespace {

constexpr int64_t key_frame_interval_us = millis_us(500);     // between two requests for one layer
constexpr int64_t sender_report_interval_us = millis_us(50);  // of one layer, of those passed on
constexpr size_t rtcp_header = 8;
constexpr int64_t report_interval_us = millis_us(500), feedback_interval_us = millis_us(100);
constexpr uint8_t receiver_report = 201, application_feedback = 15;
constexpr uint8_t sender_report = 200, transport_feedback = 205, payload_feedback = 206;
constexpr uint8_t congestion_feedback = 15, generic_nack = 1, picture_loss = 1, full_intra_request = 4;

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

}  // namespace

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
    if (packet[1] == receiver_report || packet[1] == sender_report) take_losses(transport, packet, now);
    if (packet[1] == transport_feedback && format == congestion_feedback && transport.congestion) {
      if (auto reports = parse_transport_feedback(packet)) transport.congestion->on_feedback(*reports, now);
      continue;
    }
    bool nack = packet[1] == transport_feedback && format == generic_nack;
    bool key = packet[1] == payload_feedback && (format == picture_loss || format == full_intra_request);
    if ((!nack && !key) || length < 12) continue;
    uint32_t ssrc =
        format == full_intra_request && key && length >= 16 ? read32(packet, 12) : read32(packet, 8);
    for (SenderState* sender : transport.senders) {
      if (sender->sender.ssrc != ssrc || !sender->layer) continue;
      if (key) ask_key_frame(*sender->track, *sender->layer, now);
      if (nack) answer_nack(*sender, packet, now);
    }
  }
}

/// What the client says it lost of its voices (RFC 3550 section 6.4): there are no other numbers of theirs.
void MediaLoop::take_losses(Transport& transport, ByteView report, Monotonic now) {
  constexpr size_t block_bytes = 24;
  size_t at = report[1] == sender_report ? 28 : 8, blocks = report[0] & 0x1f;
  for (; blocks > 0 && at + block_bytes <= report.size(); --blocks, at += block_bytes) {
    uint32_t ssrc = read32(report, at);
    bool voice = std::ranges::any_of(transport.senders, [&](const SenderState* sender) {
      return sender->sender.ssrc == ssrc && sender->track->options.kind == Kind::audio;
    });
    if (voice) transport.redundancy.observe(report[at + 4] / 256.0, now);
  }
}

void MediaLoop::forward_sender_report(Transport& transport, ByteView report, Monotonic now) {
  auto source = transport.sources.find(read32(report, 4));
  if (source == transport.sources.end()) return;
  auto [track, layer] = source->second;
  // Each goes to every subscriber.
  if (now - track->layers[layer].report_arrived < sender_report_interval_us) return;
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
  int64_t due_in_all = 0, lost_in_all = 0;
  for (auto& [ssrc, source] : transport.sources) {
    Layer& layer = source.first->layers[source.second];
    if (layer.received == 0 || blocks == max_blocks) continue;
    uint8_t* block = &report[rtcp_header + block_bytes * blocks++];
    uint32_t expected = layer.highest_sequence - layer.first_sequence + 1;
    auto lost = static_cast<int32_t>(expected - layer.received);
    auto due = static_cast<int32_t>(expected - layer.expected_before);
    int32_t lost_lately = due - static_cast<int32_t>(layer.received - layer.received_before);
    due_in_all += due;
    lost_in_all += std::max(lost_lately, 0);
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
  if (due_in_all > 0) {
    double now_lost = static_cast<double>(lost_in_all) / static_cast<double>(due_in_all);
    transport.loss_received = 0.75 * transport.loss_received + 0.25 * now_lost;
  }
  if (blocks == 0) return;
  report[0] = static_cast<uint8_t>(0x80 | blocks);
  write16(&report[2], static_cast<uint16_t>((rtcp_header + blocks * block_bytes) / 4 - 1));
  Bytes compound(report.begin(), report.begin() + static_cast<ptrdiff_t>(rtcp_header + blocks * block_bytes));
  compound.insert(compound.end(), ceiling.begin(), ceiling.end());
  send_rtcp(transport, compound);
}

void MediaLoop::ask_again(Track& track, Layer& layer, Monotonic now) {
  auto missing = layer.repair.due(now);
  if (missing.empty() || track.muted) return;
  Bytes request{0x80 | generic_nack, transport_feedback, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0};
  write32(&request[8], layer.options.ssrc);
  for (size_t i = 0; i < missing.size();) {
    uint16_t first = missing[i], following = 0;
    for (++i; i < missing.size() && static_cast<uint16_t>(missing[i] - first) <= 16; ++i)
      following = static_cast<uint16_t>(following | 1 << (missing[i] - first - 1));
    request.resize(request.size() + 4);
    write16(&request[request.size() - 4], first);
    write16(&request[request.size() - 2], following);
  }
  write16(&request[2], static_cast<uint16_t>(request.size() / 4 - 1));
  send_rtcp(*track.publisher, request);
}

void MediaLoop::send_feedback(Transport& transport, Monotonic now) {
  if (transport.arrivals.empty() || now - transport.feedback_sent < feedback_interval_us) return;
  transport.feedback_sent = now;
  constexpr int most_packets = 4;
  for (int i = 0; i < most_packets && !transport.arrivals.empty(); ++i) {
    // Browsers believe it only when it names a stream of theirs, though it tells of all of them.
    Bytes packet = transport.arrivals.take(1, transport.numbered_ssrc);
    if (!packet.empty()) send_rtcp(transport, packet);
  }
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
