#include "client.h"

#include <algorithm>
#include <cstring>

#include "engine/sfu/stun.h"

namespace bench {
namespace {

using namespace parvis;
using namespace parvis::sfu;

constexpr int64_t check_every_ns = 50'000'000, keep_alive_every_ns = 2'500'000'000,
                  report_every_ns = 1'000'000'000;

void write16(uint8_t* p, size_t v) {
  p[0] = static_cast<uint8_t>(v >> 8);
  p[1] = static_cast<uint8_t>(v);
}
void write32(uint8_t* p, uint32_t v) {
  write16(p, v >> 16);
  write16(p + 2, v & 0xffff);
}
uint32_t read32(const uint8_t* p) { return uint32_t{p[0]} << 24 | p[1] << 16 | p[2] << 8 | p[3]; }

Peer peer_of(const sockaddr_in& from) {
  Peer out;
  out.ip[10] = out.ip[11] = 0xff;
  std::memcpy(out.ip.data() + 12, &from.sin_addr, 4);
  out.port = ntohs(from.sin_port);
  return out;
}

size_t write_extensions(uint8_t* at, const Stream& stream) {
  uint8_t* end = at + 4;
  auto add = [&](uint8_t id, const std::string& value) {
    if (!id || value.empty()) return;
    *end++ = static_cast<uint8_t>(id << 4 | (value.size() - 1));
    end = std::ranges::copy(value, end).out;
  };
  add(stream.mid_extension, stream.mid);
  add(stream.rid_extension, stream.rid);
  if (end == at + 4) return 0;
  while ((end - at) % 4) *end++ = 0;
  write16(at, 0xBEDE);
  write16(at + 2, static_cast<size_t>(end - at) / 4 - 1);
  return static_cast<size_t>(end - at);
}

}  // namespace

Client::Client(Wire& wire, std::shared_ptr<Certificate> certificate, size_t index, uint32_t local,
               Remote remote, bool decrypts)
    : wire_(wire), index_(index), local_(local), remote_(std::move(remote)), decrypts_(decrypts) {
  dtls_ = std::make_unique<Dtls>(std::move(certificate), Dtls::Role::client, remote_.fingerprint,
                                 [this](ByteView bytes) {
                                   auto space = wire_.space();
                                   std::ranges::copy(bytes, space.begin());
                                   wire_.push(local_, remote_.address, bytes.size());
                                 });
  started_ns_ = now_ns();
  check(started_ns_);
}

void Client::check(int64_t now) {
  checked_ns_ = now;
  std::array<uint8_t, 12> transaction{};
  std::memcpy(transaction.data(), &now, 8);
  std::memcpy(transaction.data() + 8, &local_, 4);
  auto space = wire_.space();
  size_t length = write_stun_request(space, transaction, remote_.ufrag + ":" + ufrag_of(index_), remote_.pwd);
  wire_.push(local_, remote_.address, length);
}

void Client::tick(int64_t now) {
  if (!path_holds_ ? now - checked_ns_ > check_every_ns : now - checked_ns_ > keep_alive_every_ns) check(now);
  if (path_holds_ && !connected()) dtls_->tick();
  if (connected() && now - reported_ns_ > report_every_ns) {
    reported_ns_ = now;
    report();
  }
}

void Client::receive_stun(const sockaddr_in& from, std::span<uint8_t> bytes, int64_t now) {
  constexpr uint8_t success = 1;  // first byte of a binding success response (0x0101)
  if (bytes[0] == success) {
    if (path_holds_) return;
    path_holds_ = true;
    checked_ns_ = now;
    dtls_->start();
    return;
  }
  auto request = parse_stun_request(bytes);
  if (!request || !stun_integrity_holds(bytes, *request, password)) return;
  auto space = wire_.space();
  wire_.push(local_, from, write_stun_response(space, *request, peer_of(from), password));
}

void Client::receive(const sockaddr_in& from, std::span<uint8_t> bytes, int64_t now, Tally& tally) {
  switch (protocol_of(bytes)) {
    case Protocol::stun:
      return receive_stun(from, bytes, now);
    case Protocol::dtls:
      if (dtls_->receive(bytes) == Dtls::Outcome::connected) {
        in_.emplace(dtls_->receive_keys());
        out_.emplace(dtls_->send_keys());
        connected_ns_ = now;
        reported_ns_ = now + static_cast<int64_t>(index_ % 64) * report_every_ns / 64;
      }
      return;
    case Protocol::rtp:
      return receive_rtp(bytes, now, tally);
    case Protocol::rtcp:
      return receive_rtcp(bytes, tally);
    default:
      return;
  }
}

void Client::receive_rtp(std::span<uint8_t> bytes, int64_t now, Tally& tally) {
  ++tally.rtp;
  tally.bytes += bytes.size();
  if (!in_ || (!decrypts_ && first_media_ns_)) return;
  size_t length = in_->unprotect_rtp(bytes);
  auto header = length ? parse_rtp(bytes.first(length)) : std::nullopt;
  if (!header) {
    ++tally.refused;
    return;
  }
  if (!first_media_ns_) first_media_ns_ = now;
  ++tally.opened;
  auto source = std::ranges::find(sources_, header->ssrc, &Source::ssrc);
  if (source == sources_.end()) {
    sources_.push_back({header->ssrc, static_cast<uint16_t>(header->sequence - 1), 0});
    source = sources_.end() - 1;
  }
  ++source->received;
  auto ahead = static_cast<int16_t>(header->sequence - source->highest);
  if (ahead > 0) {
    tally.lost += static_cast<uint64_t>(ahead - 1);
    source->highest = header->sequence;
  } else {
    ++tally.late;
  }
  if (header->payload_length < 12) return;
  int64_t sent = 0;
  std::memcpy(&sent, bytes.data() + header->payload_offset + 4, sizeof sent);
  tally.delay_us.push_back(static_cast<uint32_t>(std::clamp<int64_t>((now - sent) / 1'000, 0, 60'000'000)));
}

void Client::receive_rtcp(std::span<uint8_t> bytes, Tally& tally) {
  ++tally.rtcp;
  if (streams_.empty() || !in_) return;
  auto left = bytes.first(in_->unprotect_rtcp(bytes));
  constexpr uint8_t payload_feedback = 206, picture_loss = 1, full_intra_request = 4;
  while (left.size() >= 8) {
    size_t length = size_t{4} * ((left[2] << 8 | left[3]) + size_t{1});
    if (length > left.size()) return;
    uint8_t format = left[0] & 0x1f;
    if (left[1] == payload_feedback && length >= 12 &&
        (format == picture_loss || (format == full_intra_request && length >= 16))) {
      uint32_t ssrc = read32(left.data() + (format == picture_loss ? 8 : 12));
      for (Stream& stream : streams_) {
        if (stream.ssrc == ssrc) stream.key_frame_wanted = true;
      }
      ++tally.key_frames_asked;
    }
    left = left.subspan(length);
  }
}

// A receiver report of what was received, as browsers send: one block for each source.
void Client::report() {
  auto out = wire_.space();
  size_t blocks = std::min<size_t>(sources_.size(), 31);
  std::ranges::fill(out.first(8 + 24 * blocks), uint8_t{0});
  out[0] = static_cast<uint8_t>(0x80 | blocks);
  out[1] = 201;
  write16(&out[2], 1 + 6 * blocks);
  write32(&out[4], static_cast<uint32_t>(index_ + 1));
  for (size_t i = 0; i < blocks; ++i) {
    write32(&out[8 + 24 * i], sources_[i].ssrc);
    write32(&out[16 + 24 * i], sources_[i].highest);
  }
  if (size_t length = out_->protect_rtcp(out, 8 + 24 * blocks)) wire_.push(local_, remote_.address, length);
}

void Client::send_burst(Stream& stream, int64_t now) {
  if (!out_) {  // not connected yet
    ++stream.bursts_sent;
    return;
  }
  auto timestamp = static_cast<uint32_t>(static_cast<double>(stream.bursts_sent) * stream.clock_rate /
                                         stream.bursts_per_second);
  bool key = std::exchange(stream.key_frame_wanted, false);
  for (size_t i = 0; i < stream.burst; ++i) send_packet(stream, i, key, timestamp, now);
  ++stream.bursts_sent;
}

void Client::send_packet(Stream& stream, size_t position, bool key, uint32_t timestamp, int64_t now) {
  auto out = wire_.space();
  bool last = position + 1 == stream.burst;
  out[1] = static_cast<uint8_t>(stream.payload_type | (last ? 0x80 : 0));
  write16(&out[2], stream.sequence++);
  write32(&out[4], timestamp);
  write32(&out[8], stream.ssrc);
  size_t extensions = write_extensions(&out[12], stream);
  out[0] = extensions ? 0x90 : 0x80;
  uint8_t* payload = &out[12 + extensions];
  std::memset(payload, 0x55, stream.packet_bytes);
  now = now_ns();
  // VP8 payload descriptor (S: a partition begins) and the frame's first byte (bit 0 clear: key frame).
  payload[0] = position == 0 ? 0x10 : 0;
  payload[1] = key ? 0 : 1;
  std::memcpy(payload + 4, &now, sizeof now);
  if (size_t length = out_->protect_rtp(out, 12 + extensions + stream.packet_bytes)) {
    wire_.push(local_, remote_.address, length);
    ++stream.packets_sent;
  }
}

}  // namespace bench
