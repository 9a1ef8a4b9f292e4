#include "core/sessions/sessions_store.h"

namespace parvis::sessions_store {
namespace {

using store::Statement;

const Statement all{
    "session.all",
    "select id, person, kind, device_id, device_name, created_at, last_seen_at, last_network, csrf, "
    "token_hash from session order by last_seen_at"};
const Statement insert{"session.insert",
                       "insert into session(id, person, kind, device_id, device_name, created_at, "
                       "last_seen_at, last_network, csrf, "
                       "token_hash) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"};
const Statement remove_device{"session.remove_device",
                              "delete from session where person = $1 and device_id = $2"};
const Statement change_name{"session.rename", "update session set device_name = $2 where id = $1"};
const Statement remove_one{"session.remove", "delete from session where id = $1"};
const Statement touch{"session.seen",
                      "update session set last_seen_at = $2, last_network = $3 where id = $1"};

}  // namespace

Result<std::vector<Row>> load(store::Reader& reader) {
  auto rows = TRY(reader.query(all));
  std::vector<Row> out;
  out.reserve(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    auto id = SessionId::parse(rows.text(i, 0));
    auto person = PersonId::parse(rows.text(i, 1));
    if (!id || !person) return fail(reasons::corrupt, "session.id");
    Row row;
    row.session.id = *id;
    row.session.person = *person;
    row.session.kind = static_cast<SessionKind>(rows.integer(i, 2));
    row.session.device_id = rows.text(i, 3);
    row.session.device_name = rows.text(i, 4);
    row.session.created_at = {rows.integer(i, 5)};
    row.session.last_seen_at = {rows.integer(i, 6)};
    row.session.last_network = rows.text(i, 7);
    row.session.csrf = rows.text(i, 8);
    row.token_hash = rows.text(i, 9);
    out.push_back(std::move(row));
  }
  return out;
}

Result<void> put(store::Transaction& transaction, const Row& row) {
  const Session& session = row.session;
  std::string person = session.person.text();
  TRY(transaction.execute(remove_device, person, session.device_id));
  TRY(transaction.execute(insert, session.id.text(), person, session.kind, session.device_id,
                          session.device_name, session.created_at, session.last_seen_at, session.last_network,
                          session.csrf, row.token_hash));
  return {};
}

Result<void> rename(store::Transaction& transaction, SessionId id, const std::string& device_name) {
  TRY(transaction.execute(change_name, id.text(), device_name));
  return {};
}

Result<void> remove(store::Transaction& transaction, SessionId id) {
  TRY(transaction.execute(remove_one, id.text()));
  return {};
}

Result<void> seen(store::Transaction& transaction, SessionId id, Instant at, const std::string& network) {
  TRY(transaction.execute(touch, id.text(), at, network));
  return {};
}

}  // namespace parvis::sessions_store
