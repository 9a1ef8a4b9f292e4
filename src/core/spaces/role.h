#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace parvis {

/// A member's role in a space, weakest first. French names: Invité, Visiteur, Contributeur, Animateur.
enum class Role : uint8_t { guest, visitor, contributor, animator };

std::string_view role_name(Role role);  // "guest" ...
std::optional<Role> parse_role(std::string_view name);

}  // namespace parvis
