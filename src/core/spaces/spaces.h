#pragma once
// Every space and membership, in memory; changed by commands that check may(), commit, apply, then tell
// Events. Loop thread only. Pointers stay valid until the space changes: keep ids across co_await.
#include <memory>
#include <span>
#include <vector>

#include "core/access/may.h"
#include "core/events.h"
#include "core/mailer.h"
#include "core/notifications.h"
#include "core/people/people.h"
#include "core/spaces/space.h"

namespace parvis {

class Spaces {
 public:
  virtual ~Spaces() = default;

  virtual const Space* find(SpaceId id) const = 0;
  virtual const Space* by_slug(std::string_view slug) const = 0;
  virtual const Membership* membership(SpaceId space, PersonId person) const = 0;
  virtual std::vector<Membership> members(SpaceId space) const = 0;
  virtual size_t member_count(SpaceId space) const = 0;
  virtual std::vector<Membership> memberships_of(PersonId person) const = 0;
  virtual std::vector<const Space*> all() const = 0;  // by name; filter with may(space_see)
  virtual std::vector<JoinRequest> requests(SpaceId space) const = 0;
  virtual const JoinRequest* request(SpaceId space, PersonId person) const = 0;
  /// True when both are members of one space (what lets an external see a person).
  virtual bool share_a_space(PersonId a, PersonId b) const = 0;

  struct NewSpace {
    SpaceKind kind;
    std::string name, description, purpose_template;
    Visibility visibility = Visibility::closed;
    Joining joining = Joining::approval;
    bool open_to_externals = false;
  };
  /// A community asked by an agent without that right starts as `requested`; its animator is its requester.
  virtual Task<Result<SpaceId>> create(Actor actor, NewSpace space) = 0;
  virtual Task<Result<void>> decide_creation(Actor actor, SpaceId space, bool accepted,
                                             std::string reason) = 0;

  struct Changes {
    std::optional<std::string> name, description;
    std::optional<Visibility> visibility;
    std::optional<Joining> joining;
  };
  virtual Task<Result<void>> change(Actor actor, SpaceId space, Changes changes) = 0;
  virtual Task<Result<void>> open_to_externals(Actor actor, SpaceId space) = 0;
  virtual Task<Result<void>> archive(Actor actor, SpaceId space, bool archived) = 0;
  virtual Task<Result<SpaceId>> duplicate(Actor actor, SpaceId space, std::string name) = 0;
  virtual Task<Result<void>> hand_over(Actor actor, SpaceId space, PersonId to) = 0;

  /// Joins at once when joining is free; otherwise files a request, or refuses where joining is by
  /// invitation.
  enum class JoinOutcome : uint8_t { joined, requested };
  virtual Task<Result<JoinOutcome>> join(Actor actor, SpaceId space, std::string message) = 0;
  virtual Task<Result<void>> withdraw_request(Actor actor, SpaceId space) = 0;
  virtual Task<Result<void>> decide_request(Actor actor, SpaceId space, PersonId person, bool accepted) = 0;

  /// Adds or changes one member. Externals only where open_to_externals, as guest or visitor at most
  /// contributor. `mail`, when given, is queued in the same transaction (the link of an invitation).
  virtual Task<Result<void>> set_member(Actor actor, SpaceId space, PersonId person, Role role,
                                        std::optional<Mail> mail = std::nullopt) = 0;
  /// Removes a member, or leaves when person == actor. The last animator cannot leave: hand over first.
  virtual Task<Result<void>> remove_member(Actor actor, SpaceId space, PersonId person) = 0;
};

/// Limits, enforced here and tested.
inline constexpr size_t max_space_name_characters = 80;
inline constexpr size_t max_space_description_characters = 2'000;
inline constexpr size_t max_members_per_space = 20'000;
inline constexpr size_t max_spaces_per_person = 1'000;
inline constexpr size_t max_join_message_characters = 500;

struct SpacesContext {
  Env& env;
  store::Database& database;
  Events& events;
  People& people;
  Notifications& notifications;
  Mailer& mailer;
};
Task<Result<std::unique_ptr<Spaces>>> load_spaces(SpacesContext context);

}  // namespace parvis
