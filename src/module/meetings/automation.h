#pragma once
// What keys for automation reach: meetings of their space, or all. Bots that enter with a key's token; the
// calls of RoomService are in room_service.h. Loop thread only.
#include <string>

#include "core/periodic.h"
#include "module/meetings/meeting_keys.h"
#include "module/meetings/meetings.h"
#include "module/meetings/token_claims.h"

namespace parvis {

/// A call, or an entry, with a key: what its token says, and whose it is.
struct KeyCaller {
  MeetingKey key;
  TokenClaims claims;
};

class Automation {
 public:
  static constexpr size_t max_bot_name_bytes = 80;  // of the identity that a token gives
  static constexpr int64_t review_every_us = seconds_us(60);
  static constexpr std::string_view origin_kind = "automation";

  Automation(Context& context, Meetings& meetings, MeetingKeys& keys);

  Result<const Rule*> require(const KeyCaller& caller, Action action, SpaceId space) const {
    return keys_.require(caller.key, action, space);
  }
  /// meeting_reasons::token when the token is not a live key's.
  Result<KeyCaller> caller(std::string_view token) const;
  /// A meeting by its id, or, with a key of a space, by the name under which automation made it there.
  Task<Result<Meeting>> find(KeyCaller caller, std::string room);
  /// The same, made when absent.
  Task<Result<Meeting>> find_or_make(KeyCaller caller, std::string room);
  /// How the key knows a meeting: the name it gave, or the meeting's id.
  static std::string name_of(const MeetingKey& key, const Meeting& meeting);

  /// A bot at the door.
  Task<Result<livekit::Grant>> admit(std::string token);
  /// A bot that comes back with a token of the house, or is there already.
  bool may_stay(std::string_view identity, SpaceId space) const;
  /// "a:<key>:<name>": never a person's "p:…" nor a guest's "g:…". Identities as rooms know them stay as they
  /// are.
  static std::string identity_for(const MeetingKey& key, const std::string& identity);
  static bool is_own_bot(const MeetingKey& key, std::string_view identity);

 private:
  Context& context_;
  Meetings& meetings_;
  MeetingKeys& keys_;
  Periodic review_;  // keys expire
};

bool is_bot(std::string_view identity);

}  // namespace parvis
