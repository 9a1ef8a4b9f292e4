#include "base/bytes.h"

#include <doctest/doctest.h>

using namespace parvis;

TEST_CASE("hex round-trips and refuses odd or foreign digits") {
  Bytes out;
  CHECK(to_hex(as_bytes("\x01\xfe")) == "01fe");
  CHECK((from_hex("01FE", out) && out == Bytes{1, 0xfe}));
  CHECK_FALSE(from_hex("0", out));
  CHECK_FALSE(from_hex("0g", out));
}

TEST_CASE("base64 matches RFC 4648 section 10, padded or not") {
  Bytes out;
  CHECK(to_base64(as_bytes("foobar"), Base64::standard_padded) == "Zm9vYmFy");
  CHECK(to_base64(as_bytes("fooba"), Base64::standard_padded) == "Zm9vYmE=");
  CHECK(to_base64(as_bytes("foob"), Base64::standard_unpadded) == "Zm9vYg");
  CHECK((from_base64("Zm9vYg==", Base64::standard_padded, out) && as_text(out) == "foob"));
  CHECK((from_base64("Zm9vYg", Base64::standard_padded, out) && as_text(out) == "foob"));
  CHECK((from_base64("-_8", Base64::url_unpadded, out) && out == Bytes{0xfb, 0xff}));
  CHECK_FALSE(from_base64("Zm9vY", Base64::standard_padded, out));
  CHECK_FALSE(from_base64("Zm9v Yg", Base64::standard_padded, out));
}

TEST_CASE("secrets compare by content and length") {
  CHECK(equal_secret(as_bytes("abc"), as_bytes("abc")));
  CHECK_FALSE(equal_secret(as_bytes("abc"), as_bytes("abd")));
  CHECK_FALSE(equal_secret(as_bytes("abc"), as_bytes("abcd")));
}
