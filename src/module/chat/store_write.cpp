#include "engine/matrix/redaction.h"
#include "module/chat/store.h"

namespace parvis::chat::event_store {
namespace {

using store::Statement;

const Statement insert_event{
    "chat.insert_event",
    "insert into chat_event(position, room, event_id, sender, at, type, state_key, replaces, "
    "transaction_id, pdu) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"};
const Statement put_state{
    "chat.put_state",
    "insert into chat_state(room, type, state_key, position) values ($1, $2, $3, $4) on conflict (room, "
    "type, state_key) do update set position = excluded.position"};
const Statement insert_relation{
    "chat.insert_relation",
    "insert into chat_relation(child, room, parent, kind, rel_type, relation_key, sender, type) "
    "values ($1, $2, $3, $4, $5, $6, $7, $8)"};
const Statement delete_relation{"chat.delete_relation", "delete from chat_relation where child = $1"};
const Statement pdu_of{"chat.pdu",
                       "select position, pdu, redacted_by from chat_event where event_id = $1 and room = $2"};
const Statement redact_event{"chat.redact",
                             "update chat_event set pdu = $2, redacted_by = $3 where position = $1"};
const Statement put_member_row{"chat.put_member",
                               "insert into chat_member(room, user_number, membership, position, joined, "
                               "read_position, notify, highlight, counted, "
                               "threads, forgotten) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on "
                               "conflict (room, user_number) do update set "
                               "membership = excluded.membership, position = excluded.position, joined = "
                               "excluded.joined, read_position = "
                               "excluded.read_position, notify = excluded.notify, highlight = "
                               "excluded.highlight, counted = excluded.counted, threads = "
                               "excluded.threads, forgotten = excluded.forgotten"};
const Statement insert_room_row{
    "chat.insert_room",
    "insert into chat_room(number, room_id, version, kind, space, creator, published, created_at) "
    "values ($1, $2, $3, $4, $5, $6, $7, $8)"};
const Statement publish_row{"chat.publish", "update chat_room set published = $2 where number = $1"};
const Statement put_receipt_row{"chat.put_receipt",
                                "insert into chat_receipt(room, user_number, type, thread, event_id, "
                                "event_position, at, position) values ($1, $2, $3, $4, "
                                "$5, $6, $7, $8) on conflict (room, user_number, type, thread) do update set "
                                "event_id = excluded.event_id, event_position "
                                "= excluded.event_position, at = excluded.at, position = excluded.position"};
const Statement insert_user_row{
    "chat.insert_user",
    "insert into chat_user(number, user_id, person) values ($1, $2, $3) on conflict do nothing"};

}  // namespace

Result<void> insert(store::Transaction& transaction, const NewRow& row) {
  std::optional<std::string_view> type, transaction_id;
  std::optional<int64_t> replaces;
  if (row.state_key) type = row.type;
  if (!row.transaction.empty()) transaction_id = row.transaction;
  if (row.replaces) replaces = row.replaces;
  TRY(transaction.execute(insert_event, row.position, row.room, row.event_id, row.sender, row.at, type,
                          row.state_key, replaces, transaction_id, row.pdu));
  if (row.state_key) TRY(transaction.execute(put_state, row.room, row.type, *row.state_key, row.position));
  if (row.relates_to) {
    TRY(transaction.execute(insert_relation, row.position, row.room, row.relates_to,
                            static_cast<int64_t>(row.relation.kind), row.relation.rel_type, row.relation.key,
                            row.sender, row.type));
  }
  return {};
}

Result<std::string> redact(store::Transaction& transaction, RoomKey room, std::string_view event_id,
                           int64_t by) {
  auto rows = TRY(transaction.query(pdu_of, event_id, room.number));
  if (rows.empty() || !rows.is_null(0, 2)) return std::string();
  int64_t position = rows.integer(0, 0);
  std::string redacted = mx::redact(room.version, rows.text(0, 1));
  TRY(transaction.execute(redact_event, position, redacted, by));
  TRY(transaction.execute(delete_relation, position));
  return redacted;
}

std::string threads_text(const std::vector<ThreadCounts>& threads) {
  if (threads.empty()) return {};
  std::string out;
  json::Writer writer(out);
  writer.begin_array();
  for (auto& thread : threads) {
    writer.begin_array()
        .value(thread.root)
        .value(thread.read_position)
        .value(thread.notify)
        .value(thread.highlight);
    writer.end_array();
  }
  writer.end_array();
  return out;
}

Result<void> put_member(store::Transaction& transaction, const Member& member, RoomNumber room,
                        UserNumber user) {
  TRY(transaction.execute(put_member_row, room, user, static_cast<int64_t>(member.membership),
                          member.position, member.joined, member.read_position, member.notify,
                          member.highlight, member.counted, threads_text(member.threads),
                          static_cast<int64_t>(member.forgotten)));
  return {};
}

Result<void> insert_room(store::Transaction& transaction, const Room& room) {
  TRY(transaction.execute(insert_room_row, room.number, room.room_id, static_cast<int64_t>(room.version),
                          static_cast<int64_t>(room.kind), room.space, room.creator,
                          static_cast<int64_t>(room.published), room.created_at));
  return {};
}

Result<void> publish_room(store::Transaction& transaction, RoomNumber room, bool published) {
  TRY(transaction.execute(publish_row, room, static_cast<int64_t>(published)));
  return {};
}

Result<void> put_receipt(store::Transaction& transaction, RoomNumber room, const Receipt& receipt) {
  TRY(transaction.execute(put_receipt_row, room, receipt.user, receipt.type, receipt.thread, receipt.event_id,
                          receipt.event_position, receipt.at, receipt.position));
  return {};
}

Result<void> insert_user(store::Transaction& transaction, UserNumber number, std::string_view user_id,
                         std::string_view person) {
  std::optional<std::string_view> maybe;
  if (!person.empty()) maybe = person;
  TRY(transaction.execute(insert_user_row, number, user_id, maybe));
  return {};
}

}  // namespace parvis::chat::event_store
