#pragma once
// A small believable ministry, for `parvis serve --demo` on an empty instance: people, communities, projects.
// Made through the same services as everything else; every name is invented.
#include <string>

#include "core/context.h"

namespace parvis {

struct DemoAccounts {
  std::string password;                        // of everybody
  std::string administrator, agent, external;  // addresses to try
};
Task<Result<DemoAccounts>> fill_demo(Context& context);

}  // namespace parvis
