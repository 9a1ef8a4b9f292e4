#include "core/people/password.h"

#include <fmt/format.h>
#include <sodium.h>

#include <charconv>
#include <optional>

#include "base/bytes.h"
#include "base/check.h"
#include "base/utf8.h"
#include "core/people/reasons.h"

namespace parvis {
namespace {

constexpr size_t hash_bytes = 32;
constexpr uint32_t max_memory_kib = 1 << 20;
constexpr uint32_t max_passes = 16;

// Long enough to pass the length rule, and among the first that anybody tries. Compared folded, digits at the
// end removed.
constexpr std::string_view common_passwords[] = {
    "motdepasse",
    "monmotdepasse",
    "lemotdepasse",
    "azertyuiop",
    "azertyuiopqsdfghjklm",
    "qwertyuiop",
    "qwertyuiopasdfghjkl",
    "password",
    "passwordpassword",
    "motdepassemotdepasse",
    "administrateur",
    "administrator",
    "adminadminadmin",
    "bienvenue",
    "bonjourbonjour",
    "changezmoi",
    "changeme",
    "changemenow",
    "letmeinletmein",
    "iloveyouiloveyou",
    "jetaimejetaime",
    "republiquefrancaise",
    "libertefraternite",
    "libertesegalitefraternite",
    "liberteegalitefraternite",
    "ministere",
    "prefecture",
    "marseillaise",
    "parisparisparis",
    "abcdefghijkl",
    "abcdefghijklmnop",
    "aqwzsxedcrfv",
    "welcomewelcome",
    "soleilsoleil",
    "doudoudoudou",
    "loulouloulou",
    "chouchouchou",
    "superadministrateur",
};

std::string without_decoration(std::string_view folded) {
  std::string letters;
  for (char c : folded) {
    if (c != ' ' && c != '-' && c != '_' && c != '.' && c != '!' && c != '?' && c != '*' && c != '@')
      letters += c;
  }
  while (!letters.empty() && letters.back() >= '0' && letters.back() <= '9') letters.pop_back();
  return letters;
}

/// "aaaaaaaaaaaa", "121212121212", "123456789012", "abcdefghijkl": fewer than five different characters, or
/// one long run.
bool is_trivial(std::string_view text) {
  std::array<bool, 256> seen{};
  size_t different = 0;
  size_t steps = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    auto byte = static_cast<uint8_t>(text[i]);
    if (!seen[byte]) {
      seen[byte] = true;
      ++different;
    }
    if (i > 0) {
      int step = byte - static_cast<uint8_t>(text[i - 1]);
      if (step == 1 || step == -1 || step == 0 || step == -9 || step == 9) ++steps;
    }
  }
  return different < 5 || steps + 2 >= text.size();
}

struct Phc {
  PasswordCost cost;
  Bytes salt, hash;
};

bool take_number(std::string_view& text, std::string_view prefix, uint32_t& out) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc()) return false;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return true;
}

std::optional<Phc> parse_phc(std::string_view text) {
  Phc phc;
  if (!take_number(text, "$argon2id$v=19$m=", phc.cost.memory_kib)) return std::nullopt;
  if (!take_number(text, ",t=", phc.cost.passes)) return std::nullopt;
  if (!text.starts_with(",p=1$")) return std::nullopt;
  text.remove_prefix(5);
  size_t dollar = text.find('$');
  if (dollar == std::string_view::npos) return std::nullopt;
  if (!from_base64(text.substr(0, dollar), Base64::standard_unpadded, phc.salt)) return std::nullopt;
  if (!from_base64(text.substr(dollar + 1), Base64::standard_unpadded, phc.hash)) return std::nullopt;
  if (phc.salt.size() != crypto_pwhash_SALTBYTES || phc.hash.size() != hash_bytes) return std::nullopt;
  if (phc.cost.memory_kib < 8 || phc.cost.memory_kib > max_memory_kib) return std::nullopt;
  if (phc.cost.passes < 1 || phc.cost.passes > max_passes) return std::nullopt;
  return phc;
}

bool derive(std::string_view password, ByteView salt, PasswordCost cost,
            std::array<uint8_t, hash_bytes>& out) {
  static const int ready = sodium_init();
  CHECK(ready >= 0);
  return crypto_pwhash(out.data(), out.size(), password.data(), password.size(), salt.data(), cost.passes,
                       size_t{cost.memory_kib} << 10, crypto_pwhash_ALG_ARGON2ID13) == 0;
}

}  // namespace

Result<void> check_password_rules(std::string_view password, std::string_view email) {
  if (password.size() > max_password_bytes) return fail(reasons::password_long);
  if (!utf8::valid(password)) return fail(reasons::malformed, "password is not UTF-8");
  if (utf8::length(password) < min_password_characters) return fail(reasons::password_short);
  std::string folded = utf8::fold(password);
  if (is_trivial(folded)) return fail(reasons::password_common);
  std::string letters = without_decoration(folded);
  for (std::string_view common : common_passwords) {
    if (letters == common) return fail(reasons::password_common);
  }
  std::string_view local = email.substr(0, email.find('@'));
  if (!email.empty() && (folded.find(email) != std::string::npos || letters == without_decoration(local))) {
    return fail(reasons::password_is_email);
  }
  return {};
}

std::string hash_password(std::string_view password, const PasswordSalt& salt, PasswordCost cost) {
  std::array<uint8_t, hash_bytes> hash;
  if (!derive(password, salt, cost, hash)) return {};  // out of memory: an empty hash never verifies
  return fmt::format("$argon2id$v=19$m={},t={},p=1${}${}", cost.memory_kib, cost.passes,
                     to_base64(salt, Base64::standard_unpadded), to_base64(hash, Base64::standard_unpadded));
}

bool verify_password(std::string_view password, std::string_view text) {
  auto phc = parse_phc(text);
  if (!phc) return false;
  std::array<uint8_t, hash_bytes> hash;
  return derive(password, phc->salt, phc->cost, hash) && equal_secret(hash, phc->hash);
}

bool needs_rehash(std::string_view text, PasswordCost cost) {
  auto phc = parse_phc(text);
  return !phc || phc->cost != cost;
}

}  // namespace parvis
