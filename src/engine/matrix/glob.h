#pragma once
// Glob patterns of push rules (appendices, "Glob-style matching"): '*' any run, '?' one character; case is
// ignored for Latin, Greek and Cyrillic letters. Time is linear in the text for every pattern.
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace parvis::matrix {

inline constexpr size_t max_glob_characters = 250;  // longer patterns never match

class Glob {
 public:
  explicit Glob(std::string_view pattern) : Glob(pattern, false) {}
  /// Matches `text` itself: '*' and '?' are ordinary.
  static Glob literal(std::string_view text) { return Glob(text, true); }

  /// The whole of `text`.
  bool matches(std::string_view text) const;
  /// Some part of `text` that starts and ends at a word boundary (module push, "event_match" on
  /// content.body).
  bool matches_word(std::string_view text) const;

 private:
  Glob(std::string_view pattern, bool literal);
  using States = std::array<uint64_t, 4>;
  States on_character(uint32_t character) const;
  void step(States& states, uint32_t character) const;
  void enter(States& states, size_t state) const;
  bool accepted(const States& states) const;

  std::vector<uint32_t> pattern_;  // folded; runs of '*' are one
  States stars_{}, any_{};
  std::vector<std::pair<uint32_t, States>> by_character_;  // sorted
  bool too_long_ = false;
};

}  // namespace parvis::matrix
