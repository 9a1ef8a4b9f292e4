#include "base/utf8.h"

#include <cstdint>

namespace parvis::utf8 {
namespace {

bool continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

uint32_t decode(std::string_view sequence) {
  auto byte = [&](size_t i) { return static_cast<uint32_t>(static_cast<unsigned char>(sequence[i])); };
  switch (sequence.size()) {
    case 1:
      return byte(0);
    case 2:
      return (byte(0) & 0x1F) << 6 | (byte(1) & 0x3F);
    case 3:
      return (byte(0) & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F);
    default:
      return (byte(0) & 0x07) << 18 | (byte(1) & 0x3F) << 12 | (byte(2) & 0x3F) << 6 | (byte(3) & 0x3F);
  }
}

// Base letters of U+00C0..U+017F, by code point; '\0' keeps the character.
constexpr char latin_base[] =
    "aaaaaa\1ceeeeiiiidnooooo\0ouuuuy\0\2"
    "aaaaaa\1ceeeeiiiidnooooo\0ouuuuy\0y"
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii\3\3jjkkklllllllllln"
    "nnnnnnnnoooooo\4\4rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

}  // namespace

size_t sequence_length(std::string_view text) {
  if (text.empty()) return 0;
  auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x80) return 1;
  size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < size) return 0;
  for (size_t i = 1; i < size; ++i)
    if (!continuation(text[i])) return 0;
  auto second = static_cast<unsigned char>(text[1]);
  if ((first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F)) return 0;
  if ((first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F)) return 0;
  return size;
}

bool valid(std::string_view text) {
  while (!text.empty()) {
    size_t size = sequence_length(text);
    if (!size) return false;
    text.remove_prefix(size);
  }
  return true;
}

size_t length(std::string_view text) {
  size_t count = 0;
  for (size_t i = 0; i < text.size(); ++count) {
    size_t size = sequence_length(text.substr(i));
    i += size ? size : 1;
  }
  return count;
}

std::string fold(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size();) {
    size_t size = sequence_length(text.substr(i));
    if (size <= 1) {
      char c = text[i++];
      out.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
      continue;
    }
    auto sequence = text.substr(i, size);
    i += size;
    uint32_t point = decode(sequence);
    if (point >= 0x300 && point < 0x370) continue;  // combining marks
    char base = point >= 0xC0 && point < 0xC0 + sizeof latin_base - 1 ? latin_base[point - 0xC0] : '\0';
    switch (base) {
      case '\0':
        out.append(sequence);
        break;
      case '\1':
        out.append("ae");
        break;
      case '\2':
        out.append("ss");
        break;
      case '\3':
        out.append("ij");
        break;
      case '\4':
        out.append("oe");
        break;
      default:
        out.push_back(base);
    }
  }
  return out;
}

std::string_view trim(std::string_view text) {
  auto blank = [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace parvis::utf8
