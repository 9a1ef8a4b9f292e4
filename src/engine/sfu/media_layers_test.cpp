#include <doctest/doctest.h>

#include <algorithm>

#include "engine/sfu/dependency_descriptor_testing.h"
#include "engine/sfu/media_loop_testing.h"
#include "engine/sfu/vp8_descriptor.h"
#include "engine/sfu/vp9_descriptor.h"

namespace parvis::sfu {
namespace {

using namespace testing;

/// Alice publishes one encoding with layers; Bob receives it.
struct LayeredRoom : Room {
  uint16_t sequence = 65'530, picture = 0;

  explicit LayeredRoom(Codec codec, std::vector<LayerOptions> layers = {{.rid = ""}}) {
    connect();
    CodecOptions theirs{.codec = codec, .payload_type = 98, .rtx_payload_type = 99};
    ReceiverOptions published{
        .kind = Kind::video, .mid = "1", .codecs = {theirs}, .layers = std::move(layers)};
    published.extensions.mid = 4;
    published.extensions.rid = 10;
    published.extensions.dependency_descriptor = 12;
    loop.add_receiver(TrackId{10}, alice.local.id, published);
    CodecOptions ours{.codec = codec, .payload_type = 100, .rtx_payload_type = 101};
    SenderOptions sending{.mid = "5", .codecs = {ours}};
    sending.extensions.mid = 1;
    sending.extensions.dependency_descriptor = 9;
    sending.extensions.two_byte = true;
    loop.add_sender({SenderId{20}, 0xb0b, 0xb0c}, bob.local.id, TrackId{10}, sending);
  }
  static Bytes packet(uint16_t number, uint32_t timestamp, uint8_t ssrc, bool marker, const Bytes& descriptor,
                      std::string_view rid, const Bytes& payload) {
    Bytes out{0x90,
              uint8_t(98 | (marker ? 0x80 : 0)),
              uint8_t(number >> 8),
              uint8_t(number),
              0,
              0,
              uint8_t(timestamp >> 8),
              uint8_t(timestamp),
              0,
              0,
              0,
              ssrc,
              0x10,
              0x00,
              0,
              0,
              4,
              1,
              '1'};
    if (!rid.empty()) out.insert(out.end(), {10, 1, uint8_t(rid[0])});
    if (!descriptor.empty()) {
      out.insert(out.end(), {12, uint8_t(descriptor.size())});
      out.insert(out.end(), descriptor.begin(), descriptor.end());
    }
    while (out.size() % 4) out.push_back(0);
    out[15] = uint8_t((out.size() - 16) / 4);
    out.insert(out.end(), payload.begin(), payload.end());
    return out;
  }
  static Bytes vp9(uint16_t number, uint8_t spatial, uint8_t temporal, uint16_t picture, bool predicted,
                   bool marker) {
    Bytes payload{uint8_t(0xbc | (predicted ? 0x40 : 0)), uint8_t(picture & 0x7f),
                  uint8_t(temporal << 5 | 0x10 | spatial << 1 | (spatial && !predicted))};
    if (predicted) payload.push_back(2);
    payload.insert(payload.end(), {spatial, temporal, uint8_t(picture)});
    return packet(number, picture * 3'000u, 7, marker, {}, {}, payload);
  }
  /// One picture of three spatial layers.
  void picture_of(uint8_t temporal, bool key = false) {
    for (uint8_t s = 0; s < 3; ++s) send(alice, vp9(sequence++, s, temporal, picture, !key, s == 2));
    ++picture;
  }
  /// "spatial temporal" of what Bob got since, and that his numbers have no gap; M where the marker is.
  std::string got() {
    std::string out;
    for (; seen < bob.rtp.size(); ++seen) {
      auto header = *parse_rtp(bob.rtp[seen]);
      if (header.payload_type != 100) continue;
      if (started) CHECK(header.sequence == uint16_t(last + 1));
      started = true;
      last = header.sequence;
      auto read = parse_vp9_descriptor(ByteView(bob.rtp[seen]).subspan(header.payload_offset));
      REQUIRE(read);
      out += std::to_string(read->spatial) + std::to_string(read->temporal) + (header.marker ? "M " : " ");
    }
    return out;
  }
  size_t seen = 0;
  uint16_t last = 0;
  bool started = false;
};

}  // namespace

TEST_CASE(
    "VP9 SVC: a subscriber gets the layers up to its own; numbers have no gap, the marker is on the last") {
  LayeredRoom room(Codec::vp9);
  room.picture_of(0, true);
  CHECK(room.got() == "00 10 20M ");
  room.loop.set_layer_limit(SenderId{20}, {.spatial = 1});
  room.picture_of(1);
  CHECK(room.got() == "01 11M ");
  room.loop.set_layer_limit(SenderId{20}, {.spatial = 0, .temporal = 0});
  room.picture_of(1);
  CHECK(room.got() == "");
  room.picture_of(0);
  CHECK(room.got() == "00M ");
  // Up again: the frame rate at once, the sizes at the next key frame, which is asked for.
  room.loop.set_layer_limit(SenderId{20}, {});
  room.alice.rtcp.clear();
  room.picture_of(0);
  room.picture_of(1);
  CHECK(room.got() == "00M 01M ");
  room.loop.tick(room.now + 600'000);
  room.pump();
  CHECK(std::ranges::any_of(room.alice.rtcp, [](const Bytes& packet) { return packet[1] == 206; }));
  room.picture_of(0, true);
  room.picture_of(1);
  CHECK(room.got() == "00 10 20M 01 11 21M ");
}

TEST_CASE("VP9 SVC: what the subscriber lost is found under its own number, marker and all") {
  LayeredRoom room(Codec::vp9);
  room.loop.set_layer_limit(SenderId{20}, {.spatial = 1});
  for (int i = 0; i < 5; ++i) room.picture_of(0, i == 0);
  uint16_t lost = uint16_t(parse_rtp(room.bob.rtp.back())->sequence - 4);
  auto original = room.bob.rtp[room.bob.rtp.size() - 5];
  room.send_rtcp(room.bob,
                 {0x81, 205, 0, 3, 0, 0, 0, 9, 0, 0, 0x0b, 0x0b, uint8_t(lost >> 8), uint8_t(lost), 0, 0});
  auto again = *parse_rtp(room.bob.rtp.back());
  CHECK(again.payload_type == 101);
  auto header = *parse_rtp(original);
  REQUIRE(header.sequence == lost);
  CHECK(again.marker == header.marker);
  Bytes sent(room.bob.rtp.back().begin() + long(again.payload_offset), room.bob.rtp.back().end());
  Bytes first(original.begin() + long(header.payload_offset), original.end());
  CHECK(uint16_t(sent[0] << 8 | sent[1]) == lost);
  CHECK(Bytes(sent.begin() + 2, sent.end()) == first);
}

TEST_CASE("VP9 SVC: what comes late and is not forwarded leaves an empty packet in the place kept for it") {
  LayeredRoom room(Codec::vp9);
  room.picture_of(0, true);
  room.loop.set_layer_limit(SenderId{20}, {.spatial = 0});
  room.picture_of(0);
  CHECK(room.got() == "00 10 20M 00M ");
  uint16_t late = room.sequence;
  ++room.sequence;
  room.send(room.alice, LayeredRoom::vp9(room.sequence++, 0, 0, ++room.picture, true, false));
  uint16_t after = parse_rtp(room.bob.rtp.back())->sequence;
  room.send(room.alice, LayeredRoom::vp9(late, 2, 0, uint16_t(room.picture - 1), true, true));
  auto filled = *parse_rtp_header(room.bob.rtp.back());
  CHECK(filled.sequence == uint16_t(after - 1));
  CHECK((room.bob.rtp.back()[0] & 0x20));
  CHECK(parse_rtp(room.bob.rtp.back())->payload_length == 0);
}

TEST_CASE("AV1: a subscriber gets its decode target, is told so, and the structure arrives whole") {
  LayeredRoom room(Codec::av1);
  auto frame = [&](uint16_t number) {
    room.send(room.alice, LayeredRoom::packet(uint16_t(100 + number), number * 1'000u, 7, number % 2 == 1,
                                              descriptor(number), {}, {0x10, uint8_t(number)}));
  };
  room.loop.set_layer_limit(SenderId{20}, {.spatial = 0});
  for (uint16_t i = 0; i < 6; ++i) frame(i);
  REQUIRE(room.bob.rtp.size() == 3);
  std::shared_ptr<const DependencyStructure> structure;
  for (size_t i = 0; i < 3; ++i) {
    auto header = *parse_rtp(room.bob.rtp[i]);
    CHECK(header.marker);
    CHECK(room.bob.rtp[i].back() == 2 * i);
    auto read = parse_dependency_descriptor(extension(room.bob.rtp[i], header, 9), structure.get());
    REQUIRE(read);
    if (read->attached) structure = read->attached;
    CHECK(*read->active == 0b0011);
    CHECK(as_text(extension(room.bob.rtp[i], header, 1)) == "5");
  }
  CHECK(structure->templates == 6);
}

TEST_CASE("AV1 simulcast: frames are counted on over a change of encoding, each with its own structure") {
  LayeredRoom room(Codec::av1, {{.rid = "q"}, {.rid = "f"}});
  auto frame = [&](uint16_t number, char rid) {
    room.send(room.alice,
              LayeredRoom::packet(uint16_t(100 + number), number * 1'000u, uint8_t(rid), number % 2 == 1,
                                  descriptor(number), std::string(1, rid), {0x10, uint8_t(number)}));
  };
  std::vector<uint16_t> frames;
  for (uint16_t i : {0, 1, 3, 5}) frame(i, 'q');
  frame(0, 'f');
  frame(1, 'f');
  frame(7, 'q');
  for (const auto& packet : room.bob.rtp) {
    auto at = extension(packet, *parse_rtp(packet), 9);
    REQUIRE(at.size() >= 3);
    frames.push_back(uint16_t(at[1] << 8 | at[2]));
  }
  REQUIRE(frames.size() == 6);
  for (size_t i = 0; i + 1 < frames.size(); ++i) CHECK(int16_t(frames[i + 1] - frames[i]) > 0);
  CHECK(frames[5] == uint16_t(frames[4] + 1));
}

TEST_CASE(
    "VP8: fewer frames where temporal layers allow it, more from a frame on that depends on the lowest") {
  LayeredRoom room(Codec::vp8);
  uint16_t number = 0;
  auto frame = [&](uint8_t temporal, bool sync, bool key = false) {
    Bytes payload{0x90,
                  0xe0,
                  uint8_t(0x80 | number >> 8),
                  uint8_t(number),
                  1,
                  uint8_t(temporal << 6 | sync << 5),
                  uint8_t(!key),
                  temporal};
    room.send(room.alice, LayeredRoom::packet(number, number * 1'000u, 7, true, {}, {}, payload));
    ++number;
  };
  auto temporal = [&] {
    std::string out;
    for (; room.seen < room.bob.rtp.size(); ++room.seen)
      out += std::to_string(room.bob.rtp[room.seen].back());
    return out;
  };
  auto picture = [&] {
    auto header = *parse_rtp(room.bob.rtp.back());
    return parse_vp8_descriptor(ByteView(room.bob.rtp.back()).subspan(header.payload_offset))
        ->numbers.picture;
  };
  frame(0, false, true);
  frame(2, true);
  frame(1, true);
  CHECK(temporal() == "021");
  CHECK(picture() == 2);
  room.loop.set_layer_limit(SenderId{20}, {.temporal = 0});
  for (uint8_t t : {0, 2, 1, 2, 0}) frame(t, false);
  CHECK(temporal() == "00");
  CHECK(picture() == 4);
  room.loop.set_layer_limit(SenderId{20}, {});
  frame(2, true);
  frame(1, false);
  CHECK(temporal() == "");
  frame(1, true);
  frame(2, false);
  frame(2, true);
  CHECK(temporal() == "12");
  CHECK(picture() == 6);
}

TEST_CASE("frames a second that are enough choose the temporal layer") {
  LayeredRoom room(Codec::vp9);
  room.loop.set_layer_limit(SenderId{20}, {.frames_per_second = 10});
  for (int i = 0; i < 60; ++i) {
    room.picture_of(i % 2 ? 1 : 0, i == 0);
    room.now = room.now + 50'000;
    room.loop.tick(room.now);
    if (i == 40) room.got();
  }
  CHECK(room.got().find('1') != std::string::npos);
  room.seen = room.bob.rtp.size();
  size_t before = room.bob.rtp.size();
  for (int i = 0; i < 20; ++i) {
    room.picture_of(i % 2 ? 1 : 0);
    room.now = room.now + 50'000;
    room.loop.tick(room.now);
  }
  CHECK(room.bob.rtp.size() - before == 30);  // ten pictures of three
}

TEST_CASE("H264 simulcast: the encoding changes where parameter sets come, not at a bare IDR picture") {
  LayeredRoom room(Codec::h264, {{.rid = "q"}, {.rid = "f"}});
  auto frame = [&](uint16_t number, char rid, Bytes payload) {
    room.send(room.alice, LayeredRoom::packet(number, number * 1'000u, uint8_t(rid), true, {},
                                              std::string(1, rid), payload));
  };
  frame(1, 'q', {0x67, 1});
  frame(2, 'q', {0x65, 2});
  frame(3, 'f', {0x65, 3});
  CHECK(room.bob.rtp.size() == 2);
  frame(4, 'f', {0x78, 0, 1, 0x67, 0, 1, 0x68});
  frame(5, 'f', {0x7c, 0x85, 5});
  frame(6, 'q', {0x41, 6});
  REQUIRE(room.bob.rtp.size() == 4);
  CHECK(room.bob.rtp.back().back() == 5);
}

}  // namespace parvis::sfu
