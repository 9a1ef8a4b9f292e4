#include "engine/matrix/sync_token.h"

#include <charconv>

#include "engine/matrix/canonical_json.h"

namespace parvis::matrix {
namespace {

constexpr int base = 36;

void append(std::string& out, int64_t position) {
  char digits[16];
  auto end = std::to_chars(digits, digits + sizeof digits, position, base).ptr;
  out.append(digits, static_cast<size_t>(end - digits));
}

std::optional<int64_t> parse_position(std::string_view text) {
  int64_t position = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), position, base);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (position < 0 || position > max_integer || text[0] == '-') return std::nullopt;
  return position;
}

}  // namespace

bool SyncToken::covers(const SyncToken& other) const {
  for (size_t i = 0; i < stream_count; ++i)
    if (positions[i] < other.positions[i]) return false;
  return true;
}

std::string SyncToken::text() const {
  size_t used = stream_count;
  while (used > 1 && positions[used - 1] == 0) --used;
  std::string out = "s";
  for (size_t i = 0; i < used; ++i) {
    if (i) out.push_back('_');
    append(out, positions[i]);
  }
  return out;
}

std::optional<SyncToken> SyncToken::parse(std::string_view text) {
  if (text.size() < 2 || text.size() > max_token_bytes || (text[0] != 's' && text[0] != 't'))
    return std::nullopt;
  bool page = text[0] == 't';
  text.remove_prefix(1);
  SyncToken token;
  for (size_t i = 0;; ++i) {
    auto cut = text.find('_');
    auto position = parse_position(text.substr(0, cut));
    if (!position || i >= stream_count || (page && i > 0)) return std::nullopt;
    token.positions[i] = *position;
    if (cut == std::string_view::npos) return token;
    text.remove_prefix(cut + 1);
  }
}

std::string PageToken::text() const {
  std::string out = "t";
  append(out, position);
  return out;
}

std::optional<PageToken> PageToken::parse(std::string_view text) {
  auto token = SyncToken::parse(text);
  return token ? std::optional(PageToken{(*token)[Stream::events]}) : std::nullopt;
}

}  // namespace parvis::matrix
