#pragma once
// The redaction algorithm (rooms/v10 and rooms/v11, "Redactions") on canonical text.
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/matrix/room_version.h"

namespace parvis::matrix {

/// The PDU with everything stripped that a redaction strips. Idempotent; keeps the event id.
std::string redact(RoomVersion version, std::string_view canonical_pdu);
/// The `content` that remains for an event of that type.
std::string redact_content(RoomVersion version, std::string_view type, std::string_view content);

/// Whether a redaction by `sender` is applied (rooms/v3, "Handling redactions"): own server or redact level.
bool redaction_applies(std::string_view redaction_sender, std::string_view original_sender,
                       int64_t sender_power, int64_t redact_level);

}  // namespace parvis::matrix
