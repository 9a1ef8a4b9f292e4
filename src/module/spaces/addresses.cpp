#include "module/spaces/addresses.h"

#include <algorithm>

namespace parvis {
namespace {

bool separator(char c) { return c == ',' || c == ';' || c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

std::string_view strip(std::string_view word) {
  constexpr std::string_view around = "<>\"'()[]";
  while (!word.empty() && around.find(word.front()) != std::string_view::npos) word.remove_prefix(1);
  while (!word.empty() && around.find(word.back()) != std::string_view::npos) word.remove_suffix(1);
  if (word.starts_with("mailto:")) word.remove_prefix(7);
  return word;
}

}  // namespace

bool plausible_address(std::string_view address) {
  auto at = address.find('@');
  if (at == 0 || at == std::string_view::npos || address.size() > 254 || at > 64) return false;
  auto domain = address.substr(at + 1);
  auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
           static_cast<unsigned char>(c) >= 0x80;
  };
  return domain.find('.') != std::string_view::npos && domain.front() != '.' && domain.back() != '.' &&
         domain.find("..") == std::string_view::npos && std::ranges::all_of(domain, allowed) &&
         std::ranges::none_of(address.substr(0, at),
                              [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == '@'; });
}

// On one line or between separators, a display name precedes <address>: words without '@' before it are the
// name.
std::vector<std::string> parse_addresses(std::string_view pasted) {
  std::vector<std::string> out;
  std::string name;  // words seen since the last address or strong separator
  auto keep = [&](std::string text) {
    if (!text.empty() && out.size() < max_pasted_addresses && std::ranges::find(out, text) == out.end())
      out.push_back(std::move(text));
  };
  size_t start = 0;
  for (size_t i = 0; i <= pasted.size(); ++i) {
    bool end = i == pasted.size();
    if (!end && !separator(pasted[i])) continue;
    auto word = strip(pasted.substr(start, i - start));
    start = i + 1;
    if (word.find('@') != std::string_view::npos) {
      keep(lower(word));
      name.clear();
    } else if (!word.empty()) {
      name += name.empty() ? std::string(word) : " " + std::string(word);
    }
    bool strong = end || pasted[i] == '\n' || pasted[i] == ';' || pasted[i] == ',';
    if (strong && !name.empty()) {
      keep(name);
      name.clear();
    }
  }
  return out;
}

}  // namespace parvis
