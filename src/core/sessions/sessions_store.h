#pragma once
// The SQL of sessions. Runs inside the database's transactions, on its threads; holds nothing.
#include <string>
#include <vector>

#include "core/sessions/sessions.h"

namespace parvis::sessions_store {

struct Row {
  Session session;
  std::string token_hash;
};
Result<std::vector<Row>> load(store::Reader& reader);
/// Inserts, or replaces the session of the same person and device.
Result<void> put(store::Transaction& transaction, const Row& row);
Result<void> rename(store::Transaction& transaction, SessionId id, const std::string& device_name);
Result<void> remove(store::Transaction& transaction, SessionId id);
Result<void> seen(store::Transaction& transaction, SessionId id, Instant at, const std::string& network);

}  // namespace parvis::sessions_store
