#include "engine/matrix/crypto.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <utility>

#include "base/check.h"

namespace parvis::matrix {
namespace {

// Fetching an algorithm and making a context cost more than hashing an event, so both are kept.
struct Hasher {
  EVP_MD* algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  Hasher() { CHECK(algorithm && context); }
  ~Hasher() {
    EVP_MD_CTX_free(context);
    EVP_MD_free(algorithm);
  }
};

template <size_t Size>
bool decode_exact(std::string_view text, std::array<uint8_t, Size>& out) {
  Bytes bytes;
  if (text.size() > Size * 2 || !from_base64(text, Base64::standard_unpadded, bytes) || bytes.size() != Size)
    return false;
  std::copy(bytes.begin(), bytes.end(), out.begin());
  return true;
}

}  // namespace

Sha256 sha256(std::string_view bytes) {
  thread_local Hasher hasher;
  Sha256 out;
  unsigned size = 0;
  CHECK(EVP_DigestInit_ex2(hasher.context, hasher.algorithm, nullptr) == 1);
  CHECK(EVP_DigestUpdate(hasher.context, bytes.data(), bytes.size()) == 1);
  CHECK(EVP_DigestFinal_ex(hasher.context, out.data(), &size) == 1 && size == out.size());
  return out;
}

bool verify_signature(const PublicKey& key, std::string_view message, const Signature& signature) {
  EVP_PKEY* public_key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.data(), key.size());
  if (!public_key) return false;
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  bool valid = context && EVP_DigestVerifyInit(context, nullptr, nullptr, nullptr, public_key) == 1 &&
               EVP_DigestVerify(context, signature.data(), signature.size(),
                                reinterpret_cast<const uint8_t*>(message.data()), message.size()) == 1;
  EVP_MD_CTX_free(context);
  EVP_PKEY_free(public_key);
  return valid;
}

bool decode_public_key(std::string_view text, PublicKey& out) { return decode_exact(text, out); }
bool decode_signature(std::string_view text, Signature& out) { return decode_exact(text, out); }

SigningKey::SigningKey(const std::array<uint8_t, 32>& seed, std::string version)
    : version_(std::move(version)) {
  EVP_PKEY* key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size());
  CHECK(key);
  size_t size = public_key_.size();
  CHECK(EVP_PKEY_get_raw_public_key(key, public_key_.data(), &size) == 1 && size == public_key_.size());
  key_ = key;
}

SigningKey::SigningKey(SigningKey&& other) noexcept
    : key_(std::exchange(other.key_, nullptr)),
      version_(std::move(other.version_)),
      public_key_(other.public_key_) {}

SigningKey& SigningKey::operator=(SigningKey&& other) noexcept {
  std::swap(key_, other.key_);
  std::swap(version_, other.version_);
  std::swap(public_key_, other.public_key_);
  return *this;
}

SigningKey::~SigningKey() { EVP_PKEY_free(static_cast<EVP_PKEY*>(key_)); }

Signature SigningKey::sign(std::string_view message) const {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  Signature out;
  size_t size = out.size();
  CHECK(context && EVP_DigestSignInit(context, nullptr, nullptr, nullptr, static_cast<EVP_PKEY*>(key_)) == 1);
  CHECK(EVP_DigestSign(context, out.data(), &size, reinterpret_cast<const uint8_t*>(message.data()),
                       message.size()) == 1 &&
        size == out.size());
  EVP_MD_CTX_free(context);
  return out;
}

}  // namespace parvis::matrix
