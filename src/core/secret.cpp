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

}  // namespace parvis
