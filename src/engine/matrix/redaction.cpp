#include "engine/matrix/redaction.h"

#include <algorithm>
#include <cstdint>
#include <span>

#include "engine/matrix/canonical_object.h"
#include "engine/matrix/identifiers.h"

namespace parvis::matrix {
namespace {

using Keys = std::span<const std::string_view>;

constexpr std::string_view event_keys_v10[] = {"auth_events", "content",    "depth",   "event_id",
                                               "hashes",      "membership", "origin",  "origin_server_ts",
                                               "prev_events", "prev_state", "room_id", "sender",
                                               "signatures",  "state_key",  "type"};
constexpr std::string_view event_keys_v11[] = {"auth_events", "content",          "depth",       "event_id",
                                               "hashes",      "origin_server_ts", "prev_events", "room_id",
                                               "sender",      "signatures",       "state_key",   "type"};

constexpr std::string_view member_keys[] = {"membership", "join_authorised_via_users_server"};
constexpr std::string_view create_keys_v10[] = {"creator"};
constexpr std::string_view join_rules_keys[] = {"join_rule", "allow"};
constexpr std::string_view power_keys_v10[] = {"ban",    "events",        "events_default", "kick",
                                               "redact", "state_default", "users",          "users_default"};
constexpr std::string_view power_keys_v11[] = {
    "ban", "events", "events_default", "invite", "kick", "redact", "state_default", "users", "users_default"};
constexpr std::string_view visibility_keys[] = {"history_visibility"};
constexpr std::string_view redaction_keys_v11[] = {"redacts"};

bool contains(Keys keys, std::string_view key) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

Keys content_keys(bool v11, std::string_view type) {
  if (type == "m.room.member") return member_keys;
  if (type == "m.room.create" && !v11) return create_keys_v10;
  if (type == "m.room.join_rules") return join_rules_keys;
  if (type == "m.room.power_levels") return v11 ? Keys(power_keys_v11) : Keys(power_keys_v10);
  if (type == "m.room.history_visibility") return visibility_keys;
  if (type == "m.room.redaction" && v11) return redaction_keys_v11;
  return {};
}

void put(std::string& out, std::string_view key, std::string_view value) {
  if (out.back() != '{') out.push_back(',');
  out.append("\"").append(key).append("\":").append(value);
}

}  // namespace

std::string redact_content(RoomVersion version, std::string_view type, std::string_view content) {
  bool v11 = has_v11_redactions(version);
  if (type == "m.room.create" && v11) return std::string(content);
  auto keys = content_keys(v11, type);
  std::string out = "{";
  if (!keys.empty()) {
    ObjectReader members(content);
    while (auto member = members.next()) {
      if (contains(keys, member->key)) {
        put(out, member->key, member->value);
      } else if (v11 && type == "m.room.member" && member->key == "third_party_invite") {
        if (!member->value.starts_with('{')) continue;
        auto kept = member_of(member->value, "signed");
        put(out, member->key, kept.empty() ? "{}" : std::string("{\"signed\":").append(kept).append("}"));
      }
    }
  }
  out.push_back('}');
  return out;
}

std::string redact(RoomVersion version, std::string_view canonical_pdu) {
  auto type = decode_string(member_of(canonical_pdu, "type")).value_or("");
  Keys keys = has_v11_redactions(version) ? Keys(event_keys_v11) : Keys(event_keys_v10);
  std::string out = "{";
  out.reserve(canonical_pdu.size());
  ObjectReader members(canonical_pdu);
  while (auto member = members.next()) {
    if (!contains(keys, member->key)) continue;
    if (member->key == "content") {
      put(out, member->key, redact_content(version, type, member->value));
    } else {
      put(out, member->key, member->value);
    }
  }
  out.push_back('}');
  return out;
}

bool redaction_applies(std::string_view redaction_sender, std::string_view original_sender,
                       int64_t sender_power, int64_t redact_level) {
  return sender_power >= redact_level || server_of(redaction_sender) == server_of(original_sender);
}

}  // namespace parvis::matrix
