#pragma once
// STUN binding requests of ICE (RFC 8489, RFC 8445) for a lite agent: read, checked, answered. No state.
#include <optional>
#include <span>
#include <string_view>

#include "base/bytes.h"
#include "platform/udp_batch.h"

namespace parvis::sfu {

struct StunRequest {
  std::string_view local_ufrag;   // before the ':' of USERNAME
  std::string_view remote_ufrag;  // after it
  bool use_candidate = false;
  ByteView transaction;         // 12 bytes
  size_t integrity_offset = 0;  // of the MESSAGE-INTEGRITY attribute
};

/// A binding request with USERNAME, MESSAGE-INTEGRITY and a right FINGERPRINT; views into `datagram`.
std::optional<StunRequest> parse_stun_request(ByteView datagram);
bool stun_integrity_holds(ByteView datagram, const StunRequest& request, std::string_view password);
/// A success response with XOR-MAPPED-ADDRESS; its length (at most 80).
size_t write_stun_response(std::span<uint8_t> out, const StunRequest& request, const Peer& peer,
                           std::string_view password);
/// A binding request, for the ICE side that checks (test clients, the load generator).
size_t write_stun_request(std::span<uint8_t> out, ByteView transaction, std::string_view username,
                          std::string_view password, bool nominates = true);

}  // namespace parvis::sfu
