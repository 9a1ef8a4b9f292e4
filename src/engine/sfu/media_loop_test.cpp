#include <doctest/doctest.h>

#include "engine/sfu/media_loop_testing.h"

namespace parvis::sfu {
namespace {

using namespace testing;

TEST_CASE("what one client publishes reaches the other under its own numbers, and only from a key frame on") {
  VideoRoom room;
  room.send(room.alice, video(100, 3000, 1, 'q', false));
  CHECK(room.bob.rtp.empty());
  REQUIRE(room.alice.rtcp.size() == 1);
  CHECK(room.alice.rtcp[0][1] == 206);  // asked for a key frame
  room.send(room.alice, video(101, 6000, 1, 'q', true));
  REQUIRE(room.bob.rtp.size() == 1);
  CHECK(room.last().payload_type == 100);
  CHECK(room.last().ssrc == 0xb0b);
  CHECK(room.bob.rtp[0].back() == 1);
  CHECK(room.log.started == std::vector<std::string>{"q"});
}

TEST_CASE("a better layer is taken at its key frame, and the numbers stay continuous") {
  VideoRoom room;
  room.send(room.alice, video(101, 6000, 1, 'q', true));
  uint16_t before = room.last().sequence;
  room.send(room.alice, video(9000, 20, 2, 'f', false));
  CHECK(room.bob.rtp.size() == 1);
  room.send(room.alice, video(102, 9000, 1, 'q', false));
  room.now = room.now + millis_us(33);
  room.send(room.alice, video(9001, 40, 2, 'f', true));
  REQUIRE(room.bob.rtp.size() == 3);
  CHECK(uint16_t(room.last().sequence - before) == 2);
  CHECK(room.bob.rtp.back().back() == 2);
  room.send(room.alice, video(103, 12000, 1, 'q', false));
  CHECK(room.bob.rtp.size() == 3);
}

TEST_CASE("padding by which a publisher tries its line leaves no hole in what others receive") {
  VideoRoom room;
  room.send(room.alice, video(101, 6000, 1, 'q', true));
  uint16_t first = room.last().sequence;
  Bytes padding = video(102, 6000, 1, 'q', false);
  padding.resize(parse_rtp(padding)->payload_offset);
  padding.insert(padding.end(), {0, 0, 0, 4});
  padding[0] |= 0x20;
  room.send(room.alice, padding);
  CHECK(room.bob.rtp.size() == 1);
  room.send(room.alice, video(103, 9000, 1, 'q', false));
  REQUIRE(room.bob.rtp.size() == 2);
  CHECK(uint16_t(room.last().sequence - first) == 1);
}

TEST_CASE("a lost packet is sent again as RTX") {
  VideoRoom room;
  room.send(room.alice, video(101, 6000, 1, 'q', true));
  uint16_t lost = room.last().sequence;
  room.send_rtcp(room.bob,
                 {0x81, 205, 0, 3, 0, 0, 0, 9, 0, 0, 0x0b, 0x0b, uint8_t(lost >> 8), uint8_t(lost), 0, 0});
  REQUIRE(room.bob.rtp.size() == 2);
  CHECK(room.last().ssrc == 0xb0c);
  CHECK(room.last().payload_type == 101);
  const Bytes& again = room.bob.rtp.back();
  CHECK((again[room.last().payload_offset] << 8 | again[room.last().payload_offset + 1]) == lost);
}

TEST_CASE("a packet too large to be sealed again is dropped, also when it is asked for again") {
  VideoRoom room;
  room.send(room.alice, video(101, 6000, 1, 'q', true));
  uint16_t first = room.last().sequence;
  Bytes large = video(102, 6000, 1, 'q', false);
  large.resize(1'990);
  room.send(room.alice, large);
  uint16_t lost = uint16_t(first + 1);
  room.send_rtcp(room.bob,
                 {0x81, 205, 0, 3, 0, 0, 0, 9, 0, 0, 0x0b, 0x0b, uint8_t(lost >> 8), uint8_t(lost), 0, 0});
  CHECK(room.bob.rtp.size() == 1);
}

TEST_CASE("muted, paused and removed tracks are not forwarded") {
  VideoRoom room;
  room.loop.set_muted(TrackId{10}, true);
  room.send(room.alice, video(101, 1, 1, 'q', true));
  room.loop.set_muted(TrackId{10}, false);
  room.loop.set_paused(SenderId{20}, true);
  room.send(room.alice, video(102, 2, 1, 'q', true));
  room.loop.set_paused(SenderId{20}, false);
  CHECK(room.bob.rtp.empty());
  room.send(room.alice, video(103, 3, 1, 'q', true));
  CHECK(room.bob.rtp.size() == 1);
  room.loop.close_transport(room.alice.local.id, CloseReason::asked);
  CHECK(room.loop.stats().senders == 0);
}

TEST_CASE(
    "a transport that moves to another group keeps its tracks and line, and nothing is forwarded as before") {
  VideoRoom room;
  room.send(room.alice, video(101, 1, 1, 'q', true));
  REQUIRE(room.bob.rtp.size() == 1);
  room.loop.move_transport(room.alice.local.id, 2);
  CHECK(room.loop.stats().senders == 0);
  CHECK(room.loop.stats().tracks == 1);
  room.send(room.alice, video(102, 2, 1, 'q', true));
  CHECK(room.bob.rtp.size() == 1);
  room.loop.move_transport(room.bob.local.id, 2);
  room.loop.add_sender({SenderId{21}, 0xb0d, 0xb0e}, room.bob.local.id, TrackId{10},
                       {.mid = "6", .codecs = {vp8(100)}});
  room.send(room.alice, video(103, 3, 1, 'q', true));
  REQUIRE(room.bob.rtp.size() == 2);
  CHECK(room.last().ssrc == 0xb0d);
  room.loop.move_transport(TransportId{99}, 2);  // not there: ignored
}

TEST_CASE("who speaks is told to the group, once, and so is silence") {
  Room room;
  room.connect();
  ReceiverOptions voice{
      .kind = Kind::audio, .mid = "2", .codecs = {{.codec = Codec::opus, .payload_type = 111}}};
  voice.extensions.mid = 4;
  voice.extensions.audio_level = 1;
  room.loop.add_receiver(TrackId{9}, room.alice.local.id, voice);
  uint16_t sequence = 1;
  auto talk = [&](int packets, uint8_t level) {
    for (int i = 0; i < packets; ++i, ++sequence) {
      room.now = room.now + 20'000;
      room.send(room.alice, {0x90,
                             111,
                             uint8_t(sequence >> 8),
                             uint8_t(sequence),
                             0,
                             0,
                             0,
                             1,
                             0,
                             0,
                             0,
                             77,
                             0xbe,
                             0xde,
                             0,
                             1,
                             0x40,
                             '2',
                             0x10,
                             uint8_t(0x80 | level),
                             1,
                             2,
                             3});
      room.loop.tick(room.now);
    }
  };
  talk(60, 20);
  REQUIRE(room.log.speakers.size() == 1);
  CHECK(room.log.speakers[0].first == 1);
  REQUIRE(room.log.speakers[0].second.size() == 1);
  CHECK(room.log.speakers[0].second[0].transport == room.alice.local.id);
  CHECK(room.log.speakers[0].second[0].level == 20);
  talk(60, 90);
  REQUIRE(room.log.speakers.size() == 2);
  CHECK(room.log.speakers[1].second.empty());
}

TEST_CASE("strangers, replays and forged packets change nothing") {
  VideoRoom room;
  Bytes sealed = video(101, 6000, 1, 'q', true);
  size_t length = sealed.size();
  sealed.resize(length + Srtp::max_overhead);
  sealed.resize(room.alice.out->protect_rtp(sealed, length));
  Bytes from_stranger = sealed, forged = sealed, again = sealed;
  forged.back() ^= 1;
  Peer stranger = room.alice.peer;
  stranger.port = 6000;
  room.loop.on_datagram(stranger, from_stranger, room.now);
  room.loop.on_datagram(room.alice.peer, forged, room.now);
  room.pump();
  CHECK(room.bob.rtp.empty());
  room.loop.on_datagram(room.alice.peer, sealed, room.now);
  room.loop.on_datagram(room.alice.peer, again, room.now);
  room.loop.on_batch_end(room.now);
  room.pump();
  CHECK(room.bob.rtp.size() == 1);
  CHECK(room.loop.stats().dropped_unknown_peer == 1);
  CHECK(room.loop.stats().dropped_srtp == 2);
}

TEST_CASE("a silent client is first disconnected, comes back with a check, and is closed in the end") {
  VideoRoom room;
  room.loop.tick(room.now + seconds_us(11));
  CHECK(room.log.states.back().second == State::disconnected);
  room.now = room.now + seconds_us(12);
  room.check(room.alice);
  CHECK(room.log.states.back() == std::pair{room.alice.local.id, State::connected});
  room.loop.tick(room.now + seconds_us(30));
  CHECK(room.loop.stats().transports == 0);
}

}  // namespace
}  // namespace parvis::sfu
