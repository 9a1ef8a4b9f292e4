#include "proto/url.h"

#include <algorithm>

#include "base/utf8.h"
#include "proto/ascii.h"

namespace parvis::proto {
namespace {

bool unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

std::string encode(std::string_view text, bool keep_slash) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size() + 16);
  for (char c : text) {
    if (unreserved(c) || (keep_slash && c == '/')) {
      out.push_back(c);
    } else {
      auto byte = static_cast<uint8_t>(c);
      out.push_back('%');
      out.push_back(digits[byte >> 4]);
      out.push_back(digits[byte & 15]);
    }
  }
  return out;
}

/// The byte that "%XY" at the start of `text` stands for, or -1.
int escaped_byte(std::string_view text) {
  if (text.size() < 3 || text[0] != '%') return -1;
  int high = ascii::hex_value(text[1]), low = ascii::hex_value(text[2]);
  return high < 0 || low < 0 ? -1 : high << 4 | low;
}

bool decode_segment(std::string_view raw, std::string& out) {
  for (size_t i = 0; i < raw.size(); ++i) {
    char c = raw[i];
    if (c != '%') {
      out.push_back(c);
      continue;
    }
    int byte = escaped_byte(raw.substr(i));
    if (byte < 0x20 || byte == 0x7f) return false;
    i += 2;
    if (byte == '/') {
      out.append("%2F");
    } else if (byte == '%' && raw.substr(i + 1).size() >= 2 && ascii::same(raw.substr(i + 1, 2), "2f")) {
      out.append("%25");  // or "%252F" would read as an encoded slash
    } else {
      out.push_back(static_cast<char>(byte));
    }
  }
  return true;
}

template <class Visit>
void for_each_pair(std::string_view query, Visit&& visit) {
  size_t count = 0;
  while (!query.empty() && count++ < max_query_pairs) {
    size_t end = std::min(query.find('&'), query.size());
    auto pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (pair.empty()) continue;
    size_t equals = std::min(pair.find('='), pair.size());
    if (!visit(pair.substr(0, equals), pair.substr(std::min(equals + 1, pair.size())))) return;
  }
}

bool plain(std::string_view text) { return text.find_first_of("%+") == std::string_view::npos; }
bool query_name_is(std::string_view raw, std::string_view name) {
  return plain(raw) ? raw == name : decode_query_text(raw) == name;
}

}  // namespace

std::optional<std::string> percent_decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out.push_back(text[i]);
      continue;
    }
    int byte = escaped_byte(text.substr(i));
    if (byte < 0) return std::nullopt;
    out.push_back(static_cast<char>(byte));
    i += 2;
  }
  return out;
}

std::string percent_encode(std::string_view text) { return encode(text, false); }
std::string percent_encode_path(std::string_view text) { return encode(text, true); }

Target split_target(std::string_view target) {
  Target out;
  if (!target.starts_with('/') && target != "*") {
    if (size_t colon = target.find("://"); colon != std::string_view::npos) {
      out.scheme = target.substr(0, colon);
      target.remove_prefix(colon + 3);
      size_t end = std::min(target.find_first_of("/?"), target.size());
      out.authority = target.substr(0, end);
      target.remove_prefix(end);
    }
  }
  size_t question = target.find('?');
  out.path = target.substr(0, question);
  if (question != std::string_view::npos) out.query = target.substr(question + 1);
  if (out.path.empty()) out.path = "/";
  return out;
}

bool path_is_normal(std::string_view raw_path) {
  if (!raw_path.starts_with('/')) return raw_path == "*";
  for (size_t i = 0; i < raw_path.size(); ++i) {
    auto c = static_cast<uint8_t>(raw_path[i]);
    if (c == '%' || c <= 0x20 || c >= 0x7f) return false;
    // A segment that begins with a dot is rare enough to take the slow way.
    if (c == '.' && raw_path[i - 1] == '/') return false;
  }
  return true;
}

std::optional<std::string> normalise_path(std::string_view raw_path) {
  if (raw_path == "*") return std::string(raw_path);
  if (!raw_path.starts_with('/')) return std::nullopt;
  std::string out;
  out.reserve(raw_path.size());
  std::string segment;
  for (size_t at = 1; at <= raw_path.size();) {
    size_t end = std::min(raw_path.find('/', at), raw_path.size());
    segment.clear();
    if (!decode_segment(raw_path.substr(at, end - at), segment)) return std::nullopt;
    bool last = end == raw_path.size();
    at = end + 1;
    if (segment == "." || segment == "..") {
      if (segment == "..") {
        if (out.empty()) return std::nullopt;
        out.resize(out.rfind('/'));
      }
      if (last) out.push_back('/');
      continue;
    }
    out.push_back('/');
    out.append(segment);
  }
  if (out.empty()) out = "/";
  bool controls =
      std::ranges::any_of(out, [](char c) { return static_cast<uint8_t>(c) < 0x20 || c == 0x7f; });
  if (controls || !utf8::valid(out)) return std::nullopt;
  return out;
}

bool has_dot_segments(std::string_view raw_path) {
  while (!raw_path.empty()) {
    size_t end = std::min(raw_path.find('/', 1), raw_path.size());
    auto segment = raw_path.substr(1, end - 1);
    raw_path.remove_prefix(end);
    size_t dots = 0;
    while (!segment.empty()) {
      bool encoded = segment.size() >= 3 && ascii::same(segment.substr(0, 3), "%2e");
      if (!encoded && segment.front() != '.') break;
      segment.remove_prefix(encoded ? 3 : 1);
      ++dots;
    }
    if (segment.empty() && (dots == 1 || dots == 2)) return true;
  }
  return false;
}

std::string decode_query_text(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    int byte = escaped_byte(text.substr(i));
    if (byte >= 0) {
      out.push_back(static_cast<char>(byte));
      i += 2;
    } else {
      out.push_back(text[i] == '+' ? ' ' : text[i]);
    }
  }
  return out;
}

std::vector<std::pair<std::string, std::string>> parse_query(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> out;
  for_each_pair(query, [&](std::string_view name, std::string_view value) {
    out.emplace_back(decode_query_text(name), decode_query_text(value));
    return true;
  });
  return out;
}

std::optional<std::string> query_value(std::string_view query, std::string_view name) {
  std::optional<std::string> found;
  for_each_pair(query, [&](std::string_view raw_name, std::string_view value) {
    if (!query_name_is(raw_name, name)) return true;
    found = decode_query_text(value);
    return false;
  });
  return found;
}

std::vector<std::string> query_values(std::string_view query, std::string_view name) {
  std::vector<std::string> out;
  for_each_pair(query, [&](std::string_view raw_name, std::string_view value) {
    if (query_name_is(raw_name, name)) out.push_back(decode_query_text(value));
    return true;
  });
  return out;
}

}  // namespace parvis::proto
