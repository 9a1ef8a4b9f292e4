#include "core/secret.h"

#include <sodium.h>

#include <array>

#include "base/bytes.h"

namespace parvis {

std::string new_secret(Random& random) {
  std::array<uint8_t, 32> bytes;
  random.fill(bytes);
  return to_base64(bytes, Base64::url_unpadded);
}

std::string hash_secret(std::string_view secret) {
  std::array<uint8_t, crypto_hash_sha256_BYTES> hash;
  auto bytes = as_bytes(secret);
  crypto_hash_sha256(hash.data(), bytes.data(), bytes.size());
  return to_hex(hash);
}

std::array<uint8_t, 32> hmac_sha256(std::string_view key, std::string_view message) {
  static_assert(crypto_auth_hmacsha256_BYTES == 32);
  crypto_auth_hmacsha256_state state;
  auto key_bytes = as_bytes(key), message_bytes = as_bytes(message);
  crypto_auth_hmacsha256_init(&state, key_bytes.data(), key_bytes.size());
  crypto_auth_hmacsha256_update(&state, message_bytes.data(), message_bytes.size());
  std::array<uint8_t, 32> out;
  crypto_auth_hmacsha256_final(&state, out.data());
  return out;
}

}  // namespace parvis
