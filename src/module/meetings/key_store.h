#pragma once
// The SQL of keys for automation, and of what their webhooks still have to be told.
#include <optional>
#include <string>
#include <vector>

#include "core/context.h"

namespace parvis {

using MeetingKeyId = Id<struct MeetingKeyTag>;

/// How the last call of a webhook went.
struct Delivery {
  std::optional<Instant> at;
  int64_t status = 0;   // HTTP; 0: there was no answer
  std::string failure;  // a reason's id; empty: it was taken
};

struct MeetingKey {
  MeetingKeyId id;  // what tokens name as their issuer
  SpaceId space;    // empty: the whole house
  std::string name;
  PersonId created_by;
  Instant created_at;
  std::optional<Instant> expires_at;
  std::string webhook_url;  // empty: none
  Delivery delivery;
};

struct WebhookEvent {
  int64_t position = 0;
  std::string body;
  Instant created_at;
};

namespace key_store {

Result<std::vector<MeetingKey>> load(store::Reader& reader);
Result<void> insert(store::Transaction& transaction, const MeetingKey& key);
Result<void> update(store::Transaction& transaction, const MeetingKey& key);
/// With what its webhook has not been told.
Result<void> remove(store::Transaction& transaction, MeetingKeyId key);

Result<int64_t> last_position(store::Reader& reader);
Result<int64_t> waiting(store::Reader& reader, MeetingKeyId key);
Result<void> append(store::Transaction& transaction, MeetingKeyId key, const std::string& room,
                    const WebhookEvent& event);
Result<std::optional<WebhookEvent>> next(store::Reader& reader, MeetingKeyId key, const std::string& room);
Result<void> drop(store::Transaction& transaction, int64_t position);
Result<void> set_delivery(store::Transaction& transaction, MeetingKeyId key, const Delivery& delivery);

}  // namespace key_store
}  // namespace parvis
