#pragma once
// UTF-8 (RFC 3629): validation and small text helpers that people's names and searches need.
#include <cstddef>
#include <string>
#include <string_view>

namespace parvis::utf8 {

/// Length in bytes of the well-formed sequence at the start of `text`; 0 when ill-formed or empty.
size_t sequence_length(std::string_view text);
bool valid(std::string_view text);
/// Code points, counting each ill-formed byte as one.
size_t length(std::string_view text);
/// Lower case without accents for Latin text ("Éric Ça" -> "eric ca"); for sorting and prefix search.
std::string fold(std::string_view text);
/// Removes leading and trailing white space and control characters.
std::string_view trim(std::string_view text);

}  // namespace parvis::utf8
