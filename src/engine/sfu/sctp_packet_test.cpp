#include <doctest/doctest.h>

#include <algorithm>

#include "engine/sfu/sctp_packet.h"

namespace parvis::sfu::sctp {
namespace {

TEST_CASE("the checksum is CRC32c (RFC 3720 appendix B.4)") {
  CHECK(crc32c(as_bytes("123456789")) == 0xe306'9283);
  CHECK(crc32c(Bytes(32, 0)) == 0x8a91'36aa);
  CHECK(crc32c(Bytes(32, 0xff)) == 0x62a8'ab43);
}

TEST_CASE("what is written is read again") {
  PacketWriter writer;
  writer.begin({5000, 5001, 0xdead'beef});
  CHECK(writer.empty());
  Bytes hello{'h', 'e', 'l', 'l', 'o'};
  writer.data({.tsn = 7, .stream = 3, .sequence = 9, .protocol = 51, .begin = true, .payload = hello});
  writer.sack({.cumulative = 10, .window = 99, .ranges = {{12, 13}, {20, 20}}, .duplicates = {4}});
  writer.forward_tsn({77, {{1, 2}, {3, 4}}});
  writer.outgoing_reset({.request = 1, .response = 2, .last_tsn = 3, .streams = {5, 6, 7}});
  writer.reset_response({8, ResetResult::performed});
  auto packet = parse_packet(writer.finish());
  REQUIRE(packet);
  CHECK(packet->header.source_port == 5000);
  CHECK(packet->header.verification_tag == 0xdead'beef);
  REQUIRE(packet->chunks.size() == 5);
  auto data = parse_data(packet->chunks[0]);
  REQUIRE(data);
  CHECK(data->sequence == 9);
  CHECK(data->begin);
  CHECK_FALSE(data->end);
  CHECK(as_text(data->payload) == "hello");
  auto sack = parse_sack(packet->chunks[1]);
  REQUIRE(sack);
  CHECK(sack->ranges[0].last == 13);
  CHECK(sack->duplicates == std::vector<uint32_t>{4});
  CHECK(parse_forward_tsn(packet->chunks[2])->skipped[1].sequence == 4);
  CHECK(parse_re_config(packet->chunks[3])->outgoing->streams == std::vector<uint16_t>{5, 6, 7});
  CHECK(parse_re_config(packet->chunks[4])->responses[0].request == 8);
}

TEST_CASE("INIT carries its extensions, and names what has to be reported back") {
  PacketWriter writer;
  writer.begin({});
  Bytes cookie{1, 2, 3}, unknown{0xc1, 0x23, 0, 5, 9};
  writer.init(ChunkType::init_ack, {.tag = 1,
                                    .window = 2,
                                    .outbound_streams = 3,
                                    .inbound_streams = 4,
                                    .initial_tsn = 5,
                                    .forward_tsn = true,
                                    .re_config = true,
                                    .cookie = cookie,
                                    .unrecognized = unknown});
  auto packet = parse_packet(writer.finish());
  REQUIRE(packet);
  auto init = parse_init(packet->chunks[0]);
  REQUIRE(init);
  CHECK(init->initial_tsn == 5);
  CHECK(init->forward_tsn);
  CHECK(init->re_config);
  CHECK(std::ranges::equal(init->cookie, cookie));
  // An unknown parameter whose highest bits are 11 is reported, and the rest is read.
  Bytes value{0, 0, 0, 1, 0, 0, 0, 2, 0, 3, 0, 4, 0, 0, 0, 5};
  value.insert(value.end(), unknown.begin(), unknown.end());
  value.insert(value.end(), {0, 0, 0, 0xc0, 0, 0, 4});
  auto other = parse_init({ChunkType::init, 0, value});
  REQUIRE(other);
  CHECK(std::ranges::equal(other->unrecognized, unknown));
  CHECK(other->forward_tsn);
}

TEST_CASE("what is damaged, cut or overruns is refused") {
  PacketWriter writer;
  writer.begin({5000, 5000, 1});
  writer.chunk(ChunkType::cookie_ack);
  ByteView good = writer.finish();
  REQUIRE(parse_packet(good));
  for (size_t i = 0; i < good.size(); ++i) {
    Bytes damaged(good.begin(), good.end());
    damaged[i] ^= 0x10;
    CHECK_FALSE(parse_packet(damaged));
    CHECK_FALSE(parse_packet(good.first(i)));
  }
  CHECK_FALSE(parse_packet(Bytes(20'000)));
  for (size_t i = 0; i <= max_chunks; ++i) writer.chunk(ChunkType::cookie_ack);
  CHECK_FALSE(parse_packet(writer.finish()));
  Bytes sack{0, 0, 0, 9, 0, 0, 0, 0, 0, 1, 0, 0, 0, 5, 0, 4};  // a range that ends before it begins
  CHECK_FALSE(parse_sack({ChunkType::sack, 0, sack}));
  sack[9] = 2;
  CHECK_FALSE(parse_sack({ChunkType::sack, 0, sack}));
}

}  // namespace
}  // namespace parvis::sfu::sctp
