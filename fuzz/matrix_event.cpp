// Received PDUs: reading, redaction, hashes; and building from any content. First byte: room version and
// mode.
#include "base/check.h"
#include "engine/matrix/auth_rules.h"
#include "engine/matrix/event.h"
#include "engine/matrix/redaction.h"
#include "engine/matrix/relations.h"
#include "engine/matrix/signing.h"

using namespace parvis;
using namespace parvis::matrix;

namespace {

void received(RoomVersion version, const Canonical& pdu) {
  auto redacted = redact(version, pdu.text());
  CHECK(redact(version, redacted) == redacted);
  CHECK(Canonical::parse(redacted, {.max_bytes = max_event_bytes * 2, .max_depth = 64})->text() == redacted);
  CHECK(event_id_of(version, pdu.text()) == event_id_of(version, redacted));
  (void)content_hash_matches(pdu.text());
  (void)verify_json(pdu.text(), "a", "ed25519:1", PublicKey{});
  auto event = read_event(version, pdu.text());
  if (!event) return;
  auto client = json::parse(event->client.bytes, {.max_bytes = max_event_bytes * 2, .max_depth = 64});
  CHECK(client && json::text(*client, "event_id") == event->event_id);
  auto content = event->content();
  (void)check_relation(content);
  RoomState state;
  if (event->is_state()) state.apply(StateEvent::make(*event));
  AuthInput input{
      .room_id = event->room_id, .type = event->type, .sender = event->sender, .content = &content};
  if (event->state_key) input.state_key = *event->state_key;
  (void)authorize(version, input, state);
  (void)select_auth_events(version, input, state);
}

void built(RoomVersion version, std::string_view type, const Canonical& content) {
  bool create = has_hashed_room_id(version) && type == "m.room.create";
  EventDraft draft{.room_id = create ? "" : "!r:a.fr",
                   .type = type,
                   .state_key = "",
                   .sender = "@a:a.fr",
                   .content = &content};
  auto event = build_event(version, draft);
  if (!event) return;
  CHECK(event_id_of(version, event->pdu) == event->event.event_id);
  CHECK(content_hash_matches(event->pdu));
  auto read = read_event(version, event->pdu);
  CHECK(read && read->client.bytes == event->event.client.bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1) return 0;
  auto version = room_versions[data[0] % 3];
  auto text = Canonical::parse({reinterpret_cast<const char*>(data) + 1, size - 1});
  if (!text) return 0;
  constexpr std::string_view types[] = {"m.room.message",      "m.room.member",    "m.room.create",
                                        "m.room.power_levels", "m.room.redaction", "m.room.join_rules",
                                        "m.room.name\n\"é"};
  received(version, *text);
  built(version, types[data[0] / 3 % std::size(types)], *text);
  return 0;
}
