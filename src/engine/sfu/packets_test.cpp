#include <doctest/doctest.h>

#include "engine/sfu/rtp.h"
#include "engine/sfu/srtp.h"
#include "engine/sfu/stun.h"

namespace parvis::sfu {
namespace {

Bytes rtp_packet(uint16_t sequence, size_t payload) {
  Bytes out{0x90,
            96,
            uint8_t(sequence >> 8),
            uint8_t(sequence),
            0,
            0,
            0,
            1,
            0,
            0,
            0,
            7,
            0xbe,
            0xde,
            0,
            1,
            0x10,
            0x85,
            0x40,
            '1'};
  out[18] = 0;  // padding between extensions
  out[19] = 0;
  out.resize(20 + payload, 0x5a);
  return out;
}

TEST_CASE("a packet and its extensions are read, a truncated one is refused") {
  Bytes packet = rtp_packet(5, 10);
  auto header = parse_rtp(packet);
  REQUIRE(header);
  CHECK(header->sequence == 5);
  CHECK(header->payload_length == 10);
  REQUIRE(extension(packet, *header, 1).size() == 1);
  CHECK(extension(packet, *header, 1)[0] == 0x85);
  CHECK(extension(packet, *header, 2).empty());
  for (size_t length = 0; length < 20; ++length) CHECK_FALSE(parse_rtp(ByteView(packet).first(length)));
}

TEST_CASE("both profiles: what is protected comes back once, forged and replayed packets do not") {
  for (auto profile : {SrtpProfile::aead_aes_128_gcm, SrtpProfile::aes128_cm_sha1_80}) {
    SrtpKeys keys{.profile = profile};
    keys.key.fill(3);
    keys.salt.fill(9);
    Srtp out(keys), in(keys);
    for (int i = 0; i < 70'000; i += 97) {  // over a roll-over of the sequence number
      Bytes clear = rtp_packet(static_cast<uint16_t>(65'000 + i), 40), sealed = clear;
      sealed.resize(sealed.size() + Srtp::max_overhead);
      size_t length = out.protect_rtp(sealed, clear.size());
      REQUIRE(length > clear.size());
      sealed.resize(length);
      Bytes replay = sealed, forged = sealed;
      forged[25] ^= 1;
      CHECK(in.unprotect_rtp(forged) == 0);
      REQUIRE(in.unprotect_rtp(sealed) == clear.size());
      CHECK(std::equal(clear.begin(), clear.end(), sealed.begin()));
      CHECK(in.unprotect_rtp(replay) == 0);
    }
    Bytes report{0x80, 201, 0, 1, 0, 0, 0, 7, 1, 2, 3, 4}, sealed = report;
    sealed.resize(report.size() + Srtp::max_overhead);
    sealed.resize(out.protect_rtcp(sealed, report.size()));
    Bytes replay = sealed;
    REQUIRE(in.unprotect_rtcp(sealed) == report.size());
    CHECK(std::equal(report.begin(), report.end(), sealed.begin()));
    CHECK(in.unprotect_rtcp(replay) == 0);
  }
}

TEST_CASE("another key opens nothing") {
  SrtpKeys one, other;
  other.key[0] = 1;
  Srtp out(one), in(other);
  Bytes sealed = rtp_packet(1, 8);
  sealed.resize(sealed.size() + Srtp::max_overhead);
  sealed.resize(out.protect_rtp(sealed, 28));
  CHECK(in.unprotect_rtp(sealed) == 0);
}

TEST_CASE("a binding request is read only whole, and proves the password") {
  std::array<uint8_t, 256> buffer;
  std::array<uint8_t, 12> transaction{1, 2, 3};
  size_t length = write_stun_request(buffer, transaction, "local:remote", "password");
  ByteView message = ByteView(buffer).first(length);
  auto request = parse_stun_request(message);
  REQUIRE(request);
  CHECK(request->local_ufrag == "local");
  CHECK(request->use_candidate);
  CHECK(stun_integrity_holds(message, *request, "password"));
  CHECK_FALSE(stun_integrity_holds(message, *request, "other"));
  for (size_t i = 0; i < length; ++i) {
    CHECK_FALSE(parse_stun_request(message.first(i)));
    buffer[i] ^= 1;
    CHECK_FALSE(parse_stun_request(message));
    buffer[i] ^= 1;
  }
}

}  // namespace
}  // namespace parvis::sfu
