#pragma once
// RTP packets (RFC 3550) with header extensions (RFC 8285). Parse in place.
#include <optional>
#include <span>
#include <string_view>

#include "engine/sfu/types.h"

namespace parvis::sfu {

struct RtpHeader {
  bool marker = false;
  uint8_t payload_type = 0;
  uint16_t sequence = 0;
  uint32_t timestamp = 0;
  uint32_t ssrc = 0;
  size_t payload_offset = 0;
  size_t payload_length = 0;  // without padding; 0 for padding only
  size_t extensions_offset = 0, extensions_length = 0;
  bool two_byte_extensions = false;
};

/// Header only: the payload may still be encrypted, so padding is not looked at.
std::optional<RtpHeader> parse_rtp_header(ByteView packet);
/// Of a decrypted packet.
std::optional<RtpHeader> parse_rtp(ByteView packet);

/// The value of extension `id`; empty when absent. An audio level or a mid is never empty when present.
ByteView extension(ByteView packet, const RtpHeader& header, uint8_t id);

/// RFC 7983: what a datagram is.
enum class Protocol : uint8_t { unknown, stun, dtls, rtp, rtcp };
Protocol protocol_of(ByteView datagram);

}  // namespace parvis::sfu
