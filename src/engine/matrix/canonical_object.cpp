#include "engine/matrix/canonical_object.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace parvis::matrix {
namespace {

// Length of the string that starts at text[0] == '"', quotes included; the rest when unfinished.
size_t string_length(std::string_view text) {
  size_t i = 1;
  while (i < text.size() && text[i] != '"') i += text[i] == '\\' ? 2 : 1;
  return std::min(i + 1, text.size());
}

size_t value_length(std::string_view text) {
  if (text.empty()) return 0;
  if (text[0] == '"') return string_length(text);
  if (text[0] != '{' && text[0] != '[') return std::min(text.find_first_of(",}]"), text.size());
  size_t depth = 0;
  for (size_t i = 0; i < text.size();) {
    char c = text[i];
    if (c == '"') {
      i += string_length(text.substr(i));
      continue;
    }
    ++i;
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && --depth == 0) return i;
  }
  return text.size();
}

uint32_t hex_value(std::string_view digits) {
  uint32_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  return value;
}

}  // namespace

ObjectReader::ObjectReader(std::string_view object) {
  if (object.size() > 2 && object.front() == '{') rest_ = object.substr(1);
}

std::optional<ObjectReader::Member> ObjectReader::next() {
  if (rest_.empty() || rest_.front() != '"') return std::nullopt;
  size_t key_size = string_length(rest_);
  if (key_size < 2 || key_size >= rest_.size()) return std::nullopt;
  Member member;
  member.key = rest_.substr(1, key_size - 2);
  rest_.remove_prefix(key_size + 1);
  size_t size = value_length(rest_);
  member.value = rest_.substr(0, size);
  rest_.remove_prefix(std::min(size + 1, rest_.size()));
  return member;
}

std::string_view member_of(std::string_view object, std::string_view key) {
  ObjectReader members(object);
  while (auto member = members.next())
    if (member->key == key) return member->value;
  return {};
}

std::optional<std::string> decode_string(std::string_view value) {
  if (value.size() < 2 || value.front() != '"') return std::nullopt;
  value = value.substr(1, value.size() - 2);
  std::string out;
  out.reserve(value.size());
  for (size_t i = 0; i < value.size(); ++i) {
    if (value[i] != '\\' || i + 1 >= value.size()) {
      out.push_back(value[i]);
      continue;
    }
    switch (char c = value[++i]) {
      case 'b':
        out.push_back('\b');
        break;
      case 'f':
        out.push_back('\f');
        break;
      case 'n':
        out.push_back('\n');
        break;
      case 'r':
        out.push_back('\r');
        break;
      case 't':
        out.push_back('\t');
        break;
      case 'u':  // canonical text escapes only control characters this way
        if (i + 4 < value.size()) {
          out.push_back(static_cast<char>(hex_value(value.substr(i + 1, 4))));
          i += 4;
        }
        break;
      default:
        out.push_back(c);
    }
  }
  return out;
}

std::optional<int64_t> decode_integer(std::string_view value) {
  int64_t number = 0;
  auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (value.empty() || error != std::errc{} || end != value.data() + value.size()) return std::nullopt;
  return number;
}

std::string without_members(std::string_view object, std::span<const std::string_view> removed) {
  std::string out = "{";
  out.reserve(object.size());
  ObjectReader members(object);
  while (auto member = members.next()) {
    if (std::find(removed.begin(), removed.end(), member->key) != removed.end()) continue;
    if (out.size() > 1) out.push_back(',');
    out.append("\"").append(member->key).append("\":").append(member->value);
  }
  out.push_back('}');
  return out;
}

std::string with_member(std::string_view object, std::string_view key, std::string_view value) {
  std::string out = "{";
  out.reserve(object.size() + key.size() + value.size() + 4);
  auto put = [&](std::string_view k, std::string_view v) {
    if (out.size() > 1) out.push_back(',');
    out.append("\"").append(k).append("\":").append(v);
  };
  bool placed = false;
  ObjectReader members(object);
  while (auto member = members.next()) {
    if (!placed && member->key >= key) {
      put(key, value);
      placed = true;
    }
    if (member->key != key) put(member->key, member->value);
  }
  if (!placed) put(key, value);
  out.push_back('}');
  return out;
}

}  // namespace parvis::matrix
