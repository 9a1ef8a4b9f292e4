#pragma once
#include <functional>
#include <string>
#include <string_view>

namespace parvis {

/// "Simplification des démarches" -> "simplification-des-demarches"; "espace" when nothing is left. At most
/// 60 characters.
std::string make_slug(std::string_view name);
/// Appends -2, -3 … until `taken` says no.
std::string free_slug(std::string_view name, const std::function<bool(std::string_view)>& taken);

}  // namespace parvis
