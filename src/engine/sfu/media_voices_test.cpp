#include <doctest/doctest.h>

#include "engine/sfu/media_loop_testing.h"

namespace parvis::sfu {
namespace {

using namespace testing;

/// Opus with a mid extension (id 4) and a level (id 1).
Bytes opus(uint16_t sequence, char mid, uint8_t ssrc, uint8_t value) {
  auto timestamp = static_cast<uint32_t>(sequence * 960);
  return {0x90,
          111,
          uint8_t(sequence >> 8),
          uint8_t(sequence),
          0,
          0,
          uint8_t(timestamp >> 8),
          uint8_t(timestamp),
          0,
          0,
          0,
          ssrc,
          0xbe,
          0xde,
          0,
          1,
          0x40,
          uint8_t(mid),
          0x10,
          20,
          value,
          value,
          value};
}
CodecOptions codec(Codec kind, uint8_t type, std::string parameters = {}) {
  return {.codec = kind, .payload_type = type, .clock_rate = 48'000, .parameters = std::move(parameters)};
}

struct VoiceRoom : Room {
  VoiceRoom() {
    connect();
    for (char mid : {'1', '2'}) {
      ReceiverOptions published{.kind = Kind::audio,
                                .mid = {mid},
                                .codecs = {codec(Codec::opus, 111)},
                                .layers = {},
                                .extensions = {}};
      published.extensions.mid = 4;
      published.extensions.audio_level = 1;
      auto number = static_cast<uint64_t>(mid - '0');
      loop.add_receiver(TrackId{number}, alice.local.id, published);
      loop.add_sender({SenderId{10 + number}, static_cast<uint32_t>(0xa0 + number), 0}, bob.local.id,
                      TrackId{number},
                      {.mid = "5", .codecs = {codec(Codec::opus, 96), codec(Codec::red, 97, "96/96")}});
    }
  }
  /// A receiver report of Bob's that tells of a voice's losses, of 256.
  void report(uint8_t lost) {
    Bytes report{0x81, 201, 0, 7, 0, 0, 0, 9, 0, 0, 0, 0xa1, lost};
    report.resize(32);
    send_rtcp(bob, report);
  }
  RtpHeader last() { return *parse_rtp(bob.rtp.back()); }
};

}  // namespace

TEST_CASE("who loses voices is sent each with the ones before it, others are not") {
  VoiceRoom room;
  room.send(room.alice, opus(1, '1', 7, 0x11));
  CHECK(room.last().payload_type == 96);
  CHECK(room.last().payload_length == 3);
  room.report(13);
  room.send(room.alice, opus(2, '1', 7, 0x22));
  room.send(room.alice, opus(3, '1', 7, 0x33));
  auto header = room.last();
  CHECK(header.payload_type == 97);
  ByteView payload = ByteView(room.bob.rtp.back()).subspan(header.payload_offset, header.payload_length);
  Bytes expected{0x80 | 96,
                 1'920 >> 6,
                 (1'920 << 2 | 0) & 0xff,
                 3,
                 0x80 | 96,
                 960 >> 6,
                 (960 << 2 | 0) & 0xff,
                 3,
                 96,
                 0x11,
                 0x11,
                 0x11,
                 0x22,
                 0x22,
                 0x22,
                 0x33,
                 0x33,
                 0x33};
  CHECK(std::ranges::equal(payload, expected));
  for (int i = 0; i < 12; ++i) {
    room.now = room.now + seconds_us(1);
    room.report(0);
  }
  room.send(room.alice, opus(4, '1', 7, 0x44));
  CHECK(room.last().payload_type == 96);
}

TEST_CASE("a few listeners hear everything at once") {
  VoiceRoom room;
  room.send(room.alice, opus(1, '1', 7, 1));
  room.send(room.alice, opus(1, '2', 8, 2));
  room.now = room.now + 250'000;
  room.loop.tick(room.now);
  room.pump();
  size_t before = room.bob.rtp.size();
  room.send(room.alice, opus(2, '1', 7, 3));
  CHECK(room.bob.rtp.size() == before + 1);
}

TEST_CASE("a crowd hears the voices of a time slot together, all of them equally long") {
  VoiceRoom room;
  // Listeners who never connect: only their number counts.
  for (uint64_t i = 0; i < 400; ++i) {
    LocalTransport local;
    local.id = TransportId{1'000 + i};
    local.ice_ufrag = "crowd" + std::to_string(i);
    room.loop.create_transport(local, 1, room.now);
    for (uint64_t track : {1, 2}) {
      room.loop.add_sender(
          {SenderId{10'000 + 10 * i + track}, static_cast<uint32_t>(100'000 + 10 * i + track), 0}, local.id,
          TrackId{track}, {.mid = "5", .codecs = {codec(Codec::opus, 96)}});
    }
  }
  room.send(room.alice, opus(1, '1', 7, 1));
  room.send(room.alice, opus(1, '2', 8, 2));
  room.now = room.now + 250'000;
  room.loop.tick(room.now);
  room.pump();
  size_t before = room.bob.rtp.size();
  Bytes longer = opus(2, '2', 8, 4);
  longer.resize(longer.size() + 20, 5);
  room.send(room.alice, opus(2, '1', 7, 3));
  room.send(room.alice, longer);
  CHECK(room.bob.rtp.size() == before);
  room.now = room.now + 20'000;
  CHECK_FALSE(room.loop.pace(room.now));
  room.pump();
  REQUIRE(room.bob.rtp.size() == before + 2);
  const Bytes &first = room.bob.rtp[before], &second = room.bob.rtp[before + 1];
  CHECK(first.size() == second.size());
  CHECK(parse_rtp(first)->payload_length == 3);
  CHECK(parse_rtp(second)->payload_length == 23);
}

}  // namespace parvis::sfu
