#include <doctest/doctest.h>

#include "engine/sfu/media_loop_testing.h"

namespace parvis::sfu {
namespace {

using namespace testing;

Peer over_tcp(const Client& client, uint32_t stream) {
  Peer out = client.peer;
  out.port = static_cast<uint16_t>(6'000 + stream);
  out.stream = stream;
  return out;
}

/// Bob receives a layer of Alice's; where its packets go is seen.
struct Paths : VideoRoom {
  uint16_t sequence = 101;
  Paths() { send(alice, video(100, 3'000, 1, 'q', true)); }
  void wait(int64_t us) {
    now = now + us;
    check(alice);
  }
  std::optional<Peer> goes_to() {
    wire.sent.clear();
    Bytes clear = video(sequence++, 6'000, 1, 'q', false);
    size_t length = clear.size();
    clear.resize(length + Srtp::max_overhead);
    clear.resize(alice.out->protect_rtp(clear, length));
    loop.on_datagram(alice.peer, clear, now);
    loop.on_batch_end(now);
    for (auto& [to, bytes] : wire.sent) {
      if (protocol_of(bytes) == Protocol::rtp) return to;
    }
    return std::nullopt;
  }
};

TEST_CASE("a candidate over TCP is written as RFC 6544 says") {
  IceCandidate one{"2", 1'671'430'143, true, "192.0.2.1", 7'882};
  CHECK(one.text() == "candidate:2 1 tcp 1671430143 192.0.2.1 7882 typ host tcptype passive");
}

TEST_CASE("media follow what the client nominates, over UDP or TCP") {
  Paths room;
  Peer udp = room.bob.peer, tcp = over_tcp(room.bob, 7);
  CHECK(room.goes_to() == udp);
  room.check_from(tcp, room.bob, false);
  CHECK(room.wire.kept == std::vector{tcp});
  CHECK(room.goes_to() == udp);
  room.wait(seconds_us(2));  // the line over UDP is dead
  room.check_from(tcp, room.bob);
  CHECK(room.goes_to() == tcp);
  CHECK(room.loop.stats(std::vector{room.bob.local.id}).at(0).tcp);
  room.check_from(udp, room.bob, false);
  CHECK(room.goes_to() == tcp);
  room.check_from(udp, room.bob);
  CHECK(room.goes_to() == udp);
}

TEST_CASE("a client that nominates everything gets UDP while that works") {
  Paths room;
  Peer udp = room.bob.peer, tcp = over_tcp(room.bob, 7);
  room.check_from(tcp, room.bob);
  CHECK(room.goes_to() == udp);
  room.wait(seconds_us(2));
  room.check_from(tcp, room.bob);
  CHECK(room.goes_to() == tcp);
  room.check_from(udp, room.bob);
  room.check_from(tcp, room.bob);
  CHECK(room.goes_to() == udp);
}

TEST_CASE("a client may send from every address that passed a check, and from no other") {
  Paths room;
  Peer tcp = over_tcp(room.alice, 7);
  auto sealed = [&] {
    Bytes clear = video(room.sequence++, 6'000, 1, 'q', false);
    size_t length = clear.size();
    clear.resize(length + Srtp::max_overhead);
    clear.resize(room.alice.out->protect_rtp(clear, length));
    return clear;
  };
  size_t before = room.bob.rtp.size();
  Bytes early = sealed(), good = sealed();
  room.loop.on_datagram(tcp, early, room.now);
  CHECK(room.wire.closed == std::vector{tcp});  // no media before a check
  room.check_from(tcp, room.alice, false);
  room.loop.on_datagram(tcp, good, room.now);
  room.loop.on_batch_end(room.now);
  room.pump();
  CHECK(room.bob.rtp.size() == before + 1);
}

TEST_CASE("when a connection ends, media go over what is left, and wait when nothing is") {
  Paths room;
  Peer udp = room.bob.peer, tcp = over_tcp(room.bob, 7), second = over_tcp(room.bob, 8);
  room.wait(seconds_us(2));
  room.check_from(tcp, room.bob);
  CHECK(room.goes_to() == tcp);
  room.loop.on_stream_closed(tcp, room.now);
  CHECK(room.goes_to() == udp);
  room.wait(seconds_us(6));
  room.check_from(second, room.bob, false);  // the old one is silent: also without nomination
  CHECK(room.goes_to() == second);
  room.loop.on_stream_closed(second, room.now);
  room.loop.on_stream_closed(second, room.now);
  CHECK(room.goes_to() == udp);
  room.loop.close_transport(room.bob.local.id, CloseReason::asked);
  CHECK_FALSE(room.goes_to());
}

TEST_CASE("a transport keeps a few addresses; connections that go with it are closed") {
  Paths room;
  for (uint32_t stream = 1; stream <= 18; ++stream) {
    room.wait(1'000);
    room.check_from(over_tcp(room.bob, stream), room.bob, false);
  }
  CHECK(room.wire.closed == std::vector{over_tcp(room.bob, 1), over_tcp(room.bob, 2), over_tcp(room.bob, 3)});
  CHECK(room.goes_to() == room.bob.peer);
  room.wire.closed.clear();
  room.loop.close_transport(room.bob.local.id, CloseReason::asked);
  CHECK(room.wire.closed.size() == 15);
}

TEST_CASE("an address where somebody lives is not taken by claiming it") {
  Paths room;
  room.check_from(room.bob.peer, room.alice);
  CHECK(room.goes_to() == room.bob.peer);
  CHECK(room.loop.stats().dropped_unknown_peer == 1);
  room.wait(seconds_us(6));  // he is gone from there
  room.check_from(room.bob.peer, room.alice);
  CHECK(room.loop.stats().dropped_unknown_peer == 1);
  CHECK_FALSE(room.goes_to());
}

TEST_CASE("a check that is copied and sent from elsewhere draws nothing there") {
  Paths room;
  room.check(room.bob);
  --room.checks;  // the same once more
  Peer elsewhere = room.bob.peer;
  elsewhere.port = 9'999;
  room.wire.sent.clear();
  room.check_from(elsewhere, room.bob);
  CHECK(room.wire.sent.empty());
  CHECK(room.goes_to() == room.bob.peer);
  room.wire.sent.clear();
  --room.checks;
  room.check(room.bob);  // asked again by himself: answered
  CHECK(room.wire.sent.size() == 1);
}

TEST_CASE("checks from strangers, forged or not, are bounded, and a client's own go on") {
  Paths room;
  Peer stranger = room.bob.peer;
  for (uint16_t i = 0; i < 1'000; ++i) {
    stranger.port = static_cast<uint16_t>(10'000 + i);
    room.check_from(stranger, room.bob, true, true);
  }
  EngineStats stats = room.loop.stats();
  CHECK(stats.dropped_stun == 59);  // of 60: his own first one was among them
  CHECK(stats.dropped_flood == 941);
  room.wire.sent.clear();
  room.check(room.bob);
  CHECK(room.wire.sent.size() == 1);
  for (int i = 0; i < 1'000; ++i) room.check(room.bob);  // genuine, and too many
  CHECK(room.wire.sent.size() <= 101);
  room.now = room.now + seconds_us(2);
  room.wire.sent.clear();
  room.check(room.bob);
  CHECK(room.wire.sent.size() == 1);
}

TEST_CASE("a client that floods is cut down to its share") {
  Paths room;
  for (int i = 0; i < 7'000; ++i) {
    Bytes garbage(40, 0x80);
    garbage[1] = 96;
    room.loop.on_datagram(room.alice.peer, garbage, room.now);
  }
  CHECK(room.loop.stats().dropped_flood >= 2'000);
  for (int i = 0; i < 600; ++i) {
    Bytes control(40, 0x80);
    control[1] = 201;
    room.loop.on_datagram(room.bob.peer, control, room.now);
  }
  CHECK(room.loop.stats().dropped_flood >= 2'100);
  room.wait(seconds_us(1));
  CHECK(room.goes_to() == room.bob.peer);
}

TEST_CASE("packets asked for again and again are sent again so often, and no more") {
  Paths room;
  uint16_t last = room.last().sequence;
  Bytes nack{0x81, 205, 0, 3, 0, 0, 0, 9, 0, 0, 0x0b, 0x0b, uint8_t(last >> 8), uint8_t(last), 0, 0};
  for (int i = 0; i < 400; ++i) {
    for (int j = 0; j < 4; ++j) {
      nack.insert(nack.end(), {uint8_t(last >> 8), uint8_t(last), 0, 0});
      nack[3] = static_cast<uint8_t>(nack.size() / 4 - 1);
    }
    room.send_rtcp(room.bob, nack);
    nack.resize(16);
    nack[3] = 3;
  }
  CHECK(room.loop.stats().retransmitted == 1'000);
  CHECK(room.loop.stats().dropped_flood > 0);
}

TEST_CASE("images for a slow TCP connection are dropped, voices are not") {
  Paths room;
  Peer tcp = over_tcp(room.bob, 7);
  room.wait(seconds_us(2));
  room.check_from(tcp, room.bob);
  room.wire.waiting[tcp] = 200'000;
  CHECK_FALSE(room.goes_to());
  CHECK(room.loop.stats().dropped_queue == 1);
  ReceiverOptions voice{
      .kind = Kind::audio, .mid = "2", .codecs = {{.codec = Codec::opus, .payload_type = 111}}};
  voice.extensions.mid = 4;
  room.loop.add_receiver(TrackId{11}, room.alice.local.id, voice);
  room.loop.add_sender({SenderId{21}, 0xb0d, 0}, room.bob.local.id, TrackId{11},
                       {.mid = "6", .codecs = {{.codec = Codec::opus, .payload_type = 109}}});
  Bytes clear{0x90, 111, 0, 1, 0, 0, 0, 1, 0, 0, 0, 77, 0xbe, 0xde, 0, 1, 0x40, '2', 0, 0, 1, 2, 3};
  size_t length = clear.size();
  clear.resize(length + Srtp::max_overhead);
  clear.resize(room.alice.out->protect_rtp(clear, length));
  room.wire.sent.clear();
  room.loop.on_datagram(room.alice.peer, clear, room.now);
  room.loop.on_batch_end(room.now);
  REQUIRE(room.wire.sent.size() == 1);
  CHECK(room.wire.sent[0].first == tcp);
  room.wire.waiting[tcp] = 1'000;
  CHECK(room.goes_to() == tcp);
}

}  // namespace
}  // namespace parvis::sfu
