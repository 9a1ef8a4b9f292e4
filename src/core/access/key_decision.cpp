#include "core/access/key_decision.h"

#include "core/access/rules.h"
#include "core/spaces/spaces.h"

namespace parvis {
namespace {

constexpr Reason archived{Code::forbidden, "space_archived", rules::archived.fr, rules::archived.en};

Decision allow() { return {true, &rules::automation_key, nullptr}; }
Decision hide() { return {false, &rules::unknown, &reasons::not_found}; }

bool about_meetings(Action action) {
  return action == Action::meeting_join || action == Action::meeting_open || action == Action::meeting_host;
}

}  // namespace

Decision may_automate(const Access& access, const Actor& actor, SpaceId space) {
  if (space.empty()) return access.may(actor, Action::administration_manage, Object::instance());
  return access.may(actor, Action::meeting_host, Object::of_space(space));
}

Decision may_by_key(const Access& access, const Spaces& spaces, const KeyActor& key, Action action,
                    SpaceId space) {
  if (!about_meetings(action)) return hide();
  if (!key.space.empty() && key.space != space) return hide();
  auto decision = may_automate(access, {key.maker}, key.space);
  if (!decision.allowed) return key.space.empty() ? hide() : decision;
  // An administrator's key reaches secret spaces too: it is made knowingly, and each of its acts is in the
  // audit trail.
  const Space* where = spaces.find(space);
  if (!where || where->state == SpaceState::requested || where->state == SpaceState::refused) return hide();
  if (where->state == SpaceState::archived) return {false, &rules::archived, &archived};
  return allow();
}

}  // namespace parvis
