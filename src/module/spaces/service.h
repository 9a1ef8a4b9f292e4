#pragma once
// Rules that are not about one space command: adding people by address, what waits for a person.
#include "core/context.h"

namespace parvis {

class SpacesService {
 public:
  explicit SpacesService(Context& context) : context_(context) {}

  struct Line {
    std::string address;
    std::string_view outcome;  // "added", "already", "invited", "refused"
    PersonId person;
    std::optional<Error> error;
  };
  /// Each address on its own: one refusal does not spoil the others.
  Task<std::vector<Line>> add_by_address(Actor actor, SpaceId space, std::string pasted, Role role);

 private:
  Task<Line> add_one(Actor actor, SpaceId space, std::string address, Role role);
  Context& context_;
};

/// The person's language, "fr" when unknown.
std::string_view language_of(const Context& context, const Actor& actor);

}  // namespace parvis
