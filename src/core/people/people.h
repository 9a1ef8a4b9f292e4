#pragma once
// Everybody the house knows, in memory; changed by commands that commit first. Loop thread only.
// Pointers stay valid until the person is changed: do not keep one across co_await; keep the id.
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "core/events.h"
#include "core/people/password.h"
#include "core/people/person.h"
#include "store/database.h"

namespace parvis {

class People {
 public:
  virtual ~People() = default;

  virtual const Person* find(PersonId id) const = 0;
  virtual const Person* by_email(std::string_view email) const = 0;    // any case
  virtual const Person* by_handle(std::string_view handle) const = 0;  // Matrix localpart
  virtual const Administration* administration(AdministrationId id) const = 0;
  virtual std::vector<const Administration*> administrations() const = 0;
  /// The administration whose domain covers this address, or null: then the address belongs to an external.
  virtual const Administration* administration_of_email(std::string_view email) const = 0;
  /// Active, not hidden, matching the start of any word of name, e-mail or title; accents folded; best first.
  virtual std::vector<const Person*> search(std::string_view text, size_t limit) const = 0;
  virtual size_t count() const = 0;
  virtual std::vector<const Person*> all() const = 0;  // by display name; for administration

  struct NewPerson {
    std::string email, display_name, given_name, family_name, title, phone,
        password;  // "" password: none yet
    InstanceRole instance_role = InstanceRole::none;
    PersonState state = PersonState::active;
  };
  /// Kind and administration follow from the e-mail domain. Reasons: see reasons.h.
  virtual Task<Result<PersonId>> create(NewPerson person, PersonId actor) = 0;

  struct Changes {
    std::optional<std::string> display_name, given_name, family_name, title, phone, language, email;
    std::optional<bool> hidden;
    std::optional<PersonState> state;
    std::optional<InstanceRole> instance_role;
  };
  virtual Task<Result<void>> change(PersonId person, Changes changes, PersonId actor) = 0;

  /// argon2id in the CPU pool. Wrong e-mail and wrong password cost the same and say the same. Throttled per
  /// account and per network (reasons::limited with retry_after_ms).
  virtual Task<Result<PersonId>> check_password(std::string email, std::string password,
                                                std::string network) = 0;
  virtual Task<Result<void>> set_password(PersonId person, std::string password, PersonId actor) = 0;

  virtual Task<Result<AdministrationId>> create_administration(Administration administration,
                                                               PersonId actor) = 0;
  virtual Task<Result<void>> change_administration(Administration administration, PersonId actor) = 0;

  /// An invitation for an address without account: a pending person plus a single-use link token (14 days).
  /// Spaces and rooms may already name the person; they become active with accept_invitation().
  struct Invitation {
    PersonId person;
    std::string token;  // empty when the person already has an account
  };
  virtual Task<Result<Invitation>> invite(std::string email, PersonId inviter) = 0;
  struct InvitationSeen {
    PersonId person, inviter;  // inviter may be empty: the instance
  };
  /// Looks at an invitation without using it. reasons: invitation_invalid.
  virtual Task<Result<InvitationSeen>> invitation(std::string token) = 0;
  virtual Task<Result<PersonId>> accept_invitation(std::string token, std::string display_name,
                                                   std::string password) = 0;
};

/// `cost` is lowered by tests only. The arguments must outlive the result.
Task<Result<std::unique_ptr<People>>> load_people(Env& env, store::Database& database, Events& events,
                                                  PasswordCost cost = {});

}  // namespace parvis
