#pragma once
// Signing JSON (appendices) and events (server-server API, "Signing Events"). The event id does not cover
// signatures, so a room without remote members may be signed when it first federates.
#include <string>
#include <string_view>

#include "engine/matrix/canonical_json.h"
#include "engine/matrix/crypto.h"
#include "engine/matrix/room_version.h"

namespace parvis::matrix {

/// The object with `signatures[entity][key.key_id()]` set; other signatures and `unsigned` stay.
std::string sign_json(std::string_view canonical_object, std::string_view entity, const SigningKey& key);
/// False when the signature is absent, malformed or wrong.
bool verify_json(std::string_view canonical_object, std::string_view entity, std::string_view key_id,
                 const PublicKey& key);

/// Signs the redacted form and puts the signature on the whole PDU.
std::string sign_event(RoomVersion version, std::string_view canonical_pdu, std::string_view server,
                       const SigningKey& key);
bool verify_event(RoomVersion version, std::string_view canonical_pdu, std::string_view server,
                  std::string_view key_id, const PublicKey& key);

}  // namespace parvis::matrix
