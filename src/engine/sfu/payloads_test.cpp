#include <doctest/doctest.h>

#include "engine/sfu/h264_payload.h"
#include "engine/sfu/layers.h"
#include "engine/sfu/vp8_descriptor.h"
#include "engine/sfu/vp9_descriptor.h"

namespace parvis::sfu {
namespace {

/// A descriptor with a 15-bit picture number and TL0PICIDX, and one byte of picture.
Bytes picture(uint16_t number, uint8_t base) {
  return {0x90, 0xc0, static_cast<uint8_t>(0x80 | number >> 8), static_cast<uint8_t>(number), base, 0x55};
}

Bytes applied(PictureContinuity& numbers, Bytes payload, bool fresh = true) {
  auto read = parse_vp8_descriptor(payload);
  if (read) numbers.apply(payload, read->numbers, fresh, numbers.picture_offset);
  return payload;
}

}  // namespace

TEST_CASE("VP8: pictures, temporal layers and key frames; what is cut short is refused") {
  Bytes key{0x90, 0xf0, 0x92, 0x34, 7, 0x60, 0x00};
  auto read = parse_vp8_descriptor(key);
  REQUIRE(read);
  CHECK(read->key);
  CHECK(read->numbers.picture == 0x1234);
  CHECK(read->numbers.base == 7);
  CHECK(read->layered);
  CHECK(read->temporal == 1);
  CHECK(read->sync);
  CHECK_FALSE(parse_vp8_descriptor(Bytes{0x90, 0x80, 0x81, 0x02, 0x01})->key);
  CHECK_FALSE(parse_vp8_descriptor(Bytes{0x91, 0x80, 0x81, 0x02, 0x00})->begins);  // a further partition
  for (size_t i = 0; i < 6; ++i) CHECK_FALSE(parse_vp8_descriptor(ByteView(key).first(i)));
  CHECK_FALSE(parse_vp8_descriptor(ByteView(key).first(6))->key);
}

TEST_CASE("VP9: picture ids of 7 and 15 bits, layers, both ways of referring") {
  auto flexible = parse_vp9_descriptor(Bytes{0xfc, 0x81, 0x02, 0x32, 0x03, 0x02, 0xaa});
  REQUIRE(flexible);
  CHECK(flexible->numbers.picture == 0x102);
  CHECK(flexible->numbers.long_picture);
  CHECK(flexible->numbers.base_at == 0);
  CHECK(flexible->temporal == 1);
  CHECK(flexible->switching_up);
  CHECK(flexible->spatial == 1);
  CHECK(flexible->predicted);
  CHECK(flexible->bytes == 6);
  CHECK_FALSE(flexible->key());
  auto counted = parse_vp9_descriptor(Bytes{0xa8, 0x21, 0x00, 0x09, 0xaa});
  REQUIRE(counted);
  CHECK(counted->numbers.picture == 0x21);
  CHECK(counted->numbers.base == 9);
  CHECK(counted->key());
  CHECK(parse_vp9_descriptor(Bytes{0x08})->key());
}

TEST_CASE("VP9: a scalability structure within bounds") {
  // Three sizes, two pictures in a group: one without, one with three references.
  Bytes with{0x0a, 0x58, 1, 64, 0, 180, 2, 128, 1, 104, 5, 0, 2, 208, 2, 0x00, 0x2c, 1, 2, 3, 0xaa};
  auto read = parse_vp9_descriptor(with);
  REQUIRE(read);
  CHECK(read->spatial_layers == 3);
  CHECK(read->bytes == with.size() - 1);
  for (size_t i = 1; i < with.size() - 1; ++i) CHECK_FALSE(parse_vp9_descriptor(ByteView(with).first(i)));
  CHECK_FALSE(parse_vp9_descriptor({}));
  CHECK_FALSE(parse_vp9_descriptor(Bytes{0x50, 3, 5, 7, 9}));  // a fourth reference
  CHECK_FALSE(parse_vp9_descriptor(Bytes{0x02, 0x08, 200, 0x0c}));
}

TEST_CASE("H264: a key frame begins with its parameter sets, in whatever packet they come") {
  CHECK(h264_start(Bytes{0x67, 1}) == H264Start::complete);
  CHECK(h264_start(Bytes{0x65, 1}) == H264Start::bare);
  CHECK(h264_start(Bytes{0x41, 1}) == H264Start::none);
  CHECK(h264_start(Bytes{0x78, 0, 2, 0x09, 0xf0, 0, 1, 0x67, 0, 1, 0x68}) == H264Start::complete);
  CHECK(h264_start(Bytes{0x78, 0, 1, 0x68, 0, 1, 0x65}) == H264Start::bare);
  CHECK(h264_start(Bytes{0x78, 0, 4, 0x67}) == H264Start::none);  // longer than the packet
  CHECK(h264_start(Bytes{0x78, 0, 0, 0x67}) == H264Start::none);
  CHECK(h264_start(Bytes{0x7c, 0x85, 1}) == H264Start::bare);
  CHECK(h264_start(Bytes{0x7c, 0x05, 1}) == H264Start::none);  // its middle
  CHECK(h264_start(Bytes{0x7c}) == H264Start::none);
  CHECK(h264_start({}) == H264Start::none);
}

TEST_CASE("pictures are numbered without a gap over a layer change, and a repeated one as it was") {
  PictureContinuity numbers;
  numbers.renumber = true;
  CHECK(applied(numbers, picture(1000, 40)) == picture(1, 1));
  CHECK(applied(numbers, picture(1001, 41)) == picture(2, 2));
  numbers.renumber = true;  // another layer, whose numbers are elsewhere
  CHECK(applied(numbers, picture(0x7fff, 7)) == picture(3, 3));
  CHECK(applied(numbers, picture(0, 8)) == picture(4, 4));  // over the end of 15 bits
  CHECK(applied(numbers, picture(0x7fff, 7), false) == picture(3, 3));
  CHECK(applied(numbers, picture(1, 9)) == picture(5, 5));
}

TEST_CASE("a descriptor that is short or carries no numbers is left alone") {
  PictureContinuity numbers;
  for (const Bytes& payload : {Bytes{}, Bytes{0x90}, Bytes{0x90, 0x80}, Bytes{0x90, 0x80, 0x81},
                               Bytes{0x10, 0xff, 0xff}, Bytes{0x90, 0x20, 0x11}}) {
    CHECK(applied(numbers, payload) == payload);
  }
}

TEST_CASE("pictures that are left out leave no gap, and what is sent again has the number it had") {
  PictureContinuity numbers;
  auto sent = [&](uint16_t picture, bool fresh = true, uint16_t offset = 0) {
    Bytes payload{0x90, 0x80, 0, 0, 0};
    payload[2] = static_cast<uint8_t>(0x80 | picture >> 8);
    payload[3] = static_cast<uint8_t>(picture);
    numbers.apply(payload, parse_vp8_descriptor(payload)->numbers, fresh, offset);
    return parse_vp8_descriptor(payload)->numbers.picture;
  };
  PictureNumbers left_out{.picture_at = 2, .long_picture = true, .picture = 11};
  CHECK(sent(10) == 10);
  uint16_t before = numbers.picture_offset;
  numbers.leave_out(left_out);
  numbers.leave_out(left_out);  // its second packet
  CHECK(sent(12) == 11);
  CHECK(sent(10, false, before) == 10);
  numbers.renumber = true;
  CHECK(sent(0x7000) == 12);
  CHECK(sent(0x7001) == 13);
}

}  // namespace parvis::sfu
