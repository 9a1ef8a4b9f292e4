#pragma once
// Messages of the Hocuspocus provider and server, versions 2 to 4: an address (document, or document NUL
// session), a type, a body. Decoded views point into the message. Sans-IO; the flow is described with each
// type.
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "engine/crdt/sync_protocol.h"

namespace parvis::crdt {

struct HocuspocusMessage {
  enum class Type : uint8_t {
    sync = 0,                 // both ways
    awareness = 1,            // both ways
    auth = 2,                 // token to the server; request, denial, success back
    query_awareness = 3,      // to the server
    sync_reply = 4,           // as sync, but never answered with a step 1
    stateless = 5,            // both ways
    broadcast_stateless = 6,  // between servers; a client that sends it is closed
    close = 7,                // to the server: leave this document; back: left, or thrown out
    sync_status = 8,          // back: one for every step 2 and update
    ping = 9,                 // version 4; the whole message is this byte
    pong = 10,
  };
  enum class Auth : uint8_t { token = 0, denied = 1, authenticated = 2 };

  std::string_view address;  // echoed as it is in every answer
  Type type = Type::sync;
  SyncMessage sync;
  ByteView awareness;
  Auth auth = Auth::token;
  /// Token, reason of a denial, scope ("readonly", "read-write"), stateless payload, reason of a close.
  std::string_view text;
  /// False for an empty auth token body (a request for the token) and an empty close.
  bool has_text = false;
  std::string_view provider_version;  // version 4 providers append it to the token
  bool applied = false;               // sync_status

  std::string_view document() const { return address.substr(0, address.find('\0')); }
  std::optional<std::string_view> session() const {
    size_t mark = address.find('\0');
    if (mark == std::string_view::npos) return std::nullopt;
    return address.substr(mark + 1);
  }
};

/// reasons::malformed; reasons::too_large for an address longer than `max_address_bytes`.
inline constexpr size_t max_address_bytes = 1024;
Result<HocuspocusMessage> decode_hocuspocus(ByteView message);
/// Writes any message that decode_hocuspocus reads.
Bytes encode_hocuspocus(const HocuspocusMessage& message);

// What a server sends.
Bytes hocuspocus_sync(std::string_view address, SyncStep step, ByteView body);
Bytes hocuspocus_awareness(std::string_view address, ByteView awareness);
Bytes hocuspocus_denied(std::string_view address, std::string_view reason);
Bytes hocuspocus_authenticated(std::string_view address, bool read_only);
Bytes hocuspocus_sync_status(std::string_view address, bool applied);
Bytes hocuspocus_stateless(std::string_view address, std::string_view payload);
Bytes hocuspocus_close(std::string_view address, std::string_view reason);

}  // namespace parvis::crdt
