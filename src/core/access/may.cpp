#include "core/access/may.h"

#include <algorithm>
#include <array>

#include "core/access/rights_table.h"
#include "core/access/rules.h"
#include "core/people/people.h"
#include "core/spaces/spaces.h"

namespace parvis {
namespace {

constexpr std::array<std::string_view, static_cast<size_t>(Action::count_)> action_names{
    "space_see",
    "space_read",
    "space_join",
    "space_update",
    "space_archive",
    "space_open_to_externals",
    "space_duplicate",
    "space_hand_over",
    "member_list",
    "member_add",
    "member_invite_external",
    "member_set_role",
    "member_remove",
    "request_decide",
    "access_explain",
    "room_list",
    "room_create",
    "message_read",
    "message_send",
    "message_react",
    "message_edit_own",
    "message_redact_own",
    "message_redact_any",
    "message_pin",
    "room_update",
    "file_list",
    "file_read",
    "file_add",
    "file_delete_own",
    "file_delete_any",
    "file_restore",
    "document_read",
    "document_comment",
    "document_write",
    "document_freeze",
    "meeting_join",
    "meeting_open",
    "meeting_host",
    "community_create",
    "community_request",
    "community_decide",
    "project_create",
    "directory_search",
    "person_see",
    "direct_message",
    "person_manage",
    "administration_manage",
    "audit_read",
    "statistics_read"};

// Indexed by action; null for actions that are not about a space.
constexpr auto right_of = [] {
  std::array<const SpaceRight*, static_cast<size_t>(Action::count_)> table{};
  for (const auto& right : space_rights) table[static_cast<size_t>(right.action)] = &right;
  return table;
}();

constexpr Reason refused_role{Code::forbidden, "role_too_low", rules::role_too_low.fr,
                              rules::role_too_low.en};
constexpr Reason refused_member{Code::forbidden, "not_a_member", rules::not_a_member.fr,
                                rules::not_a_member.en};
constexpr Reason refused_external{Code::forbidden, "external_refused", rules::external_refused.fr,
                                  rules::external_refused.en};
constexpr Reason refused_archived{Code::forbidden, "space_archived", rules::archived.fr, rules::archived.en};
constexpr Reason refused_awaiting{Code::forbidden, "awaiting_approval", rules::awaiting_approval.fr,
                                  rules::awaiting_approval.en};
constexpr Reason refused_not_yours{Code::forbidden, "not_yours", rules::not_yours.fr, rules::not_yours.en};
constexpr Reason refused_administrators{Code::forbidden, "administrators_only", rules::administrators_only.fr,
                                        rules::administrators_only.en};

Decision allow(const Rule& rule) { return {true, &rule, nullptr}; }
Decision refuse(const Rule& rule, const Reason& reason) { return {false, &rule, &reason}; }
Decision hide() { return refuse(rules::unknown, reasons::not_found); }

constexpr char letter(Role role) { return "gvca"[static_cast<size_t>(role)]; }
constexpr char letter(Visibility visibility) { return "ocs"[static_cast<size_t>(visibility)]; }
const Rule& rule_of(Role role) {
  switch (role) {
    case Role::guest:
      return rules::guest;
    case Role::visitor:
      return rules::visitor;
    case Role::contributor:
      return rules::contributor;
    case Role::animator:
      break;
  }
  return rules::animator;
}
bool about_own(Action action) {
  return action == Action::message_edit_own || action == Action::message_redact_own ||
         action == Action::file_delete_own;
}

// A community that waits for approval, or was refused, exists for its requester and for those who decide.
Decision in_unborn_space(const Person& person, const Membership* membership, Action action) {
  if (action == Action::space_see || action == Action::space_read) {
    if (membership) return allow(rules::requester);
    if (person.instance_role == InstanceRole::administrator) return allow(rules::administrator);
  }
  if (action == Action::space_update && membership) return allow(rules::requester);
  return membership ? refuse(rules::awaiting_approval, refused_awaiting) : hide();
}

Decision as_member(const Person& person, const Space& space, const Membership& membership,
                   const SpaceRight& right, const Object& object) {
  if (right.writes && space.state == SpaceState::archived) return refuse(rules::archived, refused_archived);
  if (person.kind == PersonKind::external && !right.externals)
    return refuse(rules::external_refused, refused_external);
  if (right.members.find(letter(membership.role)) == std::string_view::npos)
    return refuse(rules::role_too_low, refused_role);
  if (about_own(right.action) && object.owner != person.id)
    return refuse(rules::not_yours, refused_not_yours);
  return allow(rule_of(membership.role));
}

Decision as_stranger(const Person& person, const Space& space, const SpaceRight& right) {
  if (person.kind == PersonKind::external) return hide();
  if (right.agents.find(letter(space.visibility)) != std::string_view::npos) {
    if (right.writes && space.state == SpaceState::archived) return refuse(rules::archived, refused_archived);
    return allow(space.visibility == Visibility::open ? rules::open_space : rules::listed_space);
  }
  return space.visibility == Visibility::secret ? hide() : refuse(rules::not_a_member, refused_member);
}

Decision in_space(const Person& person, const Spaces& spaces, Action action, const Object& object) {
  const auto* right = right_of[static_cast<size_t>(action)];
  const Space* space = spaces.find(object.space);
  const Membership* membership = spaces.membership(object.space, person.id);
  if (!right || !space) return hide();
  if (space->state == SpaceState::requested || space->state == SpaceState::refused)
    return in_unborn_space(person, membership, action);
  return membership ? as_member(person, *space, *membership, *right, object)
                    : as_stranger(person, *space, *right);
}

Decision in_direct(const Person& person, Action action, const Object& object) {
  if (!object.participant) return hide();
  switch (action) {
    case Action::message_read:
    case Action::message_send:
    case Action::message_react:
    case Action::message_pin:
    case Action::file_list:
    case Action::file_read:
    case Action::file_add:
    case Action::meeting_join:
    case Action::meeting_open:
      return allow(rules::participant);
    case Action::message_edit_own:
    case Action::message_redact_own:
    case Action::file_delete_own:
      return object.owner == person.id ? allow(rules::own) : refuse(rules::not_yours, refused_not_yours);
    default:
      return refuse(rules::role_too_low, refused_role);
  }
}

Decision about_person(const Person& person, const Person* other, const Spaces& spaces, Action action) {
  if (!other) return hide();
  if (other->id == person.id) return allow(rules::own);
  bool acquainted = spaces.share_a_space(person.id, other->id);
  if (person.kind == PersonKind::external && !acquainted) return hide();
  if (action == Action::person_see) return allow(acquainted ? rules::shared_space : rules::agent);
  if (action == Action::direct_message) {
    if (person.kind == PersonKind::external) return refuse(rules::external_refused, refused_external);
    if (other->kind == PersonKind::external && !acquainted) return hide();
    return allow(rules::agent);
  }
  return hide();
}

Decision in_instance(const Person& person, Action action) {
  bool administrator = person.instance_role == InstanceRole::administrator;
  switch (action) {
    case Action::community_request:
    case Action::project_create:
    case Action::directory_search:
      return person.kind == PersonKind::agent ? allow(rules::agent)
                                              : refuse(rules::external_refused, refused_external);
    case Action::community_create:
    case Action::community_decide:
    case Action::person_manage:
    case Action::administration_manage:
    case Action::statistics_read:
      return administrator ? allow(rules::administrator)
                           : refuse(rules::administrators_only, refused_administrators);
    case Action::audit_read:
      if (person.instance_role == InstanceRole::auditor) return allow(rules::auditor);
      return administrator ? allow(rules::administrator)
                           : refuse(rules::administrators_only, refused_administrators);
    default:
      return hide();
  }
}

}  // namespace

std::string_view action_name(Action action) { return action_names[static_cast<size_t>(action)]; }

std::optional<Action> parse_action(std::string_view name) {
  auto found = std::ranges::find(action_names, name);
  if (found == action_names.end()) return std::nullopt;
  return static_cast<Action>(found - action_names.begin());
}

Error Decision::error() const {
  return Error(refusal ? *refusal : reasons::forbidden, std::string(rule->id));
}

Decision Access::may(const Actor& actor, Action action, const Object& object) const {
  if (actor.is_system) return allow(rules::system);
  const Person* person = people_.find(actor.person);
  if (!person) return refuse(rules::unknown, reasons::unauthenticated);
  // A pending person is named in spaces before they have an account; explain() must show what they will see.
  if (person->state == PersonState::suspended || person->state == PersonState::deactivated)
    return refuse(rules::inactive, reasons::unauthenticated);
  switch (object.kind) {
    case Object::Kind::instance:
      return in_instance(*person, action);
    case Object::Kind::space:
      return in_space(*person, spaces_, action, object);
    case Object::Kind::direct:
      return in_direct(*person, action, object);
    case Object::Kind::person:
      break;
  }
  return about_person(*person, people_.find(object.person), spaces_, action);
}

Result<const Rule*> Access::require(const Actor& actor, Action action, const Object& object) const {
  auto decision = may(actor, action, object);
  if (!decision.allowed) return std::unexpected(decision.error());
  return decision.rule;
}

std::vector<SpaceId> Access::visible_spaces(const Actor& actor, Action action) const {
  std::vector<SpaceId> out;
  for (const Space* space : spaces_.all())
    if (may(actor, action, Object::of_space(space->id)).allowed) out.push_back(space->id);
  return out;
}

Access::Explanation Access::explain(Action action, const Object& object) const {
  Explanation out;
  const Space* space = spaces_.find(object.space);
  const auto* right = right_of[static_cast<size_t>(action)];
  if (!space || !right) return out;
  bool unborn = space->state == SpaceState::requested || space->state == SpaceState::refused;
  if (!unborn && right->agents.find(letter(space->visibility)) != std::string_view::npos &&
      !(right->writes && space->state == SpaceState::archived))
    out.everyone = space->visibility == Visibility::open ? &rules::open_space : &rules::listed_space;
  for (const auto& membership : spaces_.members(space->id)) {
    Object seen = object;
    if (about_own(action)) seen.owner = membership.person;
    auto decision = may({membership.person}, action, seen);
    if (decision.allowed) out.people.push_back({membership.person, membership.role, decision.rule});
  }
  std::ranges::sort(out.people, [](const Line& a, const Line& b) {
    return a.role != b.role ? a.role > b.role : a.person < b.person;
  });
  return out;
}

}  // namespace parvis
