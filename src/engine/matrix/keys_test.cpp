#include "engine/matrix/keys.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "engine/matrix/canonical_object.h"
#include "engine/matrix/errors.h"
#include "engine/matrix/signing.h"
#include "engine/matrix/test_room.h"

using namespace parvis;
using namespace parvis::matrix;
using namespace parvis::matrix::test;

namespace {

// A key whose id is its own base64 (cross-signing) or a device's name.
struct Signer {
  SigningKey key;
  std::string base64;
  Signer(uint8_t n, std::string_view device = {})
      : key(seed(n), std::string(device)), base64(to_base64(key.public_key(), Base64::standard_unpadded)) {
    if (device.empty()) key = SigningKey(seed(n), base64);
  }
  static std::array<uint8_t, 32> seed(uint8_t n) {
    std::array<uint8_t, 32> out{};
    out.fill(n);
    return out;
  }
  std::string sign(std::string_view text) const { return sign_json(canonical(text).text(), alice, key); }
};

const std::string curve = "3C5BFWi2Y8MaVvjM8M22DBmh24PmgR0nPvJOIArzgyI";

std::string device_json(const Signer& device) {
  return R"({"user_id":"@alice:a.fr","device_id":"DEV","algorithms":["m.olm.v1.curve25519-aes-sha2"],"keys":{"ed25519:DEV":")" +
         device.base64 + R"(","curve25519:DEV":")" + curve + R"("}})";
}
std::string cross_json(const Signer& key, std::string_view usage) {
  return R"({"user_id":"@alice:a.fr","usage":[")" + std::string(usage) + R"("],"keys":{"ed25519:)" +
         key.base64 + R"(":")" + key.base64 + "\"}}";
}

}  // namespace

TEST_CASE("device keys must be the device's own and signed by it") {
  Signer device(1, "DEV"), other(2, "DEV");
  auto good = check_device_keys(value(device.sign(device_json(device))), alice, "DEV");
  REQUIRE(good.has_value());
  CHECK(good->ed25519 == device.key.public_key());
  CHECK(good->curve25519 == curve);
  auto refused = [&](std::string_view text, const Reason& reason, std::string_view device_id = "DEV") {
    auto result = check_device_keys(value(text), alice, device_id);
    REQUIRE_FALSE(result.has_value());
    CHECK_MESSAGE(result.error().is(reason), result.error().detail);
  };
  refused(other.sign(device_json(device)), errors::invalid_signature);
  refused(device_json(device), errors::bad_json);
  refused(device.sign(device_json(device)), errors::invalid_param, "OTHER");
  refused(device.sign(
              R"({"user_id":"@alice:a.fr","device_id":"DEV","algorithms":[],"keys":{"ed25519:DEV":"x"}})"),
          errors::bad_json);
  refused(device.sign(R"({"user_id":"@alice:a.fr","device_id":"DEV","algorithms":[1],"keys":{}})"),
          errors::bad_json);
  refused("[]", errors::bad_json);
}

TEST_CASE("one-time keys keep their order; signatures are checked on demand") {
  Signer device(1, "DEV"), other(2, "DEV");
  auto key = [](const Signer& by) { return by.sign("{\"key\":\"" + curve + "\"}"); };
  auto keys =
      value("{\"signed_curve25519:AAB\":" + key(device) + ",\"signed_curve25519:AAA\":" + key(device) + "}");
  auto read = check_one_time_keys(keys, alice, "DEV", false, &device.key.public_key());
  REQUIRE(read.has_value());
  CHECK(read->at(0).key_id == "AAB");
  CHECK(read->at(1).key_id == "AAA");
  CHECK(read->at(0).algorithm == "signed_curve25519");
  CHECK(check_one_time_keys(keys, alice, "DEV", false, &other.key.public_key())
            .error()
            .is(errors::invalid_signature));
  CHECK(check_one_time_keys(keys, alice, "DEV", true).error().is(errors::bad_json));
  CHECK(check_one_time_keys(value(R"({"curve25519:x":"abc"})"), alice, "DEV", false).has_value());
  for (auto bad : {"[]", R"({"x":"y"})", R"({":x":"y"})", R"({"signed_curve25519:x":"y"})",
                   R"({"a:x":{"key":1}})", R"({"a:x":{"key":"k"}})"})
    CHECK_MESSAGE(check_one_time_keys(value(bad), alice, "DEV", false).error().is(errors::bad_json), bad);
}

TEST_CASE("cross-signing keys hang together") {
  Signer master(3), self(4), stranger(5), device(1, "DEV");
  auto top = check_cross_signing_key(value(cross_json(master, "master")), KeyUsage::master, alice);
  REQUIRE(top.has_value());
  CHECK(top->public_base64 == master.base64);
  auto signed_self = value(master.sign(cross_json(self, "self_signing")));
  auto below = check_cross_signing_key(signed_self, KeyUsage::self_signing, alice, &*top);
  REQUIRE(below.has_value());
  CHECK(
      check_cross_signing_key(signed_self, KeyUsage::self_signing, alice).error().is(errors::missing_param));
  CHECK(check_cross_signing_key(signed_self, KeyUsage::user_signing, alice, &*top)
            .error()
            .is(errors::bad_json));
  CHECK(check_cross_signing_key(signed_self, KeyUsage::self_signing, bob, &*top)
            .error()
            .is(errors::invalid_param));
  CHECK(check_cross_signing_key(value(stranger.sign(cross_json(self, "self_signing"))),
                                KeyUsage::self_signing, alice, &*top)
            .error()
            .is(errors::invalid_signature));
  CHECK(check_cross_signing_key(
            value(R"({"user_id":"@alice:a.fr","usage":["master"],"keys":{"ed25519:x":"y"}})"),
            KeyUsage::master, alice)
            .error()
            .is(errors::bad_json));

  // The self-signing key vouches for the device.
  auto stored = Canonical::trusted(device.sign(device_json(device)));
  auto key_id = "ed25519:" + self.base64;
  auto uploaded = value(self.sign(device_json(device)));
  auto merged = add_signatures(stored, uploaded, alice, key_id, self.key.public_key());
  REQUIRE(merged.has_value());
  CHECK(verify_json(merged->text(), alice, key_id, self.key.public_key()));
  CHECK(verify_json(merged->text(), alice, "ed25519:DEV", device.key.public_key()));
  CHECK(canonical(merged->text()).text() == merged->text());
  CHECK(add_signatures(stored, uploaded, alice, key_id, stranger.key.public_key())
            .error()
            .is(errors::invalid_signature));
  auto changed = value(self.sign(with_member(canonical(device_json(device)).text(), "algorithms", "[]")));
  CHECK(add_signatures(stored, changed, alice, key_id, self.key.public_key())
            .error()
            .is(errors::invalid_param));
}

TEST_CASE("key backups keep the better session") {
  auto session = [](int index, int forwarded, bool verified) {
    auto read = check_backed_up_session(value(fmt::format(
        R"({{"first_message_index":{},"forwarded_count":{},"is_verified":{},"session_data":{{}}}})", index,
        forwarded, verified)));
    REQUIRE(read.has_value());
    return *read;
  };
  CHECK(replaces(session(9, 9, true), session(0, 0, false)));
  CHECK_FALSE(replaces(session(0, 0, false), session(9, 9, true)));
  CHECK(replaces(session(1, 9, true), session(2, 0, true)));
  CHECK(replaces(session(1, 1, true), session(1, 2, true)));
  CHECK_FALSE(replaces(session(1, 1, true), session(1, 1, true)));
  CHECK(check_backed_up_session(value("{}")).error().is(errors::bad_json));
}
