#pragma once
// The SQL of key backups. Runs on reader or writer threads. A backup that is not there is reasons::not_found.
#include <optional>
#include <string>
#include <vector>

#include "module/chat/model.h"
#include "store/database.h"

namespace parvis::chat::key_backup {

struct Info {
  int64_t version = 0, etag = 0, count = 0;
  std::string algorithm, auth_data;
};
/// The newest that was not deleted when `version` is absent.
Result<std::optional<Info>> find(store::Reader& reader, UserNumber user, std::optional<int64_t> version);
Result<int64_t> create(store::Transaction& transaction, UserNumber user, std::string_view algorithm,
                       std::string_view auth);
Result<void> update(store::Transaction& transaction, UserNumber user, int64_t version,
                    std::string_view algorithm, std::string_view auth);
Result<void> remove(store::Transaction& transaction, UserNumber user, int64_t version);

struct BackupKey {
  std::string room_id, session_id;
  int64_t first_message_index = 0, forwarded_count = 0;
  bool is_verified = false;
  std::string session_data;
};
struct Changed {
  int64_t etag = 0, count = 0;
  int64_t other_version = 0;  // not 0: nothing was written, because this one is current
};
/// A key replaces another when it is better: verified, then a lower first index, then fewer forwards.
Result<Changed> put_keys(store::Transaction& transaction, UserNumber user, int64_t version,
                         const std::vector<BackupKey>& keys);
/// "" room or session: all.
Result<std::vector<BackupKey>> get_keys(store::Reader& reader, UserNumber user, int64_t version,
                                        std::string_view room_id, std::string_view session_id);
Result<Changed> delete_keys(store::Transaction& transaction, UserNumber user, int64_t version,
                            std::string_view room_id, std::string_view session_id);

}  // namespace parvis::chat::key_backup
