#pragma once
// Passwords: what is accepted, and argon2id (RFC 9106) through libsodium. This folder owns <sodium.h>'s
// password hashing. hash_password() and verify_password() burn tens of milliseconds and `memory_bytes`: CPU
// executor only.
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace parvis {

inline constexpr size_t min_password_characters = 12;
inline constexpr size_t max_password_bytes = 512;

struct PasswordCost {
  uint32_t memory_kib = 48 << 10;
  uint32_t passes = 2;
  bool operator==(const PasswordCost&) const = default;
};

/// reasons::password_short, password_long, password_common, password_is_email.
Result<void> check_password_rules(std::string_view password, std::string_view email);

using PasswordSalt = std::array<uint8_t, 16>;
/// PHC string: $argon2id$v=19$m=49152,t=2,p=1$salt$hash
std::string hash_password(std::string_view password, const PasswordSalt& salt, PasswordCost cost);
/// False for a malformed `phc`. Costs what `phc` says.
bool verify_password(std::string_view password, std::string_view phc);
/// True when `phc` was made with another cost than `cost`: hash again at the next successful sign-in.
bool needs_rehash(std::string_view phc, PasswordCost cost);

}  // namespace parvis
