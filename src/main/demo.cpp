#include "main/demo.h"

#include "main/demo_data.h"
#include "main/first_start.h"

namespace parvis {
namespace {

Task<Result<std::vector<PersonId>>> add_people(Context& context, std::string password) {
  for (auto& administration : demo::administrations) {
    Administration added;
    added.name = administration.name;
    added.short_name = administration.short_name;
    added.domains = {std::string(administration.domain)};
    CO_TRY(co_await context.people.create_administration(std::move(added), {}));
  }
  std::vector<PersonId> ids;
  for (auto& person : demo::people) {
    std::string given(person.given_name), family(person.family_name);
    auto role = ids.empty() ? InstanceRole::administrator : InstanceRole::none;
    ids.push_back(CO_TRY(co_await context.people.create({.email = std::string(person.email),
                                                         .display_name = given + " " + family,
                                                         .given_name = given,
                                                         .family_name = family,
                                                         .title = std::string(person.title),
                                                         .phone = std::string(person.phone),
                                                         .password = password,
                                                         .instance_role = role},
                                                        ids.empty() ? PersonId() : ids.front())));
  }
  co_return ids;
}

/// Communities are asked for by those who may not create them, then approved, as in life.
Task<Result<SpaceId>> create_space(Context& context, const demo::DemoSpace& wanted, Actor owner,
                                   Actor administrator) {
  SpaceId id =
      CO_TRY(co_await context.spaces.create(owner, {.kind = wanted.kind,
                                                    .name = std::string(wanted.name),
                                                    .description = std::string(wanted.description),
                                                    .purpose_template = std::string(wanted.template_id),
                                                    .visibility = wanted.visibility,
                                                    .joining = wanted.joining}));
  if (context.spaces.find(id)->state == SpaceState::requested) {
    CO_TRY(co_await context.spaces.decide_creation(administrator, id, true, ""));
  }
  if (wanted.externals) CO_TRY(co_await context.spaces.open_to_externals(owner, id));
  co_return id;
}

Task<Result<std::vector<SpaceId>>> add_spaces(Context& context, std::vector<PersonId> people) {
  std::vector<SpaceId> ids;
  Actor administrator{people[0], false};
  for (auto& wanted : demo::spaces) {
    Actor owner{people[wanted.owner], false};
    SpaceId id = CO_TRY(co_await create_space(context, wanted, owner, administrator));
    ids.push_back(id);
    for (auto& member : wanted.members) {
      CO_TRY(co_await context.spaces.set_member(owner, id, people[member.person], member.role));
    }
    for (size_t asking : wanted.asking) {
      CO_TRY(co_await context.spaces.join(
          {people[asking], false}, id,
          "Bonjour, ce sujet rejoint mon travail quotidien ; puis-je participer ?"));
    }
  }
  CO_TRY(co_await context.spaces.create({people[demo::requested_by], false},
                                        {.kind = SpaceKind::community,
                                         .name = std::string(demo::requested_name),
                                         .description = std::string(demo::requested_description),
                                         .purpose_template = "communaute-de-pratique"}));
  co_return ids;
}

}  // namespace

Task<Result<DemoAccounts>> fill_demo(House& house) {
  auto& context = house.context();
  DemoAccounts accounts;
  accounts.password = readable_password(context.env.random);
  accounts.administrator = demo::people[0].email;
  accounts.agent = demo::people[1].email;
  accounts.external = demo::people[demo::first_external].email;
  DemoIds ids;
  ids.people = CO_TRY(co_await add_people(context, accounts.password));
  ids.spaces = CO_TRY(co_await add_spaces(context, ids.people));
  CO_TRY(co_await tell_demo(house, ids));
  co_return accounts;
}

}  // namespace parvis
