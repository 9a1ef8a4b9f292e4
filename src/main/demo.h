#pragma once
// A small believable ministry, for `parvis serve --demo` on an empty instance: people, communities, projects.
// Made through the same services as everything else; every name is invented.
#include <string>
#include <vector>

#include "main/house.h"

namespace parvis {

struct DemoAccounts {
  std::string password;                        // of everybody
  std::string administrator, agent, external;  // addresses to try
};
Task<Result<DemoAccounts>> fill_demo(House& house);

/// Those of demo_data.h, in its order.
struct DemoIds {
  std::vector<PersonId> people;
  std::vector<SpaceId> spaces;
};
/// Conversations and files (demo_talk.h), through the public API.
Task<Result<void>> tell_demo(House& house, const DemoIds& ids);

}  // namespace parvis
