#include "module/meetings/automation.h"

#include "base/utf8.h"
#include "module/meetings/reasons.h"

namespace parvis {
namespace {

constexpr std::string_view bot_prefix = "a:";

std::string own_prefix(const MeetingKey& key) { return std::string(bot_prefix) + key.id.text() + ":"; }

/// What others are shown: never authenticated, never a host.
std::string bot_metadata() {
  std::string out;
  json::Writer(out)
      .begin_object()
      .field("verified", false)
      .field("host", false)
      .field("bot", true)
      .end_object();
  return out;
}

bool readable(std::string_view text) {
  if (!utf8::valid(text)) return false;
  for (char c : text) {
    if (static_cast<uint8_t>(c) < 0x20 || c == 0x7f) return false;
  }
  return true;
}

}  // namespace

bool is_bot(std::string_view identity) { return identity.starts_with(bot_prefix); }

Automation::Automation(Context& context, Meetings& meetings, MeetingKeys& keys)
    : context_(context),
      meetings_(meetings),
      keys_(keys),
      review_(context.env.loop, review_every_us, [this] { meetings_.review_bots(); }) {
  meetings_.use_automation(*this);
  keys_.on_revoked([this](MeetingKeyId) { meetings_.review_bots(); });
}

Result<KeyCaller> Automation::caller(std::string_view token) const {
  const MeetingKey* key = keys_.find(TRY(token_issuer_of(token)));
  if (!key) return fail(meeting_reasons::token, "issuer");
  return KeyCaller{*key, TRY(read_token(token, keys_.secret_of(key->id), context_.env.clock.now()))};
}

Task<Result<Meeting>> Automation::find(KeyCaller caller, std::string room) {
  auto id = MeetingId::parse(room);
  if (!id && (caller.key.space.empty() || room.empty())) co_return fail(reasons::not_found, "meeting id");
  Meeting like{.id = id.value_or(MeetingId()),
               .space = caller.key.space,
               .origin_kind = std::string(origin_kind),
               .origin_id = room,
               .name = {},
               .guest_key = {},
               .document_id = {},
               .created_by = {},
               .created_at = {}};
  auto found = CO_TRY(co_await context_.database.read([like](store::Reader& reader) {
    return like.id.empty() ? meeting_store::by_origin(reader, like) : meeting_store::find(reader, like.id);
  }));
  if (!found) co_return fail(reasons::not_found, "meeting");
  if (!keys_.may(caller.key, Action::meeting_join, found->space).allowed)
    co_return fail(reasons::not_found, "meeting");
  co_return std::move(*found);
}

Task<Result<Meeting>> Automation::find_or_make(KeyCaller caller, std::string room) {
  auto known = co_await find(caller, room);
  if (known || MeetingId::parse(room) || caller.key.space.empty()) co_return std::move(known);
  if (room.empty() || room.size() > Meetings::max_name_bytes || !readable(room))
    co_return fail(meeting_reasons::name);
  const auto* rule = CO_TRY(require(caller, Action::meeting_open, caller.key.space));
  Meeting meeting{.id = context_.env.new_id<MeetingId>(),
                  .space = caller.key.space,
                  .origin_kind = std::string(origin_kind),
                  .origin_id = room,
                  .name = room,
                  .guest_key = {},
                  .document_id = {},
                  .created_by = caller.key.created_by,
                  .created_at = context_.env.clock.now()};
  co_return co_await context_.database.write(
      [meeting, key = caller.key, rule](store::Transaction& transaction) -> Result<Meeting> {
        if (TRY(meeting_store::count(transaction, meeting.space)) >= Meetings::max_per_space)
          return fail(meeting_reasons::too_many);
        if (TRY(meeting_store::insert(transaction, meeting))) {
          TRY(transaction.publish({.kind = "meeting.created",
                                   .actor = MeetingKeys::audit_name(key),
                                   .space = meeting.space.text(),
                                   .subject = meeting.id.text(),
                                   .payload = MeetingKeys::audit_payload(key),
                                   .rule = rule->id}));
        }
        return *TRY(meeting_store::by_origin(transaction, meeting));
      });
}

std::string Automation::name_of(const MeetingKey& key, const Meeting& meeting) {
  bool named = meeting.origin_kind == origin_kind && key.space == meeting.space;
  return named ? meeting.origin_id : meeting.id.text();
}

Task<Result<livekit::Grant>> Automation::admit(std::string token) {
  auto caller = CO_TRY(this->caller(token));
  const TokenClaims& claims = caller.claims;
  if (!claims.room_join || claims.room.empty()) co_return fail(meeting_reasons::token, "roomJoin or room");
  if (claims.identity.empty() || claims.identity.size() > max_bot_name_bytes || !readable(claims.identity))
    co_return fail(meeting_reasons::bot_identity);
  auto meeting = CO_TRY(co_await find(caller, claims.room));
  auto identity = own_prefix(caller.key) + claims.identity;
  bool barred = CO_TRY(co_await context_.database.read([id = meeting.id, identity](store::Reader& reader) {
    return meeting_store::has_mark(reader, id, identity, meeting_store::Mark::barred);
  }));
  if (barred) co_return fail(meeting_reasons::barred);
  bool inside = meetings_.breakouts().room_of(meeting.id, identity).has_value();
  if (meeting.locked && !claims.room_admin && !inside) co_return fail(meeting_reasons::locked);
  auto name = std::string(utf8::trim(claims.name));
  if (name.empty() || name.size() > Meetings::max_guest_name_bytes || !readable(name)) name = claims.identity;
  livekit::Grant grant{.room = room_name(meeting.id, meetings_.breakouts().place_of(meeting.id, identity)),
                       .identity = std::move(identity),
                       .name = std::move(name),
                       .metadata = bot_metadata(),
                       .attributes = claims.attributes,
                       .permission = claims.permission};
  // Everybody sees who is there, and hosts are people.
  grant.permission.hidden = grant.permission.room_admin = grant.permission.update_own_metadata = false;
  meetings_.follow(meeting);
  co_return grant;
}

bool Automation::may_stay(std::string_view identity, SpaceId space) const {
  if (!is_bot(identity)) return false;
  identity.remove_prefix(bot_prefix.size());
  const MeetingKey* key = keys_.find(identity.substr(0, identity.find(':')));
  return key && keys_.may(*key, Action::meeting_join, space).allowed;
}

std::string Automation::identity_for(const MeetingKey& key, const std::string& identity) {
  bool known = identity.starts_with("p:") || identity.starts_with("g:") || is_bot(identity);
  return known ? identity : own_prefix(key) + identity;
}

bool Automation::is_own_bot(const MeetingKey& key, std::string_view identity) {
  return identity.starts_with(own_prefix(key));
}

}  // namespace parvis
