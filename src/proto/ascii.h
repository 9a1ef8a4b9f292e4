#pragma once
// ASCII helpers that the protocol parsers share: character classes as tables, comparisons that ignore the
// locale.
#include <array>
#include <cstdint>
#include <string_view>

namespace parvis::proto {

namespace ascii {

enum Class : uint8_t {
  token = 1,        // tchar, RFC 9110 section 5.6.2
  field_value = 2,  // HTAB, SP, VCHAR, obs-text, RFC 9110 section 5.5
  target = 4,       // visible ASCII without '#', RFC 9112 section 3.2 (lenient on | { } ^ that browsers send)
  digit = 8,
  hex = 16,
};

consteval std::array<uint8_t, 256> make_classes() {
  std::array<uint8_t, 256> table{};
  for (int c = 0; c < 256; ++c) {
    bool is_digit = c >= '0' && c <= '9';
    bool is_alpha = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    bool mark = std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(c)) != std::string_view::npos;
    uint8_t bits = 0;
    if (is_digit || is_alpha || (mark && c != 0)) bits |= token;
    if (c == '\t' || (c >= 0x20 && c != 0x7f)) bits |= field_value;
    if (c > 0x20 && c < 0x7f && c != '#') bits |= target;
    if (is_digit) bits |= digit;
    if (is_digit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')) bits |= hex;
    table[static_cast<size_t>(c)] = bits;
  }
  return table;
}
inline constexpr std::array<uint8_t, 256> classes = make_classes();

inline bool is(char c, Class wanted) { return classes[static_cast<uint8_t>(c)] & wanted; }
inline bool all(std::string_view text, Class wanted) {
  for (char c : text) {
    if (!is(c, wanted)) return false;
  }
  return true;
}
inline char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }
inline int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  char l = lower(c);
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

inline bool same(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

/// Removes SP and HTAB at both ends (OWS).
inline std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace ascii

/// Calls `visit(element)` for each trimmed, non-empty element of a list separated by `separator`, quoted
/// strings kept whole. `visit` returns false to stop.
template <class Visit>
void for_each_element(std::string_view list, char separator, Visit&& visit) {
  size_t start = 0;
  bool quoted = false;
  for (size_t i = 0; i <= list.size(); ++i) {
    if (i < list.size()) {
      if (quoted && list[i] == '\\') {
        ++i;
        continue;
      }
      if (list[i] == '"') quoted = !quoted;
      if (quoted || list[i] != separator) continue;
    }
    if (start > list.size()) break;
    auto element = ascii::trim(list.substr(start, i - start));
    start = i + 1;
    if (!element.empty() && !visit(element)) return;
  }
}

}  // namespace parvis::proto
