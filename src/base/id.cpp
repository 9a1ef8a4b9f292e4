#include "base/id.h"

namespace parvis {
namespace {
constexpr std::string_view alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

int value_of(char c) {
  if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  auto at = alphabet.find(c);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}
}  // namespace

// 26 characters hold 130 bits: the first character carries only 3.
std::string format_id(const RawId& id) {
  std::string out(26, '0');
  unsigned __int128 number = 0;
  for (uint8_t byte : id.bytes) number = number << 8 | byte;
  for (size_t i = 26; i-- > 0; number >>= 5) out[i] = alphabet[static_cast<size_t>(number & 31)];
  return out;
}

std::optional<RawId> parse_id(std::string_view text) {
  if (text.size() != 26 || value_of(text[0]) > 7) return std::nullopt;
  unsigned __int128 number = 0;
  for (char c : text) {
    int value = value_of(c);
    if (value < 0) return std::nullopt;
    number = number << 5 | static_cast<unsigned>(value);
  }
  RawId id;
  for (size_t i = 16; i-- > 0; number >>= 8) id.bytes[i] = static_cast<uint8_t>(number & 255);
  return id;
}

RawId make_id(Instant now, const std::array<uint8_t, 10>& random) {
  RawId id;
  for (size_t i = 0; i < 6; ++i) id.bytes[i] = static_cast<uint8_t>(now.ms >> (40 - 8 * i));
  for (size_t i = 0; i < 10; ++i) id.bytes[6 + i] = random[i];
  id.bytes[6] = static_cast<uint8_t>(0x70 | (id.bytes[6] & 0x0f));
  id.bytes[8] = static_cast<uint8_t>(0x80 | (id.bytes[8] & 0x3f));
  return id;
}

}  // namespace parvis
