#pragma once
// End-to-end encryption payloads (client-server API, module "End-to-End Encryption"): shape and signatures of
// what devices upload. The server cannot read messages; it keeps these keys from being malformed or somebody
// else's.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/matrix/canonical_json.h"
#include "engine/matrix/crypto.h"

namespace parvis::matrix {

inline constexpr size_t max_key_object_bytes = 65'536;
inline constexpr size_t max_keys_per_upload = 200;  // one-time keys in one request
inline constexpr size_t max_key_id_bytes = 255;

/// POST /keys/upload, `device_keys`.
struct DeviceKeys {
  Canonical json;  // as to be served, without `unsigned`
  PublicKey ed25519;
  std::string curve25519;  // base64
};
/// errors::bad_json, errors::invalid_param (another person's or device's), errors::invalid_signature (not
/// signed by the device itself).
Result<DeviceKeys> check_device_keys(const json::Value& json, std::string_view user_id,
                                     std::string_view device_id);

/// One entry of `one_time_keys` or `fallback_keys`.
struct OneTimeKey {
  std::string algorithm;  // "signed_curve25519"
  std::string key_id;     // after the colon
  Canonical json;
};
/// In the order of the request, which is the order to hand them out. With `device_key`, signatures are
/// verified (130 µs each). For fallback keys: at most one per algorithm. errors::bad_json,
/// errors::invalid_signature.
Result<std::vector<OneTimeKey>> check_one_time_keys(const json::Value& keys, std::string_view user_id,
                                                    std::string_view device_id, bool fallback,
                                                    const PublicKey* device_key = nullptr);

enum class KeyUsage : uint8_t { master, self_signing, user_signing };
std::string_view name_of(KeyUsage usage);

struct CrossSigningKey {
  Canonical json;
  std::string public_base64;  // also its key id: "ed25519:" + public_base64
  PublicKey public_key;
};
/// Shape, owner and usage; for other usages than master also the signature of `master`.
/// errors::bad_json, errors::invalid_param, errors::missing_param (no master), errors::invalid_signature.
Result<CrossSigningKey> check_cross_signing_key(const json::Value& json, KeyUsage usage,
                                                std::string_view user_id,
                                                const CrossSigningKey* master = nullptr);

/// POST /keys/signatures/upload: adds `uploaded`'s signatures by `signer` to the stored object. The rest of
/// both must be equal, and each new signature must hold for `signer_key` under `signer_key_id`; signatures by
/// other keys are left out. errors::invalid_signature; errors::invalid_param when the objects differ.
Result<Canonical> add_signatures(const Canonical& stored, const json::Value& uploaded,
                                 std::string_view signer, std::string_view signer_key_id,
                                 const PublicKey& signer_key);

/// Server-side key backup: one session as the rule of replacement sees it.
struct BackedUpSession {
  int64_t first_message_index = 0;
  int64_t forwarded_count = 0;
  bool is_verified = false;
  Canonical json;  // the whole KeyBackupData
};
Result<BackedUpSession> check_backed_up_session(const json::Value& json);
/// Whether `candidate` is better than what is stored.
bool replaces(const BackedUpSession& candidate, const BackedUpSession& stored);

}  // namespace parvis::matrix
