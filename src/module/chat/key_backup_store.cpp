#include "module/chat/key_backup_store.h"

namespace parvis::chat::key_backup {
namespace {

using store::Statement;
const Statement find_latest{
    "chat.backup.latest",
    "select version, algorithm, auth_data, etag from chat_key_backup where user_number = $1 and deleted "
    "= 0 order by version desc limit 1"};
const Statement find_one{
    "chat.backup.find",
    "select version, algorithm, auth_data, etag from chat_key_backup where user_number = $1 and version = "
    "$2 and deleted = 0"};
const Statement next_version{
    "chat.backup.next", "select coalesce(max(version), 0) + 1 from chat_key_backup where user_number = $1"};
const Statement insert_version{
    "chat.backup.insert",
    "insert into chat_key_backup(user_number, version, algorithm, auth_data, etag, deleted) values "
    "($1, $2, $3, $4, 0, 0)"};
const Statement update_version{
    "chat.backup.update",
    "update chat_key_backup set auth_data = $4 where user_number = $1 and version = $2 and algorithm "
    "= $3 and deleted = 0"};
const Statement remove_version{
    "chat.backup.remove",
    "update chat_key_backup set deleted = 1 where user_number = $1 and version = $2 and deleted = 0"};
const Statement remove_keys{"chat.backup.remove_keys",
                            "delete from chat_backup_key where user_number = $1 and version = $2"};
const Statement bump{"chat.backup.bump",
                     "update chat_key_backup set etag = etag + 1 where user_number = $1 and version = $2"};
const Statement count_keys{"chat.backup.count",
                           "select count(*) from chat_backup_key where user_number = $1 and version = $2"};
const Statement get_one{
    "chat.backup.key",
    "select room_id, session_id, first_message_index, forwarded_count, is_verified, session_data from "
    "chat_backup_key where user_number = $1 and version = $2 and room_id = $3 and session_id = $4"};
const Statement get_room{
    "chat.backup.room",
    "select room_id, session_id, first_message_index, forwarded_count, is_verified, session_data from "
    "chat_backup_key where user_number = $1 and version = $2 and room_id = $3"};
const Statement get_all{
    "chat.backup.all",
    "select room_id, session_id, first_message_index, forwarded_count, is_verified, session_data from "
    "chat_backup_key where user_number = $1 and version = $2"};
const Statement put_key{
    "chat.backup.put",
    "insert into chat_backup_key(user_number, version, room_id, session_id, first_message_index, "
    "forwarded_count, is_verified, session_data) values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict "
    "(user_number, version, room_id, session_id) do update set first_message_index = "
    "excluded.first_message_index, forwarded_count = excluded.forwarded_count, is_verified = "
    "excluded.is_verified, session_data = excluded.session_data"};
const Statement delete_one{
    "chat.backup.delete_key",
    "delete from chat_backup_key where user_number = $1 and version = $2 and room_id = $3 and session_id "
    "= $4"};
const Statement delete_room{
    "chat.backup.delete_room",
    "delete from chat_backup_key where user_number = $1 and version = $2 and room_id = $3"};

BackupKey key_at(const store::Rows& rows, size_t row) {
  return {std::string(rows.text(row, 0)), std::string(rows.text(row, 1)), rows.integer(row, 2),
          rows.integer(row, 3),           rows.integer(row, 4) != 0,      std::string(rows.text(row, 5))};
}

Result<Changed> state_of(store::Reader& reader, UserNumber user, int64_t version) {
  auto info = TRY(find(reader, user, version));
  if (!info) return fail(reasons::not_found, "no such backup");
  return Changed{info->etag, info->count, 0};
}

bool better(const BackupKey& next, const BackupKey& kept) {
  if (next.is_verified != kept.is_verified) return next.is_verified;
  if (next.first_message_index != kept.first_message_index)
    return next.first_message_index < kept.first_message_index;
  return next.forwarded_count < kept.forwarded_count;
}

}  // namespace

Result<std::optional<Info>> find(store::Reader& reader, UserNumber user, std::optional<int64_t> version) {
  auto rows = version ? TRY(reader.query(find_one, user, *version)) : TRY(reader.query(find_latest, user));
  if (rows.empty()) return std::optional<Info>();
  Info info;
  info.version = rows.integer(0, 0);
  info.algorithm = rows.text(0, 1);
  info.auth_data = rows.text(0, 2);
  info.etag = rows.integer(0, 3);
  info.count = TRY(reader.query(count_keys, user, info.version)).integer(0, 0);
  return std::optional(std::move(info));
}

Result<int64_t> create(store::Transaction& transaction, UserNumber user, std::string_view algorithm,
                       std::string_view auth) {
  int64_t version = TRY(transaction.query(next_version, user)).integer(0, 0);
  TRY(transaction.execute(insert_version, user, version, algorithm, auth));
  return version;
}

Result<void> update(store::Transaction& transaction, UserNumber user, int64_t version,
                    std::string_view algorithm, std::string_view auth) {
  if (TRY(transaction.execute(update_version, user, version, algorithm, auth)) == 0)
    return fail(reasons::not_found, "no such backup of that algorithm");
  return {};
}

Result<void> remove(store::Transaction& transaction, UserNumber user, int64_t version) {
  if (TRY(transaction.execute(remove_version, user, version)) == 0)
    return fail(reasons::not_found, "no such backup");
  TRY(transaction.execute(remove_keys, user, version));
  return {};
}

Result<Changed> put_keys(store::Transaction& transaction, UserNumber user, int64_t version,
                         const std::vector<BackupKey>& keys) {
  auto latest = TRY(find(transaction, user, std::nullopt));
  if (!latest) return fail(reasons::not_found, "no backup");
  if (latest->version != version) return Changed{0, 0, latest->version};
  bool changed = false;
  for (auto& key : keys) {
    auto kept = TRY(transaction.query(get_one, user, version, key.room_id, key.session_id));
    if (!kept.empty() && !better(key, key_at(kept, 0))) continue;
    changed = true;
    TRY(transaction.execute(put_key, user, version, key.room_id, key.session_id, key.first_message_index,
                            key.forwarded_count, key.is_verified ? 1 : 0, key.session_data));
  }
  if (changed) TRY(transaction.execute(bump, user, version));
  return state_of(transaction, user, version);
}

Result<std::vector<BackupKey>> get_keys(store::Reader& reader, UserNumber user, int64_t version,
                                        std::string_view room_id, std::string_view session_id) {
  TRY(state_of(reader, user, version));
  auto rows = room_id.empty()      ? TRY(reader.query(get_all, user, version))
              : session_id.empty() ? TRY(reader.query(get_room, user, version, room_id))
                                   : TRY(reader.query(get_one, user, version, room_id, session_id));
  std::vector<BackupKey> out;
  for (size_t i = 0; i < rows.size(); ++i) out.push_back(key_at(rows, i));
  return out;
}

Result<Changed> delete_keys(store::Transaction& transaction, UserNumber user, int64_t version,
                            std::string_view room_id, std::string_view session_id) {
  TRY(state_of(transaction, user, version));
  int64_t gone = room_id.empty() ? TRY(transaction.execute(remove_keys, user, version))
                 : session_id.empty()
                     ? TRY(transaction.execute(delete_room, user, version, room_id))
                     : TRY(transaction.execute(delete_one, user, version, room_id, session_id));
  if (gone) TRY(transaction.execute(bump, user, version));
  return state_of(transaction, user, version);
}

}  // namespace parvis::chat::key_backup
