#include "engine/matrix/event.h"

#include <doctest/doctest.h>

#include "engine/matrix/canonical_object.h"
#include "engine/matrix/crypto.h"
#include "engine/matrix/errors.h"
#include "engine/matrix/identifiers.h"
#include "engine/matrix/redaction.h"
#include "engine/matrix/signing.h"

using namespace parvis;
using namespace parvis::matrix;

namespace {

Canonical canonical(std::string_view text) {
  auto result = Canonical::parse(text);
  REQUIRE(result.has_value());
  return *result;
}

SigningKey appendix_key() {
  Bytes seed;
  // The appendix writes the 32 bytes with stray bits in the last character; the value is what matters.
  REQUIRE(from_base64("YJDBA9Xnr2sVqXD9Vj7XVUnmFZcZrlw8Md7kMW+3XA0", Base64::standard_unpadded, seed));
  std::array<uint8_t, 32> bytes{};
  std::copy(seed.begin(), seed.end(), bytes.begin());
  return SigningKey(bytes, "1");
}

std::string signature_in(std::string_view object) {
  return *decode_string(member_of(member_of(member_of(object, "signatures"), "domain"), "ed25519:1"));
}

}  // namespace

TEST_CASE("signing JSON gives the appendix's signatures") {
  auto key = appendix_key();
  auto empty = sign_json("{}", "domain", key);
  CHECK(signature_in(empty) ==
        "K8280/U9SSy9IVtjBuVeLr+HpOB4BQFWbg+UZaADMtTdGYI7Geitb76LTrr5QV/7Xg4ahLwYGYZzuHGZKM5ZAQ");
  auto two = sign_json(R"({"one":1,"two":"Two"})", "domain", key);
  CHECK(signature_in(two) ==
        "KqmLSbO39/Bzb0QIYE82zqLwsA+PDzYIpIRA2sRQ4sL53+sN6/fpNSoqE7BP7vBZhG6kYdD13EIMJpvhJI+6Bw");
  CHECK(verify_json(two, "domain", "ed25519:1", key.public_key()));
  CHECK(verify_json(with_member(two, "unsigned", R"({"age":3})"), "domain", "ed25519:1", key.public_key()));
  CHECK_FALSE(verify_json(with_member(two, "one", "2"), "domain", "ed25519:1", key.public_key()));
  CHECK_FALSE(verify_json(two, "other", "ed25519:1", key.public_key()));
  CHECK_FALSE(verify_json(two, "domain", "ed25519:2", key.public_key()));
  auto twice = sign_json(two, "a.example", key);
  CHECK(verify_json(twice, "domain", "ed25519:1", key.public_key()));
  CHECK(verify_json(twice, "a.example", "ed25519:1", key.public_key()));
  CHECK(canonical(twice).text() == twice);
}

TEST_CASE("signing events gives the appendix's hashes and signatures") {
  auto key = appendix_key();
  auto sign = [&](std::string_view text) {
    auto pdu = std::string(canonical(text).text());
    pdu = with_member(pdu, "hashes", "{\"sha256\":\"" + content_hash_of(pdu) + "\"}");
    CHECK(content_hash_matches(pdu));
    return sign_event(RoomVersion::v10, pdu, "domain", key);
  };
  auto minimal =
      sign(R"({"room_id":"!x:domain","sender":"@a:domain","origin":"domain","origin_server_ts":1000000,
    "signatures":{},"hashes":{},"type":"X","content":{},"prev_events":[],"auth_events":[],"depth":3,
    "unsigned":{"age_ts":1000000}})");
  CHECK(member_of(minimal, "hashes") == R"({"sha256":"5jM4wQpv6lnBo7CLIghJuHdW+s2CMBJPUOGOC89ncos"})");
  CHECK(signature_in(minimal) ==
        "KxwGjPSDEtvnFgU00fwFz+l6d2pJM6XBIaMEn81SXPTRl16AqLAYqfIReFGZlHi5KLjAWbOoMszkwsQma+lYAg");
  auto message =
      sign(R"({"content":{"body":"Here is the message content"},"event_id":"$0:domain","origin":"domain",
    "origin_server_ts":1000000,"type":"m.room.message","room_id":"!r:domain","sender":"@u:domain","signatures":{},
    "unsigned":{"age_ts":1000000}})");
  CHECK(member_of(message, "hashes") == R"({"sha256":"onLKD1bGljeBWQhWZ1kaP9SorVmRQNdN5aM2JYU2n/g"})");
  CHECK(signature_in(message) ==
        "Wm+VzmOUOz08Ds+0NTWb1d4CZrVsJSikkeRxh6aCcUwu6pNC78FunoD7KNWzqFn241eYHYMGCA5McEiVPdhzBA");
  CHECK(verify_event(RoomVersion::v10, redact(RoomVersion::v10, message), "domain", "ed25519:1",
                     key.public_key()));
}
