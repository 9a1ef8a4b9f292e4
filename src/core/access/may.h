#pragma once
// The one permission decision. may(actor, action, object) is synchronous, costs the same for absent and
// secret objects, and names the rule that decided, so that every screen and the audit can explain it.
#include <optional>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "core/people/person.h"
#include "core/spaces/role.h"

namespace parvis {

class People;
class Spaces;

/// Who acts. The instance itself (jobs, migrations, demo) acts as Actor::system().
struct Actor {
  PersonId person;  // empty: anonymous, or system
  bool is_system = false;
  static Actor system() { return {{}, true}; }
};

enum class Action : uint8_t {
  // a space
  space_see,
  space_read,
  space_join,
  space_update,
  space_archive,
  space_open_to_externals,
  space_duplicate,
  space_hand_over,
  member_list,
  member_add,
  member_invite_external,
  member_set_role,
  member_remove,
  request_decide,
  access_explain,
  // messages, in a space's rooms or a direct conversation
  room_list,
  room_create,
  message_read,
  message_send,
  message_react,
  message_edit_own,
  message_redact_own,
  message_redact_any,
  message_pin,
  room_update,
  // files of a space
  file_list,
  file_read,
  file_add,
  file_delete_own,
  file_delete_any,
  file_restore,
  // documents and meetings of a space
  document_read,
  document_comment,
  document_write,
  document_freeze,
  meeting_join,
  meeting_open,
  meeting_host,
  // the house
  community_create,
  community_request,
  community_decide,
  project_create,
  directory_search,
  person_see,
  direct_message,
  person_manage,
  administration_manage,
  audit_read,
  statistics_read,
  count_,
};
std::string_view action_name(Action action);  // "space_see"
std::optional<Action> parse_action(std::string_view name);

/// What is acted on. `owner` is who made the thing (for *_own actions).
struct Object {
  enum class Kind : uint8_t { instance, space, direct, person };
  Kind kind = Kind::instance;
  SpaceId space;
  PersonId person;  // the person looked at, or written to
  PersonId owner;
  bool participant = false;  // direct conversations: the actor takes part
  static Object instance() { return {}; }
  static Object of_space(SpaceId id, PersonId owner = {}) { return {Kind::space, id, {}, owner, false}; }
  static Object of_person(PersonId id) { return {Kind::person, {}, id, {}, false}; }
  static Object of_direct(bool participant, PersonId owner = {}) {
    return {Kind::direct, {}, {}, owner, participant};
  }
};

struct Rule {
  std::string_view id;  // "member-of-open-space"
  std::string_view fr;  // « Vous êtes contributeur de cet espace. »
  std::string_view en;
};

struct Decision {
  bool allowed = false;
  const Rule* rule = nullptr;  // never null
  /// The refusal as the door must show it: not_found where the object must not be known, forbidden otherwise.
  Error error() const;
  const Reason* refusal = nullptr;
};

class Access {
 public:
  Access(const People& people, const Spaces& spaces) : people_(people), spaces_(spaces) {}
  Decision may(const Actor& actor, Action action, const Object& object) const;
  /// TRY(access.require(actor, Action::file_add, Object::of_space(id)));
  Result<const Rule*> require(const Actor& actor, Action action, const Object& object) const;
  /// Spaces where the actor may do this, for joins in queries (never filter after fetching).
  std::vector<SpaceId> visible_spaces(const Actor& actor, Action action) const;

  /// "Qui peut voir ceci et pourquoi": everyone who may act on the object, with the rule; members first.
  struct Line {
    PersonId person;
    std::optional<Role> role;
    const Rule* rule;
  };
  struct Explanation {
    std::vector<Line> people;        // those named one by one
    const Rule* everyone = nullptr;  // when all agents may: the rule, and people holds members only
  };
  Explanation explain(Action action, const Object& object) const;

 private:
  const People& people_;
  const Spaces& spaces_;
};

}  // namespace parvis
