#pragma once
// A space (community or project) owns everything made in it. Plain data; owned by Spaces.
#include <string>

#include "base/id.h"
#include "core/spaces/role.h"

namespace parvis {

enum class SpaceKind : uint8_t { community, project };
/// open: found and read by any agent; closed: found, read by members; secret: does not exist for others.
enum class Visibility : uint8_t { open, closed, secret };
enum class Joining : uint8_t { free, approval, invitation };
enum class SpaceState : uint8_t { requested, active, archived, refused };

struct Space {
  SpaceId id;
  SpaceKind kind = SpaceKind::community;
  std::string slug;  // unique, in addresses: "simplification-des-demarches"
  std::string name;
  std::string description;
  std::string purpose_template;  // the template it was made from: "communaute-de-pratique", "projet" ...
  Visibility visibility = Visibility::closed;
  Joining joining = Joining::approval;
  SpaceState state = SpaceState::active;
  bool open_to_externals = false;  // irreversible once true (TCH-02)
  PersonId created_by;
  Instant created_at;
};

struct Membership {
  SpaceId space;
  PersonId person;
  Role role = Role::contributor;
  Instant since;
};

struct JoinRequest {
  SpaceId space;
  PersonId person;
  std::string message;
  Instant at;
};

}  // namespace parvis
