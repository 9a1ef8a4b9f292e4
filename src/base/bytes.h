#pragma once
// Byte views and buffers. Text is std::string/std::string_view (UTF-8); bytes are these.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace parvis {

using Bytes = std::vector<uint8_t>;
using ByteView = std::span<const uint8_t>;

inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string to_hex(ByteView bytes);
/// Empty optional-like result: returns false when `text` is not an even number of hex digits.
bool from_hex(std::string_view text, Bytes& out);

enum class Base64 { standard_padded, standard_unpadded, url_unpadded };
std::string to_base64(ByteView bytes, Base64 alphabet);
/// Accepts the given alphabet with or without padding; refuses any other byte.
bool from_base64(std::string_view text, Base64 alphabet, Bytes& out);

/// Constant-time comparison: for tokens, never ==.
bool equal_secret(ByteView a, ByteView b);

}  // namespace parvis
