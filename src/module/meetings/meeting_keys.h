#pragma once
// Keys for automation of meetings: made by the animators of a space for its meetings, or by administrators
// for all. A key's secret is derived from the house's, shown once, and kept nowhere. Loop thread only.
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/access/key_decision.h"
#include "core/context.h"
#include "module/meetings/key_store.h"

namespace parvis {

class MeetingKeys {
 public:
  static constexpr size_t max_per_space = 20;
  static constexpr size_t max_of_house = 50;
  static constexpr size_t max_name_bytes = 100;
  static constexpr int64_t max_life_ms = int64_t{10} * 366 * 24 * 3600 * 1000;

  explicit MeetingKeys(Context& context) : context_(context) {}
  /// Before the first request.
  Task<Result<void>> load(std::string house_secret);
  /// Told after a key was revoked.
  void on_revoked(std::function<void(MeetingKeyId)> listener) { revoked_ = std::move(listener); }
  /// Whether an address may be called at all, as far as its text tells; set by the webhooks.
  void use_url_check(std::function<Result<void>(const std::string&)> check) { check_url_ = std::move(check); }

  struct Wanted {
    std::string name, webhook_url;
    std::optional<Instant> expires_at;
  };
  struct Made {
    MeetingKey key;
    std::string secret;
  };
  /// `space` empty: the house's.
  Result<std::vector<MeetingKey>> list(const Actor& actor, SpaceId space) const;
  Task<Result<Made>> make(Actor actor, SpaceId space, Wanted wanted);
  struct Change {
    std::optional<std::string> name, webhook_url;
  };
  Task<Result<MeetingKey>> change(Actor actor, MeetingKeyId id, Change change);
  Task<Result<void>> revoke(Actor actor, MeetingKeyId id);

  /// Null when revoked, expired, or never there.
  const MeetingKey* find(std::string_view issuer) const;
  const MeetingKey* find(MeetingKeyId id) const;
  const std::map<MeetingKeyId, MeetingKey>& all() const { return keys_; }
  std::string secret_of(MeetingKeyId id) const;
  /// The one permission decision, for whoever acts with the key.
  Decision may(const MeetingKey& key, Action action, SpaceId space) const {
    return may_by_key(context_.access, context_.spaces, {key.created_by, key.space}, action, space);
  }
  Result<const Rule*> require(const MeetingKey& key, Action action, SpaceId space) const;
  static std::string audit_name(const MeetingKey& key) { return "key:" + key.id.text(); }
  static std::string audit_payload(const MeetingKey& key);
  void delivered(MeetingKeyId id, Delivery delivery);

 private:
  Result<const Rule*> automates(const Actor& actor, SpaceId space) const;
  Result<MeetingKey> held(const Actor& actor, MeetingKeyId id) const;
  Result<void> check(const std::string& name, const std::string& webhook_url) const;
  Context& context_;
  std::string house_secret_;
  std::map<MeetingKeyId, MeetingKey> keys_;
  std::function<void(MeetingKeyId)> revoked_;
  std::function<Result<void>(const std::string&)> check_url_;
};

}  // namespace parvis
