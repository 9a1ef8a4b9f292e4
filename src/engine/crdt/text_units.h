#pragma once
// Text is measured in UTF-16 units on the wire and kept as UTF-8 in memory. Half a surrogate pair, which a v2
// update can carry, is kept in its three-byte form (ED A0..BF xx): as long as its replacement U+FFFD.
#include <cstdint>
#include <string>
#include <string_view>

namespace parvis::crdt {

inline constexpr std::string_view replacement_character = "\xEF\xBF\xBD";

/// Well-formed UTF-8 only (no surrogates, no over-long forms); `units` receives the UTF-16 length.
bool measure_utf8(std::string_view text, uint64_t& units);
/// UTF-16 length of text already known to be in the internal form.
uint64_t units_of(std::string_view text);

struct UnitPosition {
  size_t byte = 0;           // of the character the unit belongs to
  bool inside_pair = false;  // the unit is the second half of the four-byte character at `byte`
};
/// Where unit `unit` (0..length) of `text` starts; walks from the start.
UnitPosition find_unit(std::string_view text, uint64_t unit);

/// The two halves of the four-byte character at the start of `character`, in internal form.
std::string high_surrogate(std::string_view character);
std::string low_surrogate(std::string_view character);
bool ends_with_high_surrogate(std::string_view text);
bool starts_with_low_surrogate(std::string_view text);
/// Appends, joining a high surrogate at the end of `out` with a low one at the start of `text`.
void append_units(std::string& out, std::string_view text);
/// Internal form to UTF-8: lone surrogates become U+FFFD, in place (the length does not change).
void replace_surrogates(uint8_t* text, size_t size);
bool has_surrogates(std::string_view text);
/// True when every byte is below 0x80.
bool is_ascii(std::string_view text);

}  // namespace parvis::crdt
