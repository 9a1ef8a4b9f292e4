#include "engine/crdt/text_units.h"

#include <cstring>

#include "base/utf8.h"

namespace parvis::crdt {
namespace {

uint8_t at(std::string_view text, size_t index) { return static_cast<uint8_t>(text[index]); }

size_t lead_length(uint8_t lead) { return lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4; }

size_t ascii_prefix(std::string_view text, size_t from) {
  size_t index = from;
  for (; index + 8 <= text.size(); index += 8) {
    uint64_t word;
    std::memcpy(&word, text.data() + index, 8);
    if (word & 0x8080808080808080u) break;
  }
  while (index < text.size() && at(text, index) < 0x80) ++index;
  return index - from;
}

void put_surrogate(std::string& out, uint32_t value) {
  out.push_back(static_cast<char>(0xE0 | (value >> 12)));
  out.push_back(static_cast<char>(0x80 | ((value >> 6) & 0x3f)));
  out.push_back(static_cast<char>(0x80 | (value & 0x3f)));
}

uint32_t code_point4(std::string_view character) {
  return (at(character, 0) & 7u) << 18 | (at(character, 1) & 63u) << 12 | (at(character, 2) & 63u) << 6 |
         (at(character, 3) & 63u);
}

}  // namespace

bool is_ascii(std::string_view text) { return ascii_prefix(text, 0) == text.size(); }

bool measure_utf8(std::string_view text, uint64_t& units) {
  uint64_t count = 0;
  for (size_t index = 0; index < text.size();) {
    size_t plain = ascii_prefix(text, index);
    count += plain;
    index += plain;
    while (index < text.size() && at(text, index) >= 0x80) {
      size_t length = utf8::sequence_length(text.substr(index));
      if (length == 0) return false;
      count += length == 4 ? 2 : 1;
      index += length;
    }
  }
  units = count;
  return true;
}

uint64_t units_of(std::string_view text) {
  uint64_t count = 0;
  for (char c : text) {
    auto byte = static_cast<uint8_t>(c);
    count += (byte & 0xC0) != 0x80;
    count += byte >= 0xF0;
  }
  return count;
}

UnitPosition find_unit(std::string_view text, uint64_t unit) {
  size_t index = 0;
  while (unit > 0 && index < text.size()) {
    size_t length = lead_length(at(text, index));
    if (length == 4) {
      if (unit == 1) return {index, true};
      --unit;
    }
    --unit;
    index += length;
  }
  return {index < text.size() ? index : text.size(), false};
}

std::string high_surrogate(std::string_view character) {
  std::string out;
  put_surrogate(out, 0xD800 + ((code_point4(character) - 0x10000) >> 10));
  return out;
}

std::string low_surrogate(std::string_view character) {
  std::string out;
  put_surrogate(out, 0xDC00 + ((code_point4(character) - 0x10000) & 0x3ff));
  return out;
}

bool ends_with_high_surrogate(std::string_view text) {
  size_t size = text.size();
  return size >= 3 && at(text, size - 3) == 0xED && at(text, size - 2) >= 0xA0 && at(text, size - 2) < 0xB0;
}

bool starts_with_low_surrogate(std::string_view text) {
  return text.size() >= 3 && at(text, 0) == 0xED && at(text, 1) >= 0xB0;
}

void append_units(std::string& out, std::string_view text) {
  if (ends_with_high_surrogate(out) && starts_with_low_surrogate(text)) {
    size_t start = out.size() - 3;
    uint32_t high = (at(out, start + 1) & 0x0fu) << 6 | (at(out, start + 2) & 0x3fu);
    uint32_t low = (at(text, 1) & 0x0fu) << 6 | (at(text, 2) & 0x3fu);
    uint32_t point = 0x10000 + (high << 10) + low;
    out.resize(start);
    out.push_back(static_cast<char>(0xF0 | (point >> 18)));
    out.push_back(static_cast<char>(0x80 | ((point >> 12) & 0x3f)));
    out.push_back(static_cast<char>(0x80 | ((point >> 6) & 0x3f)));
    out.push_back(static_cast<char>(0x80 | (point & 0x3f)));
    text.remove_prefix(3);
  }
  out.append(text);
}

void replace_surrogates(uint8_t* text, size_t size) {
  for (size_t index = 0; index + 2 < size; ++index) {
    auto* found = static_cast<uint8_t*>(std::memchr(text + index, 0xED, size - index));
    if (!found) return;
    index = static_cast<size_t>(found - text);
    if (index + 2 < size && text[index + 1] >= 0xA0)
      std::memcpy(text + index, replacement_character.data(), 3);
  }
}

bool has_surrogates(std::string_view text) {
  for (size_t index = 0; (index = text.find('\xED', index)) != std::string_view::npos; ++index)
    if (index + 1 < text.size() && at(text, index + 1) >= 0xA0) return true;
  return false;
}

}  // namespace parvis::crdt
