#include "module/meetings/meeting_keys.h"

#include <algorithm>

#include "base/utf8.h"
#include "core/secret.h"
#include "module/meetings/reasons.h"

namespace parvis {
namespace {

Result<void> publish(store::Transaction& transaction, std::string_view kind, const MeetingKey& key,
                     const Actor& actor, const Rule& rule) {
  TRY(transaction.publish({.kind = kind,
                           .actor = actor.person.text(),
                           .space = key.space.empty() ? std::string() : key.space.text(),
                           .subject = key.id.text(),
                           .payload = MeetingKeys::audit_payload(key),
                           .rule = rule.id}));
  return {};
}

}  // namespace

Task<Result<void>> MeetingKeys::load(std::string house_secret) {
  house_secret_ = std::move(house_secret);
  auto keys = CO_TRY(co_await context_.database.read(key_store::load));
  for (auto& key : keys) keys_[key.id] = std::move(key);
  co_return Result<void>();
}

Result<const Rule*> MeetingKeys::automates(const Actor& actor, SpaceId space) const {
  auto decision = may_automate(context_.access, actor, space);
  if (!decision.allowed) return std::unexpected(decision.error());
  return decision.rule;
}

Result<const Rule*> MeetingKeys::require(const MeetingKey& key, Action action, SpaceId space) const {
  auto decision = may(key, action, space);
  if (!decision.allowed) return std::unexpected(decision.error());
  return decision.rule;
}

Result<void> MeetingKeys::check(const std::string& name, const std::string& webhook_url) const {
  if (utf8::trim(name).empty() || name.size() > max_name_bytes || !utf8::valid(name))
    return fail(meeting_reasons::key_name);
  if (!webhook_url.empty() && check_url_) TRY(check_url_(webhook_url));
  return {};
}

Result<std::vector<MeetingKey>> MeetingKeys::list(const Actor& actor, SpaceId space) const {
  TRY(automates(actor, space));
  std::vector<MeetingKey> out;
  for (const auto& [id, key] : keys_) {
    if (key.space == space) out.push_back(key);
  }
  return out;
}

Task<Result<MeetingKeys::Made>> MeetingKeys::make(Actor actor, SpaceId space, Wanted wanted) {
  const auto* rule = CO_TRY(automates(actor, space));
  CO_TRY(check(wanted.name, wanted.webhook_url));
  Instant now = context_.env.clock.now();
  if (wanted.expires_at && (wanted.expires_at->ms <= now.ms || wanted.expires_at->ms > now.ms + max_life_ms))
    co_return fail(meeting_reasons::key_expiry);
  MeetingKey key{.id = context_.env.new_id<MeetingKeyId>(),
                 .space = space,
                 .name = std::string(utf8::trim(wanted.name)),
                 .created_by = actor.person,
                 .created_at = now,
                 .expires_at = wanted.expires_at,
                 .webhook_url = wanted.webhook_url,
                 .delivery = {}};
  auto alike = std::ranges::count_if(keys_, [&](const auto& one) { return one.second.space == space; });
  if (static_cast<size_t>(alike) >= (space.empty() ? max_of_house : max_per_space))
    co_return fail(meeting_reasons::keys_too_many);
  keys_[key.id] = key;  // at once, so that two at a time do not pass the bound
  auto kept =
      co_await context_.database.write([key, actor, rule](store::Transaction& transaction) -> Result<void> {
        TRY(key_store::insert(transaction, key));
        return publish(transaction, "meeting_key.made", key, actor, *rule);
      });
  if (!kept) {
    keys_.erase(key.id);
    co_return std::unexpected(kept.error());
  }
  co_return Made{key, secret_of(key.id)};
}

Result<MeetingKey> MeetingKeys::held(const Actor& actor, MeetingKeyId id) const {
  auto found = keys_.find(id);
  if (found == keys_.end()) return fail(reasons::not_found, "key");
  // A key is known to those who may make one beside it; to others it does not exist.
  if (!automates(actor, found->second.space)) return fail(reasons::not_found, "key");
  return found->second;
}

Task<Result<MeetingKey>> MeetingKeys::change(Actor actor, MeetingKeyId id, Change change) {
  auto key = CO_TRY(held(actor, id));
  const auto* rule = CO_TRY(automates(actor, key.space));
  if (change.name) key.name = std::string(utf8::trim(*change.name));
  if (change.webhook_url) key.webhook_url = *change.webhook_url;
  CO_TRY(check(key.name, key.webhook_url));
  CO_TRY(
      co_await context_.database.write([key, actor, rule](store::Transaction& transaction) -> Result<void> {
        TRY(key_store::update(transaction, key));
        return publish(transaction, "meeting_key.changed", key, actor, *rule);
      }));
  auto found = keys_.find(id);
  if (found == keys_.end()) co_return fail(reasons::not_found, "key");
  found->second.name = key.name;
  found->second.webhook_url = key.webhook_url;
  co_return found->second;
}

Task<Result<void>> MeetingKeys::revoke(Actor actor, MeetingKeyId id) {
  auto key = CO_TRY(held(actor, id));
  const auto* rule = CO_TRY(automates(actor, key.space));
  CO_TRY(
      co_await context_.database.write([key, actor, rule](store::Transaction& transaction) -> Result<void> {
        TRY(key_store::remove(transaction, key.id));
        return publish(transaction, "meeting_key.revoked", key, actor, *rule);
      }));
  keys_.erase(id);
  if (revoked_) revoked_(id);
  co_return Result<void>();
}

const MeetingKey* MeetingKeys::find(MeetingKeyId id) const {
  auto found = keys_.find(id);
  if (found == keys_.end()) return nullptr;
  const MeetingKey& key = found->second;
  if (key.expires_at && key.expires_at->ms <= context_.env.clock.now().ms) return nullptr;
  return &key;
}

const MeetingKey* MeetingKeys::find(std::string_view issuer) const {
  auto id = MeetingKeyId::parse(issuer);
  return id ? find(*id) : nullptr;
}

std::string MeetingKeys::secret_of(MeetingKeyId id) const {
  return to_base64(hmac_sha256(house_secret_, "meeting key " + id.text()), Base64::url_unpadded);
}

std::string MeetingKeys::audit_payload(const MeetingKey& key) {
  std::string out;
  json::Writer(out).begin_object().field("key", key.name).end_object();
  return out;
}

void MeetingKeys::delivered(MeetingKeyId id, Delivery delivery) {
  auto found = keys_.find(id);
  if (found != keys_.end()) found->second.delivery = std::move(delivery);
}

}  // namespace parvis
