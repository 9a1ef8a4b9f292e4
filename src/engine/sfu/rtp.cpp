#include "engine/sfu/rtp.h"

namespace parvis::sfu {
namespace {

constexpr size_t fixed_header = 12;
constexpr uint16_t one_byte_profile = 0xBEDE;
constexpr uint16_t two_byte_profile = 0x1000;  // the low four bits are free

uint16_t read16(ByteView bytes, size_t at) { return static_cast<uint16_t>(bytes[at] << 8 | bytes[at + 1]); }
uint32_t read32(ByteView bytes, size_t at) {
  return uint32_t{read16(bytes, at)} << 16 | read16(bytes, at + 2);
}

}  // namespace

std::optional<RtpHeader> parse_rtp_header(ByteView packet) {
  if (packet.size() < fixed_header || packet[0] >> 6 != 2) return std::nullopt;
  RtpHeader out{.marker = (packet[1] & 0x80) != 0,
                .payload_type = static_cast<uint8_t>(packet[1] & 0x7f),
                .sequence = read16(packet, 2),
                .timestamp = read32(packet, 4),
                .ssrc = read32(packet, 8)};
  size_t at = fixed_header + 4 * (packet[0] & 0x0f);
  if (packet[0] & 0x10) {
    if (packet.size() < at + 4) return std::nullopt;
    uint16_t profile = read16(packet, at);
    size_t length = size_t{4} * read16(packet, at + 2);
    at += 4;
    if (packet.size() < at + length) return std::nullopt;
    out.two_byte_extensions = (profile & 0xfff0) == two_byte_profile;
    if (profile == one_byte_profile || out.two_byte_extensions) {
      out.extensions_offset = at;
      out.extensions_length = length;
    }
    at += length;
  }
  if (packet.size() < at) return std::nullopt;
  out.payload_offset = at;
  out.payload_length = packet.size() - at;
  return out;
}

std::optional<RtpHeader> parse_rtp(ByteView packet) {
  auto out = parse_rtp_header(packet);
  if (!out || !(packet[0] & 0x20)) return out;
  size_t padding = out->payload_length ? packet.back() : 0;
  if (padding == 0 || padding > out->payload_length) return std::nullopt;
  out->payload_length -= padding;
  return out;
}

ByteView extension(ByteView packet, const RtpHeader& header, uint8_t id) {
  if (id == 0) return {};
  ByteView all = packet.subspan(header.extensions_offset, header.extensions_length);
  size_t at = 0;
  while (at < all.size()) {
    if (all[at] == 0) {  // padding
      ++at;
      continue;
    }
    uint8_t found;
    size_t length;
    if (header.two_byte_extensions) {
      if (at + 2 > all.size()) return {};
      found = all[at];
      length = all[at + 1];
      at += 2;
    } else {
      found = all[at] >> 4;
      length = (all[at] & 0x0f) + size_t{1};
      at += 1;
      if (found == 15) return {};
    }
    if (at + length > all.size()) return {};
    if (found == id) return all.subspan(at, length);
    at += length;
  }
  return {};
}

Protocol protocol_of(ByteView datagram) {
  if (datagram.size() < 12) return Protocol::unknown;
  uint8_t first = datagram[0];
  if (first <= 3) return Protocol::stun;
  if (first >= 20 && first <= 63) return Protocol::dtls;
  if (first < 128 || first > 191) return Protocol::unknown;
  // RFC 5761: packet types 192…223 are RTCP.
  return datagram[1] >= 192 && datagram[1] <= 223 ? Protocol::rtcp : Protocol::rtp;
}

}  // namespace parvis::sfu
