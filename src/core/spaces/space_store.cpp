#include "core/spaces/space_store.h"

namespace parvis::space_store {
namespace {

using store::Statement;

const Statement select_spaces{
    "space.all",
    "select id, kind, slug, name, description, template, visibility, joining, state, "
    "open_to_externals, created_by, created_at from space"};
const Statement select_memberships{"membership.all", "select space, person, role, since from membership"};
const Statement select_requests{"join_request.all", "select space, person, message, at from join_request"};
const Statement insert_space{
    "space.insert",
    "insert into space(id, kind, slug, name, description, template, visibility, joining, state, "
    "open_to_externals, created_by, created_at) "
    "values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"};
const Statement update_space{
    "space.update",
    "update space set name = $2, description = $3, visibility = $4, joining = $5, state = $6, "
    "open_to_externals = $7 where id = $1"};
const Statement put_membership{"membership.put",
                               "insert into membership(space, person, role, since) values ($1, $2, $3, $4) "
                               "on conflict (space, person) do update set role = excluded.role"};
const Statement delete_membership{"membership.delete",
                                  "delete from membership where space = $1 and person = $2"};
const Statement put_request{
    "join_request.put",
    "insert into join_request(space, person, message, at) values ($1, $2, $3, $4) "
    "on conflict (space, person) do update set message = excluded.message, at = excluded.at"};
const Statement delete_request{"join_request.delete",
                               "delete from join_request where space = $1 and person = $2"};

template <class IdType>
IdType id_at(const store::Rows& rows, size_t row, size_t column) {
  return IdType::parse(rows.text(row, column)).value_or(IdType());
}

}  // namespace

Result<void> load(store::Reader& reader, SpaceMemory& into) {
  auto spaces = TRY(reader.query(select_spaces));
  for (size_t i = 0; i < spaces.size(); ++i) {
    into.put(Space{.id = id_at<SpaceId>(spaces, i, 0),
                   .kind = static_cast<SpaceKind>(spaces.integer(i, 1)),
                   .slug = std::string(spaces.text(i, 2)),
                   .name = std::string(spaces.text(i, 3)),
                   .description = std::string(spaces.text(i, 4)),
                   .purpose_template = std::string(spaces.text(i, 5)),
                   .visibility = static_cast<Visibility>(spaces.integer(i, 6)),
                   .joining = static_cast<Joining>(spaces.integer(i, 7)),
                   .state = static_cast<SpaceState>(spaces.integer(i, 8)),
                   .open_to_externals = spaces.integer(i, 9) != 0,
                   .created_by = id_at<PersonId>(spaces, i, 10),
                   .created_at = {spaces.integer(i, 11)}});
  }
  auto members = TRY(reader.query(select_memberships));
  for (size_t i = 0; i < members.size(); ++i)
    into.put(Membership{id_at<SpaceId>(members, i, 0),
                        id_at<PersonId>(members, i, 1),
                        static_cast<Role>(members.integer(i, 2)),
                        {members.integer(i, 3)}});
  auto requests = TRY(reader.query(select_requests));
  for (size_t i = 0; i < requests.size(); ++i)
    into.put(JoinRequest{id_at<SpaceId>(requests, i, 0),
                         id_at<PersonId>(requests, i, 1),
                         std::string(requests.text(i, 2)),
                         {requests.integer(i, 3)}});
  return {};
}

Result<void> insert(store::Transaction& transaction, const Space& space) {
  TRY(transaction.execute(insert_space, space.id.text(), space.kind, space.slug, space.name,
                          space.description, space.purpose_template, space.visibility, space.joining,
                          space.state, space.open_to_externals, space.created_by.text(), space.created_at));
  return {};
}

Result<void> update(store::Transaction& transaction, const Space& space) {
  TRY(transaction.execute(update_space, space.id.text(), space.name, space.description, space.visibility,
                          space.joining, space.state, space.open_to_externals));
  return {};
}

Result<void> put(store::Transaction& transaction, const Membership& membership) {
  TRY(transaction.execute(put_membership, membership.space.text(), membership.person.text(), membership.role,
                          membership.since));
  return {};
}

Result<void> remove_membership(store::Transaction& transaction, SpaceId space, PersonId person) {
  TRY(transaction.execute(delete_membership, space.text(), person.text()));
  return {};
}

Result<void> put(store::Transaction& transaction, const JoinRequest& request) {
  TRY(transaction.execute(put_request, request.space.text(), request.person.text(), request.message,
                          request.at));
  return {};
}

Result<void> remove_request(store::Transaction& transaction, SpaceId space, PersonId person) {
  TRY(transaction.execute(delete_request, space.text(), person.text()));
  return {};
}

}  // namespace parvis::space_store
