#pragma once
// SHA-256 and Ed25519 (RFC 8032) as Matrix uses them. Thread-safe; the only owner of OpenSSL in this folder.
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace parvis::matrix {

using Sha256 = std::array<uint8_t, 32>;
Sha256 sha256(std::string_view bytes);

using Signature = std::array<uint8_t, 64>;
using PublicKey = std::array<uint8_t, 32>;

bool verify_signature(const PublicKey& key, std::string_view message, const Signature& signature);
/// nullopt-like: false when `text` is not unpadded (or padded) base64 of exactly that many bytes.
bool decode_public_key(std::string_view text, PublicKey& out);
bool decode_signature(std::string_view text, Signature& out);

/// A server's Ed25519 key pair. Movable; wipes the seed when destroyed.
class SigningKey {
 public:
  /// `seed` is 32 secret bytes; `version` is the part after "ed25519:" ([A-Za-z0-9_]).
  SigningKey(const std::array<uint8_t, 32>& seed, std::string version);
  SigningKey(SigningKey&& other) noexcept;
  SigningKey& operator=(SigningKey&& other) noexcept;
  ~SigningKey();

  std::string key_id() const { return "ed25519:" + version_; }
  const PublicKey& public_key() const { return public_key_; }
  Signature sign(std::string_view message) const;

 private:
  void* key_ = nullptr;  // EVP_PKEY
  std::string version_;
  PublicKey public_key_{};
};

}  // namespace parvis::matrix
