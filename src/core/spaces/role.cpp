#include "core/spaces/role.h"

#include <algorithm>
#include <array>

namespace parvis {

constexpr std::array<std::string_view, 4> names{"guest", "visitor", "contributor", "animator"};

std::string_view role_name(Role role) { return names[static_cast<size_t>(role)]; }

std::optional<Role> parse_role(std::string_view name) {
  auto found = std::ranges::find(names, name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Role>(found - names.begin());
}

}  // namespace parvis
