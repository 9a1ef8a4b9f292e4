#include "core/people/people_store.h"

#include "core/people/reasons.h"

namespace parvis::people_store {
namespace {

using store::Statement;

const Statement all_people{"person.all",
                           "select id, handle, email, display_name, given_name, family_name, title, phone, "
                           "state, instance_role, language, "
                           "hidden, created_at from person order by id"};
const Statement all_administrations{"administration.all",
                                    "select id, name, short_name, domains from administration order by id"};
const Statement person_by_email{"person.by_email", "select id from person where email = $1"};
const Statement add_person{"person.insert",
                           "insert into person(id, handle, email, display_name, given_name, family_name, "
                           "title, phone, state, instance_role, "
                           "language, hidden, password_hash, created_at) "
                           "values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"};
const Statement change_person{
    "person.update",
    "update person set display_name = coalesce($2, display_name), given_name = coalesce($3, given_name), "
    "family_name = coalesce($4, family_name), title = coalesce($5, title), phone = coalesce($6, phone), "
    "language = coalesce($7, language), email = coalesce($8, email), hidden = coalesce($9, hidden), "
    "state = coalesce($10, state), instance_role = coalesce($11, instance_role) where id = $1"};
const Statement get_password{"person.password", "select password_hash from person where id = $1"};
const Statement put_password{"person.set_password", "update person set password_hash = $2 where id = $1"};
const Statement upsert_administration{
    "administration.put",
    "insert into administration(id, name, short_name, domains) values ($1, $2, $3, $4) "
    "on conflict (id) do update set name = excluded.name, short_name = excluded.short_name, domains = "
    "excluded.domains"};
const Statement add_invitation{
    "invitation.insert",
    "insert into invitation(token_hash, person, inviter, expires_at) values ($1, $2, $3, $4)"};
const Statement live_invitation{
    "invitation.find",
    "select i.person, i.inviter from invitation i join person p on p.id = i.person "
    "where i.token_hash = $1 and i.used_at is null and i.expires_at > $2 and p.state = $3"};
const Statement spend_invitation{
    "invitation.use",
    "update invitation set used_at = $2 where token_hash = $1 and used_at is null and expires_at > $2"};
const Statement drop_old_invitations{"invitation.expire", "delete from invitation where expires_at < $1"};

std::optional<int64_t> number(std::optional<bool> flag) {
  return flag ? std::optional<int64_t>(*flag ? 1 : 0) : std::nullopt;
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    size_t blank = std::min(text.find(' '), text.size());
    if (blank > 0) out.emplace_back(text.substr(0, blank));
    text.remove_prefix(std::min(blank + 1, text.size()));
  }
  return out;
}

}  // namespace

Result<std::vector<Person>> load_people(store::Reader& reader) {
  auto rows = TRY(reader.query(all_people));
  std::vector<Person> people;
  people.reserve(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    auto id = PersonId::parse(rows.text(i, 0));
    if (!id) return fail(reasons::corrupt, "person.id");
    Person person;
    person.id = *id;
    person.handle = rows.text(i, 1);
    person.email = rows.text(i, 2);
    person.display_name = rows.text(i, 3);
    person.given_name = rows.text(i, 4);
    person.family_name = rows.text(i, 5);
    person.title = rows.text(i, 6);
    person.phone = rows.text(i, 7);
    person.state = static_cast<PersonState>(rows.integer(i, 8));
    person.instance_role = static_cast<InstanceRole>(rows.integer(i, 9));
    person.language = rows.text(i, 10);
    person.hidden = rows.integer(i, 11) != 0;
    person.created_at = {rows.integer(i, 12)};
    people.push_back(std::move(person));
  }
  return people;
}

Result<std::vector<Administration>> load_administrations(store::Reader& reader) {
  auto rows = TRY(reader.query(all_administrations));
  std::vector<Administration> out;
  for (size_t i = 0; i < rows.size(); ++i) {
    auto id = AdministrationId::parse(rows.text(i, 0));
    if (!id) return fail(reasons::corrupt, "administration.id");
    out.push_back({*id, std::string(rows.text(i, 1)), std::string(rows.text(i, 2)), split(rows.text(i, 3))});
  }
  return out;
}

Result<void> insert_person(store::Transaction& transaction, const Person& person,
                           const std::string& password_hash) {
  if (!TRY(transaction.query(person_by_email, person.email)).empty()) return fail(reasons::email_taken);
  TRY(transaction.execute(add_person, person.id.text(), person.handle, person.email, person.display_name,
                          person.given_name, person.family_name, person.title, person.phone, person.state,
                          person.instance_role, person.language, int64_t{person.hidden}, password_hash,
                          person.created_at));
  return {};
}

Result<void> update_person(store::Transaction& transaction, PersonId id, const People::Changes& changes) {
  if (changes.email) {
    auto same = TRY(transaction.query(person_by_email, *changes.email));
    if (!same.empty() && same.text(0, 0) != id.text()) return fail(reasons::email_taken);
  }
  auto changed =
      TRY(transaction.execute(change_person, id.text(), changes.display_name, changes.given_name,
                              changes.family_name, changes.title, changes.phone, changes.language,
                              changes.email, number(changes.hidden), changes.state, changes.instance_role));
  if (changed == 0) return fail(reasons::not_found);
  return {};
}

Result<std::string> password_hash(store::Reader& reader, PersonId id) {
  auto rows = TRY(reader.query(get_password, id.text()));
  return rows.empty() ? std::string() : std::string(rows.text(0, 0));
}

Result<void> set_password_hash(store::Transaction& transaction, PersonId id, const std::string& hash) {
  TRY(transaction.execute(put_password, id.text(), hash));
  return {};
}

Result<void> put_administration(store::Transaction& transaction, const Administration& administration) {
  std::string domains;
  for (auto& domain : administration.domains) domains += (domains.empty() ? "" : " ") + domain;
  TRY(transaction.execute(upsert_administration, administration.id.text(), administration.name,
                          administration.short_name, domains));
  return {};
}

Result<void> insert_invitation(store::Transaction& transaction, const InvitationRow& row,
                               Instant expires_at) {
  std::string inviter = row.inviter.empty() ? std::string() : row.inviter.text();
  TRY(transaction.execute(add_invitation, row.token_hash, row.person.text(), inviter, expires_at));
  return {};
}

Result<InvitationRow> find_invitation(store::Reader& reader, const std::string& token_hash, Instant now) {
  auto rows = TRY(reader.query(live_invitation, token_hash, now, PersonState::invited));
  if (rows.empty()) return fail(reasons::invitation_invalid);
  auto person = PersonId::parse(rows.text(0, 0));
  if (!person) return fail(reasons::corrupt, "invitation.person");
  return InvitationRow{token_hash, *person, PersonId::parse(rows.text(0, 1)).value_or(PersonId())};
}

Result<void> use_invitation(store::Transaction& transaction, const std::string& token_hash, Instant now) {
  if (TRY(transaction.execute(spend_invitation, token_hash, now)) != 1)
    return fail(reasons::invitation_invalid);
  constexpr int64_t keep_ms = int64_t{30} * 24 * 3600 * 1000;
  TRY(transaction.execute(drop_old_invitations, now + -keep_ms));
  return {};
}

}  // namespace parvis::people_store
