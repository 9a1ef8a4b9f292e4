#pragma once
// The permission decision for keys for automation. A key acts in the name of whoever made it, about meetings
// alone: in one space, whose animator its maker must still be; or, made by an administrator, in every space.
// So it loses what its maker loses.
#include "core/access/may.h"

namespace parvis {

struct KeyActor {
  PersonId maker;
  SpaceId space;  // empty: a key of the house
};

/// Of meeting_join, meeting_open and meeting_host in a space; all else is refused as unknown.
Decision may_by_key(const Access& access, const Spaces& spaces, const KeyActor& key, Action action,
                    SpaceId space);
/// Who may make, see and revoke such keys, and have them go on: animators of the space, administrators of the
/// house.
Decision may_automate(const Access& access, const Actor& actor, SpaceId space);

}  // namespace parvis
