#include "core/spaces/spaces.h"

#include "base/utf8.h"
#include "core/spaces/slug.h"
#include "core/spaces/space_reasons.h"
#include "core/spaces/space_store.h"
#include "platform/async_mutex.h"

namespace parvis {
namespace {

Result<std::string> checked_name(std::string_view name) {
  auto trimmed = utf8::trim(name);
  if (trimmed.empty()) return fail(space_reasons::name_missing);
  if (!utf8::valid(trimmed)) return fail(reasons::malformed, "name is not UTF-8");
  if (utf8::length(trimmed) > max_space_name_characters) return fail(space_reasons::name_too_long);
  return std::string(trimmed);
}

Result<std::string> checked_description(std::string_view text) {
  auto trimmed = utf8::trim(text);
  if (!utf8::valid(trimmed)) return fail(reasons::malformed, "description is not UTF-8");
  if (utf8::length(trimmed) > max_space_description_characters)
    return fail(space_reasons::description_too_long);
  return std::string(trimmed);
}

std::string route_of(const Space& space) {
  return (space.kind == SpaceKind::community ? "/c/" : "/p/") + space.slug;
}

class SpacesImpl final : public Spaces {
 public:
  explicit SpacesImpl(SpacesContext context) : context_(context), access_(context.people, *this) {}

  Task<Result<void>> load() {
    co_return co_await context_.database.read(
        [this](store::Reader& reader) -> Result<void> { return space_store::load(reader, memory_); });
  }

  const Space* find(SpaceId id) const override { return memory_.find(id); }
  const Space* by_slug(std::string_view slug) const override { return memory_.by_slug(slug); }
  const Membership* membership(SpaceId space, PersonId person) const override {
    return memory_.membership(space, person);
  }
  std::vector<Membership> members(SpaceId space) const override { return memory_.members(space); }
  size_t member_count(SpaceId space) const override { return memory_.member_count(space); }
  std::vector<Membership> memberships_of(PersonId person) const override {
    return memory_.memberships_of(person);
  }
  std::vector<const Space*> all() const override { return memory_.all(); }
  std::vector<JoinRequest> requests(SpaceId space) const override { return memory_.requests(space); }
  const JoinRequest* request(SpaceId space, PersonId person) const override {
    return memory_.request(space, person);
  }
  bool share_a_space(PersonId a, PersonId b) const override { return memory_.share_a_space(a, b); }

  Task<Result<SpaceId>> create(Actor actor, NewSpace wanted) override;
  Task<Result<void>> decide_creation(Actor actor, SpaceId space, bool accepted, std::string reason) override;
  Task<Result<void>> change(Actor actor, SpaceId space, Changes changes) override;
  Task<Result<void>> open_to_externals(Actor actor, SpaceId space) override;
  Task<Result<void>> archive(Actor actor, SpaceId space, bool archived) override;
  Task<Result<SpaceId>> duplicate(Actor actor, SpaceId space, std::string name) override;
  Task<Result<void>> hand_over(Actor actor, SpaceId space, PersonId to) override;
  Task<Result<JoinOutcome>> join(Actor actor, SpaceId space, std::string message) override;
  Task<Result<void>> withdraw_request(Actor actor, SpaceId space) override;
  Task<Result<void>> decide_request(Actor actor, SpaceId space, PersonId person, bool accepted) override;
  Task<Result<void>> set_member(Actor actor, SpaceId space, PersonId person, Role role,
                                std::optional<Mail> mail) override;
  Task<Result<void>> remove_member(Actor actor, SpaceId space, PersonId person) override;

 private:
  // What a command writes, beside its own statements: the outbox row and the notifications it causes.
  struct Telling {
    std::string kind, subject, payload;
    std::string rule;
    std::vector<PersonId> notified;
    std::string notification;  // kind; empty: none
    std::string text, link;
  };
  using Change = std::move_only_function<Result<void>(store::Transaction&)>;

  Task<AsyncMutex::Guard> lock() { return mutex_.lock(context_.env.loop); }
  /// The single place where a command becomes durable.
  Task<Result<void>> commit(Actor actor, SpaceId space, Change change, Telling telling);
  /// Commits a changed copy of the space, then puts it in memory and tells.
  Task<Result<void>> replace(Actor actor, Space next, SpaceChanged::What what, Telling telling);
  Result<void> check_new_member(const Space& space, const Person& person, Role role) const;
  void apply(const Membership& member, PersonId actor);
  std::vector<PersonId> animators(SpaceId space) const;

  SpacesContext context_;
  Access access_;
  SpaceMemory memory_;
  AsyncMutex mutex_;  // commands are rare: one at a time keeps check, commit and apply one step
};

std::vector<PersonId> SpacesImpl::animators(SpaceId space) const {
  std::vector<PersonId> out;
  for (const auto& member : memory_.members(space))
    if (member.role == Role::animator) out.push_back(member.person);
  return out;
}

Task<Result<void>> SpacesImpl::commit(Actor actor, SpaceId space, Change change, Telling telling) {
  auto notified = telling.notified;
  auto* notifications = &context_.notifications;
  CO_TRY(co_await context_.database.write([=, change = std::move(change), telling = std::move(telling)](
                                              store::Transaction& transaction) mutable -> Result<void> {
    TRY(change(transaction));
    auto actor_text = actor.person.empty() ? std::string() : actor.person.text();
    auto space_text = space.text();
    TRY(transaction.publish({.kind = telling.kind,
                             .actor = actor_text,
                             .space = space_text,
                             .subject = telling.subject,
                             .payload = telling.payload,
                             .rule = telling.rule}));
    if (telling.notification.empty()) return {};
    for (PersonId person : telling.notified)
      if (person != actor.person)
        TRY(notifications->add(transaction, {.person = person,
                                             .kind = telling.notification,
                                             .space = space,
                                             .actor = actor.person,
                                             .subject = telling.subject,
                                             .text = telling.text,
                                             .link = telling.link}));
    return {};
  }));
  for (PersonId person : notified) context_.notifications.tell(person);
  co_return Result<void>();
}

Task<Result<void>> SpacesImpl::replace(Actor actor, Space next, SpaceChanged::What what, Telling telling) {
  CO_TRY(co_await commit(
      actor, next.id,
      [next](store::Transaction& transaction) { return space_store::update(transaction, next); },
      std::move(telling)));
  auto id = next.id;
  memory_.put(std::move(next));
  context_.events.space.tell({id, what, actor.person});
  co_return Result<void>();
}

void SpacesImpl::apply(const Membership& member, PersonId actor) {
  auto* existing = memory_.membership(member.space, member.person);
  auto before = existing ? std::optional(existing->role) : std::nullopt;
  memory_.put(member);
  memory_.remove_request(member.space, member.person);
  context_.events.membership.tell({member.space, member.person, before, member.role, actor});
}

Task<Result<SpaceId>> SpacesImpl::create(Actor actor, NewSpace wanted) {
  bool community = wanted.kind == SpaceKind::community;
  auto decision =
      access_.may(actor, community ? Action::community_create : Action::project_create, Object::instance());
  bool asked_only = community && !decision.allowed;
  auto* rule = asked_only ? CO_TRY(access_.require(actor, Action::community_request, Object::instance()))
                          : decision.rule;
  if (!decision.allowed && !asked_only) co_return std::unexpected(decision.error());
  auto name = CO_TRY(checked_name(wanted.name));
  auto description = CO_TRY(checked_description(wanted.description));

  auto guard = co_await lock();
  auto& env = context_.env;
  Space space{
      .id = env.new_id<SpaceId>(),
      .kind = wanted.kind,
      .slug = free_slug(name, [&](std::string_view slug) { return memory_.by_slug(slug) != nullptr; }),
      .name = name,
      .description = description,
      .purpose_template = wanted.purpose_template,
      .visibility = wanted.visibility,
      .joining = wanted.joining,
      .state = asked_only ? SpaceState::requested : SpaceState::active,
      .open_to_externals = wanted.open_to_externals && actor.is_system,
      .created_by = actor.person,
      .created_at = env.clock.now()};
  Membership animator{space.id, actor.person, Role::animator, space.created_at};
  Telling telling{.kind = asked_only ? "space.requested" : "space.created",
                  .subject = space.id.text(),
                  .rule = std::string(rule->id)};
  if (asked_only) {
    for (auto* person : context_.people.all())
      if (person->instance_role == InstanceRole::administrator) telling.notified.push_back(person->id);
    telling.notification = "community_request";
    telling.text = name;
    telling.link = "/administration/communautes";
  }
  CO_TRY(co_await commit(
      actor, space.id,
      [space, animator](store::Transaction& transaction) -> Result<void> {
        TRY(space_store::insert(transaction, space));
        if (animator.person.empty()) return {};
        return space_store::put(transaction, animator);
      },
      std::move(telling)));
  memory_.put(space);
  if (!animator.person.empty()) memory_.put(animator);
  if (!asked_only) {
    context_.events.space.tell({space.id, SpaceChanged::What::created, actor.person});
    if (!animator.person.empty())
      context_.events.membership.tell({space.id, actor.person, std::nullopt, Role::animator, actor.person});
  }
  co_return space.id;
}

Task<Result<void>> SpacesImpl::decide_creation(Actor actor, SpaceId id, bool accepted, std::string reason) {
  auto* rule = CO_TRY(access_.require(actor, Action::community_decide, Object::instance()));
  auto guard = co_await lock();
  auto* space = memory_.find(id);
  if (!space) co_return fail(reasons::not_found);
  if (space->state != SpaceState::requested) co_return fail(space_reasons::already_decided);
  Space next = *space;
  next.state = accepted ? SpaceState::active : SpaceState::refused;
  Telling telling{.kind = accepted ? "space.approved" : "space.refused",
                  .subject = id.text(),
                  .rule = std::string(rule->id),
                  .notified = {space->created_by},
                  .notification = accepted ? "community_accepted" : "community_refused",
                  .text = accepted || reason.empty() ? space->name : space->name + " — " + reason,
                  .link = route_of(*space)};
  CO_TRY(co_await replace(actor, std::move(next),
                          accepted ? SpaceChanged::What::created : SpaceChanged::What::updated,
                          std::move(telling)));
  if (accepted)
    for (const auto& member : memory_.members(id))
      context_.events.membership.tell({id, member.person, std::nullopt, member.role, actor.person});
  co_return Result<void>();
}

Task<Result<void>> SpacesImpl::change(Actor actor, SpaceId id, Changes changes) {
  auto* rule = CO_TRY(access_.require(actor, Action::space_update, Object::of_space(id)));
  auto guard = co_await lock();
  Space next = *memory_.find(id);
  if (changes.name) next.name = CO_TRY(checked_name(*changes.name));
  if (changes.description) next.description = CO_TRY(checked_description(*changes.description));
  if (changes.visibility) next.visibility = *changes.visibility;
  if (changes.joining) next.joining = *changes.joining;
  if (next.open_to_externals && next.visibility == Visibility::open)
    co_return fail(space_reasons::visibility_of_externals);
  co_return co_await replace(actor, std::move(next), SpaceChanged::What::updated,
                             {.kind = "space.updated", .subject = id.text(), .rule = std::string(rule->id)});
}

Task<Result<void>> SpacesImpl::open_to_externals(Actor actor, SpaceId id) {
  auto* rule = CO_TRY(access_.require(actor, Action::space_open_to_externals, Object::of_space(id)));
  auto guard = co_await lock();
  Space next = *memory_.find(id);
  if (next.open_to_externals) co_return fail(space_reasons::open_irreversible);
  if (next.visibility == Visibility::open) co_return fail(space_reasons::visibility_of_externals);
  next.open_to_externals = true;
  co_return co_await replace(
      actor, std::move(next), SpaceChanged::What::opened_to_externals,
      {.kind = "space.opened_to_externals", .subject = id.text(), .rule = std::string(rule->id)});
}

Task<Result<void>> SpacesImpl::archive(Actor actor, SpaceId id, bool archived) {
  auto* rule = CO_TRY(access_.require(actor, Action::space_archive, Object::of_space(id)));
  auto guard = co_await lock();
  Space next = *memory_.find(id);
  auto state = archived ? SpaceState::archived : SpaceState::active;
  if (next.state == state) co_return Result<void>();
  next.state = state;
  co_return co_await replace(actor, std::move(next),
                             archived ? SpaceChanged::What::archived : SpaceChanged::What::restored,
                             {.kind = archived ? "space.archived" : "space.restored",
                              .subject = id.text(),
                              .rule = std::string(rule->id)});
}

Task<Result<SpaceId>> SpacesImpl::duplicate(Actor actor, SpaceId id, std::string name) {
  CO_TRY(access_.require(actor, Action::space_duplicate, Object::of_space(id)));
  auto* space = memory_.find(id);
  NewSpace copy{space->kind,
                std::move(name),
                space->description,
                space->purpose_template,
                space->visibility,
                space->joining,
                false};
  co_return co_await create(actor, std::move(copy));
}

Task<Result<void>> SpacesImpl::hand_over(Actor actor, SpaceId id, PersonId to) {
  CO_TRY(access_.require(actor, Action::space_hand_over, Object::of_space(id)));
  if (!memory_.membership(id, to)) co_return fail(space_reasons::not_member);
  CO_TRY(co_await set_member(actor, id, to, Role::animator, std::nullopt));
  if (actor.is_system || actor.person == to) co_return Result<void>();
  co_return co_await set_member(actor, id, actor.person, Role::contributor, std::nullopt);
}

Task<Result<Spaces::JoinOutcome>> SpacesImpl::join(Actor actor, SpaceId id, std::string message) {
  if (memory_.membership(id, actor.person)) co_return fail(space_reasons::already_member);
  auto* rule = CO_TRY(access_.require(actor, Action::space_join, Object::of_space(id)));
  if (utf8::length(message) > max_join_message_characters) co_return fail(space_reasons::message_too_long);
  auto guard = co_await lock();
  auto* space = memory_.find(id);
  if (memory_.membership(id, actor.person)) co_return fail(space_reasons::already_member);
  auto now = context_.env.clock.now();
  if (space->joining == Joining::invitation) co_return fail(space_reasons::by_invitation);
  if (space->joining == Joining::free) {
    CO_TRY(check_new_member(*space, *context_.people.find(actor.person), Role::contributor));
    Membership member{id, actor.person, Role::contributor, now};
    CO_TRY(co_await commit(
        actor, id,
        [member](store::Transaction& transaction) { return space_store::put(transaction, member); },
        {.kind = "space.joined", .subject = actor.person.text(), .rule = std::string(rule->id)}));
    apply(member, actor.person);
    co_return JoinOutcome::joined;
  }
  JoinRequest request{id, actor.person, std::string(utf8::trim(message)), now};
  CO_TRY(co_await commit(
      actor, id,
      [request](store::Transaction& transaction) { return space_store::put(transaction, request); },
      {.kind = "space.join_requested",
       .subject = actor.person.text(),
       .rule = std::string(rule->id),
       .notified = animators(id),
       .notification = "join_request",
       .text = space->name,
       .link = route_of(*space) + "/membres"}));
  memory_.put(request);
  context_.events.space.tell({id, SpaceChanged::What::updated, actor.person});
  co_return JoinOutcome::requested;
}

Task<Result<void>> SpacesImpl::withdraw_request(Actor actor, SpaceId id) {
  auto guard = co_await lock();
  if (!memory_.request(id, actor.person)) co_return fail(space_reasons::no_request);
  auto person = actor.person;
  CO_TRY(co_await commit(
      actor, id,
      [=](store::Transaction& transaction) { return space_store::remove_request(transaction, id, person); },
      {.kind = "space.request_withdrawn", .subject = person.text()}));
  memory_.remove_request(id, person);
  context_.events.space.tell({id, SpaceChanged::What::updated, person});
  co_return Result<void>();
}

Task<Result<void>> SpacesImpl::decide_request(Actor actor, SpaceId id, PersonId person, bool accepted) {
  auto* rule = CO_TRY(access_.require(actor, Action::request_decide, Object::of_space(id)));
  auto guard = co_await lock();
  auto* space = memory_.find(id);
  auto* known = context_.people.find(person);
  if (!memory_.request(id, person) || !known) co_return fail(space_reasons::no_request);
  if (accepted) CO_TRY(check_new_member(*space, *known, Role::contributor));
  Membership member{id, person, Role::contributor, context_.env.clock.now()};
  CO_TRY(co_await commit(actor, id,
                         [=](store::Transaction& transaction) -> Result<void> {
                           TRY(space_store::remove_request(transaction, id, person));
                           if (!accepted) return {};
                           return space_store::put(transaction, member);
                         },
                         {.kind = accepted ? "space.request_accepted" : "space.request_refused",
                          .subject = person.text(),
                          .rule = std::string(rule->id),
                          .notified = {person},
                          .notification = accepted ? "join_accepted" : "join_refused",
                          .text = space->name,
                          .link = route_of(*space)}));
  memory_.remove_request(id, person);
  if (accepted)
    apply(member, actor.person);
  else
    context_.events.space.tell({id, SpaceChanged::What::updated, actor.person});
  co_return Result<void>();
}

Result<void> SpacesImpl::check_new_member(const Space& space, const Person& person, Role role) const {
  if (person.kind == PersonKind::external) {
    if (!space.open_to_externals) return fail(space_reasons::externals_closed);
    if (role == Role::animator) return fail(space_reasons::external_role);
  }
  if (memory_.membership(space.id, person.id)) return {};
  if (memory_.member_count(space.id) >= max_members_per_space) return fail(space_reasons::space_full);
  if (memory_.memberships_of(person.id).size() >= max_spaces_per_person)
    return fail(space_reasons::too_many_spaces);
  return {};
}

Task<Result<void>> SpacesImpl::set_member(Actor actor, SpaceId id, PersonId person, Role role,
                                          std::optional<Mail> mail) {
  auto* known = context_.people.find(person);
  bool member_already = memory_.membership(id, person) != nullptr;
  auto action = member_already                                 ? Action::member_set_role
                : known && known->kind == PersonKind::external ? Action::member_invite_external
                                                               : Action::member_add;
  auto* rule = CO_TRY(access_.require(actor, action, Object::of_space(id)));
  if (!known || known->state == PersonState::deactivated) co_return fail(reasons::not_found);
  auto guard = co_await lock();
  auto* space = memory_.find(id);
  known = context_.people.find(person);
  CO_TRY(check_new_member(*space, *known, role));
  auto* existing = memory_.membership(id, person);
  if (existing && existing->role == role) co_return Result<void>();
  if (existing && existing->role == Role::animator && memory_.animator_count(id) == 1)
    co_return fail(space_reasons::last_animator);
  Membership member{id, person, role, existing ? existing->since : context_.env.clock.now()};
  auto* mailer = &context_.mailer;
  std::string payload = "{\"role\":\"" + std::string(role_name(role)) + "\"}";
  CO_TRY(co_await commit(actor, id,
                         [=](store::Transaction& transaction) -> Result<void> {
                           TRY(space_store::put(transaction, member));
                           TRY(space_store::remove_request(transaction, id, person));
                           if (mail) TRY(mailer->queue(transaction, *mail));
                           return {};
                         },
                         {.kind = existing ? "space.role_changed" : "space.member_added",
                          .subject = person.text(),
                          .payload = payload,
                          .rule = std::string(rule->id),
                          .notified = {person},
                          .notification = existing ? "role_changed" : "added_to_space",
                          .text = space->name,
                          .link = route_of(*space)}));
  apply(member, actor.person);
  co_return Result<void>();
}

Task<Result<void>> SpacesImpl::remove_member(Actor actor, SpaceId id, PersonId person) {
  bool leaving = !actor.is_system && actor.person == person;
  std::string rule = "own";
  if (!leaving) rule = CO_TRY(access_.require(actor, Action::member_remove, Object::of_space(id)))->id;
  auto guard = co_await lock();
  auto* existing = memory_.membership(id, person);
  if (!existing) co_return fail(leaving ? reasons::not_found : space_reasons::not_member);
  if (existing->role == Role::animator && memory_.animator_count(id) == 1 && !actor.is_system)
    co_return fail(space_reasons::last_animator);
  auto before = existing->role;
  auto* space = memory_.find(id);
  Telling telling{
      .kind = leaving ? "space.left" : "space.member_removed", .subject = person.text(), .rule = rule};
  if (!leaving) {
    telling.notified = {person};
    telling.notification = "removed_from_space";
    telling.text = space->name;
    telling.link = "/";
  }
  CO_TRY(co_await commit(
      actor, id,
      [=](store::Transaction& transaction) {
        return space_store::remove_membership(transaction, id, person);
      },
      std::move(telling)));
  memory_.remove_membership(id, person);
  context_.events.membership.tell({id, person, before, std::nullopt, actor.person});
  co_return Result<void>();
}

}  // namespace

Task<Result<std::unique_ptr<Spaces>>> load_spaces(SpacesContext context) {
  auto spaces = std::make_unique<SpacesImpl>(context);
  CO_TRY(co_await spaces->load());
  co_return std::unique_ptr<Spaces>(std::move(spaces));
}

}  // namespace parvis
