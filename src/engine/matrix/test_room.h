#pragma once
// A small room for tests: sends events through authorize() and keeps state, like a room actor would.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "engine/matrix/auth_rules.h"
#include "engine/matrix/event.h"
#include "engine/matrix/identifiers.h"
#include "engine/matrix/room_state.h"

namespace parvis::matrix::test {

inline json::Value value(std::string_view text) {
  auto parsed = json::parse(text);
  REQUIRE_MESSAGE(parsed.has_value(), text);
  return std::move(*parsed);
}
inline Canonical canonical(std::string_view text) {
  auto result = Canonical::parse(text);
  REQUIRE_MESSAGE(result.has_value(), text);
  return *result;
}

struct Room {
  RoomVersion version;
  std::string id;
  RoomState state;
  std::vector<std::string> last;
  int64_t depth = 0;
  bool only_create = false;

  explicit Room(RoomVersion v) : version(v) {}

  Result<BuiltEvent> try_send(std::string_view sender, std::string_view type,
                              std::optional<std::string_view> state_key, std::string_view content_text,
                              std::string_view redacts = {}) {
    auto content = canonical(content_text);
    auto tree = value(content_text);
    AuthInput input{.room_id = id,
                    .type = type,
                    .state_key = state_key,
                    .sender = sender,
                    .content = &tree,
                    .prev_event_count = last.size(),
                    .follows_create_only = only_create};
    TRY(authorize(version, input, state));
    auto auth = select_auth_events(version, input, state);
    EventDraft draft{.room_id = id,
                     .type = type,
                     .state_key = state_key,
                     .sender = sender,
                     .content = &content,
                     .origin_server_ts = 1'700'000'000'000 + depth,
                     .depth = depth + 1,
                     .prev_events = last,
                     .auth_events = auth,
                     .redacts = redacts};
    auto built = TRY(build_event(version, draft));
    only_create = type == "m.room.create";
    if (only_create) id = built.event.room_id;
    last = {built.event.event_id};
    depth = built.event.depth;
    if (built.event.is_state()) state.apply(StateEvent::make(built.event));
    return built;
  }

  BuiltEvent send(std::string_view sender, std::string_view type, std::optional<std::string_view> state_key,
                  std::string_view content, std::string_view redacts = {}) {
    auto built = try_send(sender, type, state_key, content, redacts);
    REQUIRE_MESSAGE(built.has_value(), type, ": ", built.error().detail);
    return std::move(*built);
  }
  bool allows(std::string_view sender, std::string_view type, std::optional<std::string_view> state_key,
              std::string_view content) {
    Room copy = *this;
    return copy.try_send(sender, type, state_key, content).has_value();
  }
  void member(std::string_view sender, std::string_view target, std::string_view membership) {
    send(sender, "m.room.member", target, "{\"membership\":\"" + std::string(membership) + "\"}");
  }
  bool allows_member(std::string_view sender, std::string_view target, std::string_view membership,
                     std::string_view more = {}) {
    return allows(sender, "m.room.member", target,
                  "{\"membership\":\"" + std::string(membership) + "\"" + std::string(more) + "}");
  }
};

inline constexpr std::string_view alice = "@alice:a.fr", bob = "@bob:a.fr", carol = "@carol:b.fr",
                                  dan = "@dan:a.fr";

/// Alice's room with that join rule; in v10 and v11 she has 100, Bob (joined) has 50.
inline Room make_room(RoomVersion version, std::string_view join_rule = "invite", bool with_levels = true) {
  Room room(version);
  if (!has_hashed_room_id(version)) room.id = "!room:a.fr";
  std::string create = "{\"room_version\":\"" + std::string(name_of(version)) + "\"";
  if (version == RoomVersion::v10) create += ",\"creator\":\"@alice:a.fr\"";
  room.send(alice, "m.room.create", "", create + "}");
  room.member(alice, alice, "join");
  if (with_levels)
    room.send(alice, "m.room.power_levels", "",
              has_hashed_room_id(version) ? R"({"users":{"@bob:a.fr":50},"invite":0})"
                                          : R"({"users":{"@alice:a.fr":100,"@bob:a.fr":50},"invite":0})");
  std::string rule = "{\"join_rule\":\"" + std::string(join_rule) + "\"}";
  room.member(alice, bob, "invite");
  room.member(bob, bob, "join");
  room.send(alice, "m.room.join_rules", "", rule);
  return room;
}

}  // namespace parvis::matrix::test
