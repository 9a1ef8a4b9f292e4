#include "engine/matrix/event.h"

#include <fmt/format.h>

#include <charconv>

#include "base/bytes.h"
#include "engine/matrix/canonical_object.h"
#include "engine/matrix/crypto.h"
#include "engine/matrix/errors.h"
#include "engine/matrix/identifiers.h"
#include "engine/matrix/redaction.h"

namespace parvis::matrix {
namespace {

constexpr std::string_view not_in_content_hash[] = {"hashes", "signatures", "unsigned"};
constexpr std::string_view not_in_reference_hash[] = {"signatures", "unsigned"};

void append_integer(std::string& out, int64_t number) {
  char digits[24];
  auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(digits, static_cast<size_t>(end - digits));
}

void append_ids(std::string& out, std::span<const std::string> ids) {
  out.push_back('[');
  for (const auto& id : ids) {
    if (&id != ids.data()) out.push_back(',');
    append_canonical_string(out, id);
  }
  out.push_back(']');
}

std::string event_id_from(const Sha256& hash) { return "$" + to_base64(hash, Base64::url_unpadded); }

Result<void> check_draft(RoomVersion version, const EventDraft& draft) {
  auto too_long = [](std::string_view field) { return field.size() > max_field_bytes; };
  if (too_long(draft.type) || too_long(draft.sender) || too_long(draft.room_id) ||
      too_long(draft.state_key.value_or("")))
    return fail(errors::event_too_large, "a field is over 255 bytes");
  if (!draft.content->is_object()) return fail(errors::bad_json, "content is not an object");
  if (draft.type.empty()) return fail(errors::bad_json, "the event type is empty");
  if (!parse_user_id(draft.sender)) return fail(errors::bad_json, "the sender is not a user id");
  bool hashed_create = has_hashed_room_id(version) && draft.type == "m.room.create" && draft.state_key == "";
  if (hashed_create != draft.room_id.empty())
    return fail(errors::bad_json, "room id against the room version");
  if (!hashed_create && !parse_room_id(draft.room_id)) return fail(errors::bad_json, "malformed room id");
  if (draft.prev_events.size() > max_prev_events || draft.auth_events.size() > max_auth_events)
    return fail(errors::event_too_large, "too many prev_events or auth_events");
  if (draft.depth < 0 || draft.depth > max_integer || draft.origin_server_ts < -max_integer ||
      draft.origin_server_ts > max_integer)
    return fail(errors::bad_json, "depth or time out of range");
  return {};
}

/// Members after `hashes`, in order. A v10 redaction keeps no `redacts`.
void append_tail(std::string& out, const EventDraft& draft, bool with_redacts) {
  out.append(",\"origin_server_ts\":");
  append_integer(out, draft.origin_server_ts);
  out.append(",\"prev_events\":");
  append_ids(out, draft.prev_events);
  auto text = [&](std::string_view name, std::string_view value) {
    out.append(name);
    append_canonical_string(out, value);
  };
  if (with_redacts) text(",\"redacts\":", draft.redacts);
  if (!draft.room_id.empty()) text(",\"room_id\":", draft.room_id);
  text(",\"sender\":", draft.sender);
  if (draft.state_key) text(",\"state_key\":", *draft.state_key);
  text(",\"type\":", draft.type);
  out.push_back('}');
}

ClientEvent make_client(const Event& event, std::string_view content) {
  ClientEvent client;
  auto& out = client.bytes;
  out.reserve(content.size() + event.event_id.size() + event.room_id.size() + event.sender.size() +
              event.type.size() + event.redacts.size() + event.state_key.value_or("").size() + 128);
  auto text = [&](std::string_view name, std::string_view value) {
    out.append(name);
    append_canonical_string(out, value);
  };
  text("{\"room_id\":", event.room_id);
  out.push_back(',');
  client.body_at = static_cast<uint32_t>(out.size());
  out.append("\"content\":");
  client.content_at = static_cast<uint32_t>(out.size());
  // Clients of either convention find `redacts` where they look (rooms/v11, "Moving the redacts property").
  if (!event.redacts.empty() && !has_v11_redactions(event.version)) {
    std::string quoted;
    append_canonical_string(quoted, event.redacts);
    out.append(with_member(content, "redacts", quoted));
  } else {
    out.append(content);
  }
  client.content_size = static_cast<uint32_t>(out.size()) - client.content_at;
  text(",\"event_id\":", event.event_id);
  out.append(",\"origin_server_ts\":");
  append_integer(out, event.origin_server_ts);
  if (!event.redacts.empty()) text(",\"redacts\":", event.redacts);
  text(",\"sender\":", event.sender);
  if (event.state_key) text(",\"state_key\":", *event.state_key);
  text(",\"type\":", event.type);
  out.push_back('}');
  return client;
}

}  // namespace

size_t ClientEvent::size(bool with_room_id, size_t unsigned_size) const {
  constexpr size_t unsigned_key = std::string_view(",\"unsigned\":").size();
  return bytes.size() - (with_room_id ? 0 : body_at - 1) + (unsigned_size ? unsigned_key + unsigned_size : 0);
}

void ClientEvent::append(std::string& out, bool with_room_id, std::string_view unsigned_json) const {
  size_t from = with_room_id ? 1 : body_at;
  out.push_back('{');
  out.append(bytes, from, bytes.size() - from - 1);
  if (!unsigned_json.empty()) out.append(",\"unsigned\":").append(unsigned_json);
  out.push_back('}');
}

json::Value Event::content() const {
  auto value = json::parse(content_text(), {.max_bytes = max_event_bytes * 2, .max_depth = 64});
  return value ? std::move(*value) : json::Value(json::Object{});
}

Result<BuiltEvent> build_event(RoomVersion version, const EventDraft& draft) {
  TRY(check_draft(version, draft));
  bool redaction = draft.type == "m.room.redaction" && !draft.redacts.empty();
  std::string moved;
  std::string_view content = draft.content->text();
  if (redaction && has_v11_redactions(version)) {
    std::string quoted;
    append_canonical_string(quoted, draft.redacts);
    moved = with_member(content, "redacts", quoted);
    content = moved;
  }
  bool redacts_on_top = redaction && !has_v11_redactions(version);

  BuiltEvent built;
  auto& pdu = built.pdu;
  pdu.reserve(content.size() + (draft.prev_events.size() + draft.auth_events.size()) * 48 + 640);
  pdu.append("{\"auth_events\":");
  append_ids(pdu, draft.auth_events);
  pdu.append(",\"content\":");
  size_t content_at = pdu.size();
  pdu.append(content);
  size_t content_end = pdu.size();
  pdu.append(",\"depth\":");
  append_integer(pdu, draft.depth);
  size_t hashes_at = pdu.size();
  append_tail(pdu, draft, redacts_on_top);

  std::string hashes = ",\"hashes\":{\"sha256\":\"";
  hashes.append(to_base64(sha256(pdu), Base64::standard_unpadded)).append("\"}");
  pdu.insert(hashes_at, hashes);
  if (pdu.size() + signature_reserve_bytes > max_event_bytes)
    return fail(errors::event_too_large, "event too large");

  std::string reference;
  reference.reserve(pdu.size());
  reference.append(pdu, 0, content_at).append(redact_content(version, draft.type, content));
  reference.append(pdu, content_end, hashes_at + hashes.size() - content_end);
  append_tail(reference, draft, false);

  auto& event = built.event;
  event.event_id = event_id_from(sha256(reference));
  event.room_id = draft.room_id.empty() ? room_id_of_create(event.event_id) : std::string(draft.room_id);
  event.type = draft.type;
  event.sender = draft.sender;
  if (draft.state_key) event.state_key = std::string(*draft.state_key);
  if (redaction) event.redacts = draft.redacts;
  event.origin_server_ts = draft.origin_server_ts;
  event.depth = draft.depth;
  event.version = version;
  event.client = make_client(event, content);
  return built;
}

Result<Event> read_event(RoomVersion version, std::string_view canonical_pdu, std::string_view event_id) {
  Event event;
  event.version = version;
  std::string_view content;
  ObjectReader members(canonical_pdu);
  auto take = [](std::string& field, std::string_view value) {
    auto text = decode_string(value);
    if (text) field = std::move(*text);
    return text.has_value() && field.size() <= max_field_bytes;
  };
  while (auto member = members.next()) {
    bool good = true;
    if (member->key == "content") {
      content = member->value;
    } else if (member->key == "room_id") {
      good = take(event.room_id, member->value);
    } else if (member->key == "type") {
      good = take(event.type, member->value);
    } else if (member->key == "sender") {
      good = take(event.sender, member->value);
    } else if (member->key == "state_key") {
      good = take(event.state_key.emplace(), member->value);
    } else if (member->key == "redacts" && !has_v11_redactions(version)) {
      if (!take(event.redacts, member->value)) event.redacts.clear();
    } else if (member->key == "depth" || member->key == "origin_server_ts") {
      auto number = decode_integer(member->value);
      good = number.has_value();
      (member->key == "depth" ? event.depth : event.origin_server_ts) = number.value_or(0);
    }
    if (!good) return fail(errors::bad_json, fmt::format("PDU member {}", member->key));
  }
  if (!content.starts_with('{') || event.type.empty() || !parse_user_id(event.sender))
    return fail(errors::bad_json, "PDU without content, type or sender");
  if (has_v11_redactions(version) && event.type == "m.room.redaction") {
    if (!take(event.redacts, member_of(content, "redacts"))) event.redacts.clear();
  }
  event.event_id = event_id.empty() ? event_id_of(version, canonical_pdu) : std::string(event_id);
  if (event.room_id.empty()) {
    if (!has_hashed_room_id(version) || event.type != "m.room.create")
      return fail(errors::bad_json, "no room id");
    event.room_id = room_id_of_create(event.event_id);
  }
  event.client = make_client(event, content);
  return event;
}

std::string event_id_of(RoomVersion version, std::string_view canonical_pdu) {
  return event_id_from(sha256(without_members(redact(version, canonical_pdu), not_in_reference_hash)));
}

std::string content_hash_of(std::string_view canonical_pdu) {
  return to_base64(sha256(without_members(canonical_pdu, not_in_content_hash)), Base64::standard_unpadded);
}

bool content_hash_matches(std::string_view canonical_pdu) {
  auto stated = decode_string(member_of(member_of(canonical_pdu, "hashes"), "sha256"));
  Bytes bytes;
  if (!stated || !from_base64(*stated, Base64::standard_unpadded, bytes)) return false;
  auto expected = sha256(without_members(canonical_pdu, not_in_content_hash));
  return std::equal(bytes.begin(), bytes.end(), expected.begin(), expected.end());
}

UnsignedData& UnsignedData::raw(std::string_view key, std::string_view json) {
  if (!members_.empty()) members_.push_back(',');
  members_.append("\"").append(key).append("\":").append(json);
  return *this;
}

namespace {
std::string quoted(std::string_view text) {
  std::string out;
  json::append_quoted(out, text);
  return out;
}
}  // namespace

UnsignedData& UnsignedData::age(int64_t ms) { return raw("age", fmt::format("{}", ms)); }
UnsignedData& UnsignedData::transaction_id(std::string_view id) { return raw("transaction_id", quoted(id)); }
UnsignedData& UnsignedData::membership(std::string_view membership) {
  return raw("membership", quoted(membership));
}
UnsignedData& UnsignedData::prev_content(std::string_view json) { return raw("prev_content", json); }
UnsignedData& UnsignedData::replaces_state(std::string_view event_id) {
  return raw("replaces_state", quoted(event_id));
}
UnsignedData& UnsignedData::redacted_because(std::string_view json) { return raw("redacted_because", json); }
UnsignedData& UnsignedData::relations(std::string_view json) { return raw("m.relations", json); }

std::string UnsignedData::text() const { return members_.empty() ? std::string{} : "{" + members_ + "}"; }

}  // namespace parvis::matrix
