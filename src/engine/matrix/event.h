#pragma once
// Building events (room versions 10–12): PDU bytes as stored and hashed, event id, and the bytes clients get.
// All values; no I/O. One event costs a few microseconds: canonical content in, two hashes, two strings out.
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/matrix/canonical_json.h"
#include "engine/matrix/room_version.h"

namespace parvis::matrix {

inline constexpr size_t max_field_bytes = 255;  // sender, room_id, type, state_key, event_id
inline constexpr size_t max_prev_events = 20;
inline constexpr size_t max_auth_events = 10;
/// Kept free below max_event_bytes for `signatures`, because signing is lazy.
inline constexpr size_t signature_reserve_bytes = 512;

/// What to build. Views must stay valid during build_event only.
struct EventDraft {
  std::string_view room_id;  // empty for a v12 m.room.create
  std::string_view type;
  std::optional<std::string_view> state_key;
  std::string_view sender;
  const Canonical* content = nullptr;  // never null when building
  int64_t origin_server_ts = 0;        // ms
  int64_t depth = 1;                   // max(depth of prev_events) + 1
  std::span<const std::string> prev_events;
  std::span<const std::string> auth_events;  // see select_auth_events
  std::string_view redacts;                  // m.room.redaction only; placed where the version wants it
};

/// Client-format JSON, serialised once: {"room_id":…,"content":…,"event_id":…,…} without `unsigned`.
/// The room id comes first so that /sync, whose events omit it, copies the tail.
struct ClientEvent {
  std::string bytes;
  uint32_t body_at = 0;     // first byte after `"room_id":"…",`
  uint32_t content_at = 0;  // canonical content, a slice of bytes
  uint32_t content_size = 0;

  std::string_view content() const { return std::string_view(bytes).substr(content_at, content_size); }
  /// Bytes that append() will add, for exact reservations.
  size_t size(bool with_room_id, size_t unsigned_size) const;
  /// Appends the event; `unsigned_json` is an object's text ("{…}"), or empty for none.
  void append(std::string& out, bool with_room_id, std::string_view unsigned_json = {}) const;
};

struct Event {
  std::string event_id;
  std::string room_id;
  std::string type;
  std::string sender;
  std::optional<std::string> state_key;
  std::string redacts;  // event id; empty unless m.room.redaction
  int64_t origin_server_ts = 0;
  int64_t depth = 0;
  RoomVersion version = default_room_version;
  ClientEvent client;

  bool is_state() const { return state_key.has_value(); }
  std::string_view content_text() const { return client.content(); }
  /// The content as a tree. Content was accepted once, so this does not fail.
  json::Value content() const;
};

struct BuiltEvent {
  Event event;
  std::string pdu;  // canonical, with `hashes`, without `signatures` and `unsigned`
};

/// errors::bad_json (content is not an object, an identifier is malformed), errors::event_too_large
/// (event over its limits).
Result<BuiltEvent> build_event(RoomVersion version, const EventDraft& draft);

/// Reads a stored or received PDU. `event_id` is computed when empty. Unknown members are ignored.
/// A redacted PDU (see redact) gives the event as redacted.
Result<Event> read_event(RoomVersion version, std::string_view canonical_pdu, std::string_view event_id = {});

/// "$" + URL-safe base64 of the reference hash.
std::string event_id_of(RoomVersion version, std::string_view canonical_pdu);
/// Unpadded base64 of the content hash.
std::string content_hash_of(std::string_view canonical_pdu);
/// Whether `hashes.sha256` holds; when not, a received event is to be used redacted.
bool content_hash_matches(std::string_view canonical_pdu);

/// What goes into `unsigned`. Absent members are not written; text() is empty when nothing is present.
class UnsignedData {
 public:
  UnsignedData& age(int64_t ms);
  UnsignedData& transaction_id(std::string_view id);  // only to the device that sent it
  UnsignedData& membership(std::string_view membership);
  UnsignedData& prev_content(std::string_view json);  // with replaces_state when given
  UnsignedData& replaces_state(std::string_view event_id);
  UnsignedData& redacted_because(std::string_view client_event_json);
  UnsignedData& relations(std::string_view json);  // "m.relations"
  UnsignedData& raw(std::string_view key, std::string_view json);
  /// "{…}", or empty.
  std::string text() const;

 private:
  std::string members_;
};

}  // namespace parvis::matrix
