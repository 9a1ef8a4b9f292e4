#include "engine/matrix/keys.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/matrix/canonical_object.h"
#include "engine/matrix/errors.h"
#include "engine/matrix/signing.h"

namespace parvis::matrix {
namespace {

constexpr std::string_view not_compared[] = {"signatures", "unsigned"};
constexpr std::string_view unsigned_only[] = {"unsigned"};

Result<Canonical> canonical_object(const json::Value& json) {
  if (!json.is_object()) return fail(errors::bad_json, "a key object expected");
  auto canonical = TRY(Canonical::of(json));
  if (canonical.text().size() > max_key_object_bytes)
    return fail(errors::event_too_large, "key object too large");
  return Canonical::trusted(without_members(canonical.text(), unsigned_only));
}

Result<std::string_view> required_text(const json::Value& json, std::string_view key) {
  auto text = json::text(json, key);
  if (!text) return fail(errors::bad_json, fmt::format("{} is missing or no string", key));
  return *text;
}

/// signatures: user id → key id → base64 text.
Result<void> check_signature_table(const json::Value& json) {
  auto* table = json::object(json, "signatures");
  if (!table) return fail(errors::bad_json, "signatures is missing or no object");
  for (const auto& [user, by_key] : *table) {
    if (!by_key.is_object()) return fail(errors::bad_json, "signatures: an object per person expected");
    for (const auto& [key_id, signature] : by_key.get_object())
      if (!signature.is_string()) return fail(errors::bad_json, "a signature is a string");
  }
  return {};
}

}  // namespace

std::string_view name_of(KeyUsage usage) {
  switch (usage) {
    case KeyUsage::master:
      return "master";
    case KeyUsage::self_signing:
      return "self_signing";
    case KeyUsage::user_signing:
      return "user_signing";
  }
  return "";
}

Result<DeviceKeys> check_device_keys(const json::Value& json, std::string_view user_id,
                                     std::string_view device_id) {
  DeviceKeys keys{.json = TRY(canonical_object(json))};
  if (TRY(required_text(json, "user_id")) != user_id || TRY(required_text(json, "device_id")) != device_id)
    return fail(errors::invalid_param, "the keys are of another person or device");
  auto* algorithms = json::array(json, "algorithms");
  if (!algorithms ||
      !std::all_of(algorithms->begin(), algorithms->end(), [](const auto& a) { return a.is_string(); }))
    return fail(errors::bad_json, "algorithms is no list of strings");
  auto* table = json::object(json, "keys");
  if (!table) return fail(errors::bad_json, "keys is missing or no object");
  for (const auto& [key_id, key] : *table)
    if (!key.is_string() || key_id.size() > max_key_id_bytes)
      return fail(errors::bad_json, "keys holds something else than strings");
  std::string ed25519_id = "ed25519:" + std::string(device_id),
              curve25519_id = "curve25519:" + std::string(device_id);
  auto ed25519 = TRY(required_text(json.at("keys"), ed25519_id));
  keys.curve25519 = TRY(required_text(json.at("keys"), curve25519_id));
  PublicKey curve;
  if (!decode_public_key(ed25519, keys.ed25519) || !decode_public_key(keys.curve25519, curve))
    return fail(errors::bad_json, "a key is not 32 bytes of base64");
  TRY(check_signature_table(json));
  if (!verify_json(keys.json.text(), user_id, ed25519_id, keys.ed25519))
    return fail(errors::invalid_signature, "device_keys is not signed by the device");
  return keys;
}

Result<std::vector<OneTimeKey>> check_one_time_keys(const json::Value& keys, std::string_view user_id,
                                                    std::string_view device_id, bool fallback,
                                                    const PublicKey* device_key) {
  auto* table = keys.if_object();
  if (!table) return fail(errors::bad_json, "an object of keys expected");
  if (table->size() > max_keys_per_upload) return fail(errors::invalid_param, "too many keys in one request");
  std::vector<OneTimeKey> out;
  for (const auto& [name, value] : *table) {
    std::string_view text = name;
    auto colon = text.find(':');
    if (colon == std::string_view::npos || colon == 0 || colon + 1 == text.size() ||
        text.size() > max_key_id_bytes)
      return fail(errors::bad_json, "a key is named <algorithm>:<key id>");
    OneTimeKey key{.algorithm = std::string(text.substr(0, colon)),
                   .key_id = std::string(text.substr(colon + 1))};
    if (fallback &&
        std::any_of(out.begin(), out.end(), [&](const auto& k) { return k.algorithm == key.algorithm; }))
      return fail(errors::bad_json, "one fallback key per algorithm");
    if (value.is_string()) {
      if (key.algorithm.starts_with("signed_")) return fail(errors::bad_json, "a signed key is an object");
      key.json = TRY(Canonical::of(value));
    } else {
      key.json = TRY(canonical_object(value));
      TRY(required_text(value, "key"));
      TRY(check_signature_table(value));
      if (device_key &&
          !verify_json(key.json.text(), user_id, "ed25519:" + std::string(device_id), *device_key))
        return fail(errors::invalid_signature, "a one-time key is not signed by the device");
    }
    out.push_back(std::move(key));
  }
  return out;
}

Result<CrossSigningKey> check_cross_signing_key(const json::Value& json, KeyUsage usage,
                                                std::string_view user_id, const CrossSigningKey* master) {
  CrossSigningKey key{.json = TRY(canonical_object(json))};
  if (TRY(required_text(json, "user_id")) != user_id)
    return fail(errors::invalid_param, "the key is of another person");
  auto* usages = json::array(json, "usage");
  auto named = [&](const json::Value& v) {
    return v.is_string() && std::string_view(v.get_string()) == name_of(usage);
  };
  if (!usages || std::none_of(usages->begin(), usages->end(), named))
    return fail(errors::bad_json, "usage does not fit");
  auto* table = json::object(json, "keys");
  if (!table || table->size() != 1 || !table->begin()->value().is_string())
    return fail(errors::bad_json, "keys holds exactly one key");
  key.public_base64 = table->begin()->value().get_string();
  if (std::string_view(table->begin()->key()) != "ed25519:" + key.public_base64 ||
      !decode_public_key(key.public_base64, key.public_key))
    return fail(errors::bad_json, "the key is named ed25519:<its own base64>");
  if (json::find(json, "signatures")) TRY(check_signature_table(json));
  if (usage == KeyUsage::master) return key;
  if (!master) return fail(errors::missing_param, "no master key");
  if (!verify_json(key.json.text(), user_id, "ed25519:" + master->public_base64, master->public_key))
    return fail(errors::invalid_signature, "the key is not signed by the master key");
  return key;
}

Result<Canonical> add_signatures(const Canonical& stored, const json::Value& uploaded,
                                 std::string_view signer, std::string_view signer_key_id,
                                 const PublicKey& signer_key) {
  auto offered = TRY(canonical_object(uploaded));
  if (without_members(stored.text(), not_compared) != without_members(offered.text(), not_compared))
    return fail(errors::invalid_param, "the signed object differs from the stored one");
  TRY(check_signature_table(uploaded));
  if (!verify_json(offered.text(), signer, signer_key_id, signer_key))
    return fail(errors::invalid_signature, "the signature does not hold");
  auto quoted_inside = [](std::string_view text) {
    std::string out;
    append_canonical_string(out, text);
    return out.substr(1, out.size() - 2);
  };
  auto signer_name = quoted_inside(signer), key_name = quoted_inside(signer_key_id);
  auto signature = member_of(member_of(member_of(offered.text(), "signatures"), signer_name), key_name);
  auto signatures = member_of(stored.text(), "signatures");
  if (!signatures.starts_with('{')) signatures = "{}";
  auto of_signer = member_of(signatures, signer_name);
  if (!of_signer.starts_with('{')) of_signer = "{}";
  auto merged = with_member(signatures, signer_name, with_member(of_signer, key_name, signature));
  auto out = with_member(stored.text(), "signatures", merged);
  if (out.size() > max_key_object_bytes) return fail(errors::event_too_large, "too many signatures");
  return Canonical::trusted(std::move(out));
}

Result<BackedUpSession> check_backed_up_session(const json::Value& json) {
  BackedUpSession session{.json = TRY(canonical_object(json))};
  auto index = json::integer(json, "first_message_index"), forwarded = json::integer(json, "forwarded_count");
  auto verified = json::boolean(json, "is_verified");
  if (!index || *index < 0 || !forwarded || *forwarded < 0 || !verified ||
      !json::object(json, "session_data"))
    return fail(errors::bad_json, "a backed up session needs its four members");
  session.first_message_index = *index;
  session.forwarded_count = *forwarded;
  session.is_verified = *verified;
  return session;
}

bool replaces(const BackedUpSession& candidate, const BackedUpSession& stored) {
  if (candidate.is_verified != stored.is_verified) return candidate.is_verified;
  if (candidate.first_message_index != stored.first_message_index)
    return candidate.first_message_index < stored.first_message_index;
  return candidate.forwarded_count < stored.forwarded_count;
}

}  // namespace parvis::matrix
