#include "module/meetings/key_store.h"

namespace parvis::key_store {
namespace {

using store::Statement;

const Statement load_keys{"meeting_key.load",
                          "select id, space, name, created_by, created_at, expires_at, webhook_url, "
                          "delivered_at, delivery_status, delivery_failure from meeting_key order by id"};
const Statement insert_key{"meeting_key.insert",
                           "insert into meeting_key(id, space, name, created_by, created_at, expires_at, "
                           "webhook_url, delivered_at, delivery_status, delivery_failure) "
                           "values ($1, $2, $3, $4, $5, $6, $7, null, 0, '')"};
const Statement update_key{"meeting_key.update",
                           "update meeting_key set name = $2, webhook_url = $3 where id = $1"};
const Statement delete_key{"meeting_key.delete", "delete from meeting_key where id = $1"};
const Statement delete_events{"meeting_webhook.delete_all",
                              "delete from meeting_webhook_event where meeting_key = $1"};
const Statement last_event{"meeting_webhook.last", "select max(position) from meeting_webhook_event"};
const Statement count_events{"meeting_webhook.count",
                             "select count(*) from meeting_webhook_event where meeting_key = $1"};
const Statement insert_event{
    "meeting_webhook.insert",
    "insert into meeting_webhook_event(position, meeting_key, room, body, created_at) "
    "values ($1, $2, $3, $4, $5)"};
const Statement next_event{"meeting_webhook.next",
                           "select position, body, created_at from meeting_webhook_event "
                           "where meeting_key = $1 and room = $2 order by position limit 1"};
const Statement delete_event{"meeting_webhook.delete",
                             "delete from meeting_webhook_event where position = $1"};
const Statement set_state{
    "meeting_key.delivery",
    "update meeting_key set delivered_at = $2, delivery_status = $3, delivery_failure = $4 where id = $1"};

std::optional<Instant> instant_at(const store::Rows& rows, size_t row, size_t column) {
  return rows.is_null(row, column) ? std::nullopt : std::optional(rows.instant(row, column));
}

}  // namespace

Result<std::vector<MeetingKey>> load(store::Reader& reader) {
  auto rows = TRY(reader.query(load_keys));
  std::vector<MeetingKey> out;
  for (size_t row = 0; row < rows.size(); ++row) {
    out.push_back({.id = rows.id<MeetingKeyId>(row, 0),
                   .space = rows.id<SpaceId>(row, 1),
                   .name = std::string(rows.text(row, 2)),
                   .created_by = rows.id<PersonId>(row, 3),
                   .created_at = rows.instant(row, 4),
                   .expires_at = instant_at(rows, row, 5),
                   .webhook_url = std::string(rows.text(row, 6)),
                   .delivery = {.at = instant_at(rows, row, 7),
                                .status = rows.integer(row, 8),
                                .failure = std::string(rows.text(row, 9))}});
  }
  return out;
}

Result<void> insert(store::Transaction& transaction, const MeetingKey& key) {
  TRY(transaction.execute(insert_key, key.id, key.space, key.name, key.created_by, key.created_at,
                          key.expires_at, key.webhook_url));
  return {};
}

Result<void> update(store::Transaction& transaction, const MeetingKey& key) {
  TRY(transaction.execute(update_key, key.id, key.name, key.webhook_url));
  return {};
}

Result<void> remove(store::Transaction& transaction, MeetingKeyId key) {
  TRY(transaction.execute(delete_events, key));
  TRY(transaction.execute(delete_key, key));
  return {};
}

Result<int64_t> last_position(store::Reader& reader) { return TRY(reader.query(last_event)).integer(0, 0); }

Result<int64_t> waiting(store::Reader& reader, MeetingKeyId key) {
  return TRY(reader.query(count_events, key)).integer(0, 0);
}

Result<void> append(store::Transaction& transaction, MeetingKeyId key, const std::string& room,
                    const WebhookEvent& event) {
  TRY(transaction.execute(insert_event, event.position, key, room, event.body, event.created_at));
  return {};
}

Result<std::optional<WebhookEvent>> next(store::Reader& reader, MeetingKeyId key, const std::string& room) {
  auto rows = TRY(reader.query(next_event, key, room));
  if (rows.empty()) return std::optional<WebhookEvent>();
  return std::optional(WebhookEvent{.position = rows.integer(0, 0),
                                    .body = std::string(rows.text(0, 1)),
                                    .created_at = rows.instant(0, 2)});
}

Result<void> drop(store::Transaction& transaction, int64_t position) {
  TRY(transaction.execute(delete_event, position));
  return {};
}

Result<void> set_delivery(store::Transaction& transaction, MeetingKeyId key, const Delivery& delivery) {
  TRY(transaction.execute(set_state, key, delivery.at, delivery.status, delivery.failure));
  return {};
}

}  // namespace parvis::key_store
