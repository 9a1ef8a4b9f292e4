#include "engine/matrix/glob.h"

#include <algorithm>

#include "base/utf8.h"

namespace parvis::matrix {
namespace {

uint32_t lower(uint32_t point) {
  if (point < 0x80) return point >= 'A' && point <= 'Z' ? point + 32 : point;
  if (point >= 0xC0 && point <= 0xDE && point != 0xD7) return point + 32;
  if (point >= 0x100 && point <= 0x137) return point | 1;
  if (point >= 0x139 && point <= 0x148) return point + (point & 1);
  if (point >= 0x14A && point <= 0x177) return point | 1;
  if (point == 0x178) return 0xFF;
  if (point >= 0x391 && point <= 0x3A9) return point + 32;
  if (point >= 0x410 && point <= 0x42F) return point + 32;
  if (point >= 0x400 && point <= 0x40F) return point + 80;
  return point;
}

/// The next character of `text`, folded; ill-formed bytes stand for themselves.
uint32_t next_character(std::string_view text, size_t& at) {
  auto byte = [&](size_t i) { return static_cast<uint32_t>(static_cast<unsigned char>(text[i])); };
  size_t size = byte(at) < 0x80 ? 1 : utf8::sequence_length(text.substr(at));
  uint32_t point = byte(at);
  if (size == 2) point = (byte(at) & 0x1F) << 6 | (byte(at + 1) & 0x3F);
  if (size == 3) point = (byte(at) & 0x0F) << 12 | (byte(at + 1) & 0x3F) << 6 | (byte(at + 2) & 0x3F);
  if (size == 4)
    point = (byte(at) & 0x07) << 18 | (byte(at + 1) & 0x3F) << 12 | (byte(at + 2) & 0x3F) << 6 |
            (byte(at + 3) & 0x3F);
  at += std::max<size_t>(size, 1);
  return lower(point);
}

bool word_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}
bool boundary(std::string_view text, size_t at) {
  return at == 0 || at >= text.size() || !word_character(text[at - 1]) || !word_character(text[at]);
}

void set(std::array<uint64_t, 4>& states, size_t i) { states[i / 64] |= uint64_t{1} << (i % 64); }

}  // namespace

Glob::Glob(std::string_view pattern, bool literal) {
  for (size_t at = 0; at < pattern.size();) {
    uint32_t character = next_character(pattern, at);
    if (!literal && character == '*' && !pattern_.empty() && pattern_.back() == '*') continue;
    pattern_.push_back(character);
    if (pattern_.size() > max_glob_characters) {
      too_long_ = true;
      return;
    }
  }
  for (size_t i = 0; i < pattern_.size(); ++i) {
    if (!literal && pattern_[i] == '*') {
      set(stars_, i);
    } else if (!literal && pattern_[i] == '?') {
      set(any_, i);
    } else {
      auto found = std::find_if(by_character_.begin(), by_character_.end(),
                                [&](const auto& entry) { return entry.first == pattern_[i]; });
      if (found == by_character_.end()) found = by_character_.insert(found, {pattern_[i], States{}});
      set(found->second, i);
    }
  }
  std::sort(by_character_.begin(), by_character_.end());
}

Glob::States Glob::on_character(uint32_t character) const {
  auto found = std::lower_bound(by_character_.begin(), by_character_.end(), character,
                                [](const auto& entry, uint32_t c) { return entry.first < c; });
  States states = any_;
  if (found != by_character_.end() && found->first == character)
    for (size_t i = 0; i < states.size(); ++i) states[i] |= found->second[i];
  return states;
}

// State i: the first i pattern characters are matched. A '*' also lets its successor start at once.
void Glob::enter(States& states, size_t state) const {
  set(states, state);
  if (stars_[state / 64] >> (state % 64) & 1) set(states, state + 1);
}

void Glob::step(States& states, uint32_t character) const {
  auto match = on_character(character);
  States moved{}, next{};
  uint64_t carry = 0;
  for (size_t i = 0; i < states.size(); ++i) {
    uint64_t advancing = states[i] & match[i];
    moved[i] = advancing << 1 | carry;
    carry = advancing >> 63;
    next[i] = (states[i] & stars_[i]) | moved[i];
  }
  carry = 0;
  for (size_t i = 0; i < states.size(); ++i) {
    uint64_t starred = next[i] & stars_[i];
    next[i] |= starred << 1 | carry;
    carry = starred >> 63;
  }
  states = next;
}

bool Glob::accepted(const States& states) const {
  return states[pattern_.size() / 64] >> (pattern_.size() % 64) & 1;
}

bool Glob::matches(std::string_view text) const {
  if (too_long_) return false;
  States states{};
  enter(states, 0);
  for (size_t at = 0; at < text.size();) step(states, next_character(text, at));
  return accepted(states);
}

bool Glob::matches_word(std::string_view text) const {
  if (too_long_ || pattern_.empty()) return false;
  States states{};
  for (size_t at = 0;;) {
    bool edge = boundary(text, at);
    if (edge && accepted(states)) return true;
    if (edge) enter(states, 0);
    if (at >= text.size()) return edge && accepted(states);
    step(states, next_character(text, at));
  }
}

}  // namespace parvis::matrix
