#pragma once
// The SQL of people. Runs inside the database's transactions, on its threads; holds nothing.
#include <optional>
#include <string>
#include <vector>

#include "core/people/people.h"

namespace parvis::people_store {

Result<std::vector<Person>> load_people(store::Reader& reader);
Result<std::vector<Administration>> load_administrations(store::Reader& reader);

/// reasons::email_taken when the address exists; reasons::conflict when the handle does.
Result<void> insert_person(store::Transaction& transaction, const Person& person,
                           const std::string& password_hash);
Result<void> update_person(store::Transaction& transaction, PersonId id, const People::Changes& changes);
Result<std::string> password_hash(store::Reader& reader, PersonId id);
Result<void> set_password_hash(store::Transaction& transaction, PersonId id, const std::string& hash);

Result<void> put_administration(store::Transaction& transaction, const Administration& administration);

struct InvitationRow {
  std::string token_hash;
  PersonId person, inviter;
};
Result<void> insert_invitation(store::Transaction& transaction, const InvitationRow& row, Instant expires_at);
/// reasons::invitation_invalid when unknown, used, expired, or when its person is no longer merely invited.
Result<InvitationRow> find_invitation(store::Reader& reader, const std::string& token_hash, Instant now);
Result<void> use_invitation(store::Transaction& transaction, const std::string& token_hash, Instant now);

}  // namespace parvis::people_store
