#pragma once
#include <string>
#include <string_view>

namespace parvis {

inline constexpr size_t max_file_name_bytes = 255;

/// A name safe to show and to save: no path, no control or bidirectional-override characters, at most
/// max_file_name_bytes keeping the extension; "fichier" when nothing is left.
std::string clean_file_name(std::string_view name);

}  // namespace parvis
