#include <doctest/doctest.h>

#include <algorithm>

#include "engine/sfu/media_loop_testing.h"
#include "engine/sfu/transport_feedback.h"

namespace parvis::sfu {
namespace {

using namespace testing;

constexpr uint8_t feedback_id = 3;

/// Bob's packets are numbered; his line is played by the test.
struct NarrowRoom : Room {
  ArrivalLog arrivals;
  int64_t line_free_us = 0;
  size_t seen = 0, longest_queue = 0;
  std::map<uint8_t, uint16_t> sequence{{1, 0}, {2, 0}};

  explicit NarrowRoom(uint32_t stream = 0) {
    bob.peer.stream = stream;
    connect();
    ReceiverOptions published{
        .kind = Kind::video, .mid = "1", .codecs = {vp8(96)}, .layers = {{.rid = "q"}, {.rid = "f"}}};
    published.extensions.mid = 4;
    published.extensions.rid = 10;
    loop.add_receiver(TrackId{10}, alice.local.id, published);
    SenderOptions sending{.mid = "5", .codecs = {vp8(100)}};
    sending.extensions.transport_sequence = feedback_id;
    loop.add_sender({SenderId{20}, 0xb0b, 0xb0c}, bob.local.id, TrackId{10}, sending);
  }
  Bytes frame(uint8_t layer, bool key, size_t bytes) {
    Bytes out =
        video(sequence[layer]++, static_cast<uint32_t>(now.us / 11), layer, layer == 1 ? 'q' : 'f', key);
    out.resize(out.size() + bytes);
    return out;
  }
  /// Two layers of 100 kbit/s and 800 kbit/s through a line of `capacity` that loses every n-th packet.
  void run(double seconds, int64_t capacity, size_t lose_every = 0) {
    for (int64_t end = now.us + static_cast<int64_t>(seconds * 1e6); now.us < end; now = now + 10'000) {
      bool key = now.us % 300'000 == 0;
      if (now.us % 80'000 == 0) send(alice, frame(1, key, 1'000));
      send(alice, frame(2, key, 1'000));
      if (now.us % 50'000 == 0) loop.tick(now);
      loop.pace(now);
      if (now.us % 1'000'000 == 0) {
        check(alice);
        check(bob);
      }
      pump();
      if (bob.peer.stream) {
        auto wait_us = static_cast<size_t>(std::max<int64_t>(0, line_free_us - now.us));
        wire.waiting[bob.peer] = wait_us * static_cast<size_t>(capacity) / 8'000'000;
        longest_queue = std::max(longest_queue, wire.waiting[bob.peer]);
      }
      for (; seen < bob.rtp.size(); ++seen) {
        auto header = parse_rtp(bob.rtp[seen]);
        if (!header) continue;
        auto number = extension(bob.rtp[seen], *header, feedback_id);
        REQUIRE(number.size() == 2);
        line_free_us = std::max(line_free_us, now.us) +
                       static_cast<int64_t>(bob.rtp[seen].size()) * 8'000'000 / capacity;
        // Over TCP nothing is lost: it waits at the sender's.
        bool lost =
            !bob.peer.stream && (line_free_us - now.us > 400'000 || (lose_every && seen % lose_every == 0));
        if (lost) {
          line_free_us = std::min(line_free_us, now.us + 400'000);
        } else {
          arrivals.add(static_cast<uint16_t>(number[0] << 8 | number[1]), Monotonic{line_free_us + 20'000});
        }
      }
      if (now.us % 100'000 == 0) {
        Bytes feedback = arrivals.take(7, 0);
        if (!feedback.empty()) send_rtcp(bob, feedback);
      }
    }
  }
  TransportStats stats() { return loop.stats(std::vector{bob.local.id}).at(0); }
  uint64_t received_over(double seconds, int64_t capacity, size_t lose_every = 0) {
    uint64_t before = stats().bytes_sent;
    run(seconds, capacity, lose_every);
    return static_cast<uint64_t>(static_cast<double>(stats().bytes_sent - before) * 8 / seconds);
  }
};

/// Its packets carry numbers where video() writes its second extension: that is one byte, so it is ignored.
ReceiverOptions numbered_camera() {
  ReceiverOptions out{.kind = Kind::video, .mid = "1", .codecs = {vp8(96)}, .layers = {{.rid = "q"}}};
  out.extensions.mid = 4;
  out.extensions.transport_sequence = 10;
  return out;
}

/// A packet of video() with mid (id 4) and a two-byte number (id 10): five bytes, padded to eight.
Bytes numbered(Bytes packet, uint16_t number) {
  packet.erase(packet.begin() + 16, packet.begin() + 20);
  packet.insert(packet.begin() + 16,
                {0x40, '1', 0xa1, static_cast<uint8_t>(number >> 8), static_cast<uint8_t>(number), 0, 0, 0});
  packet[15] = 2;
  return packet;
}

bool is_feedback(const Bytes& packet) { return packet[1] == 205 && (packet[0] & 0x1f) == 15; }

}  // namespace

TEST_CASE(
    "a wide line gets the best layer, a narrow one the layer that fits, and the best again when it widens") {
  NarrowRoom room;
  room.run(3, 20'000'000);
  CHECK(room.received_over(2, 20'000'000) > 700'000);
  room.run(6, 300'000);
  CHECK(room.received_over(4, 300'000) < 330'000);
  CHECK(room.stats().send_estimate < 400'000);
  room.run(40, 20'000'000);
  CHECK(room.received_over(2, 20'000'000) > 700'000);
}

TEST_CASE("over TCP, which hides losses, a narrow line is seen by its queue") {
  NarrowRoom room(7);
  room.run(3, 20'000'000);
  CHECK(room.received_over(2, 20'000'000) > 700'000);
  room.run(6, 300'000);
  CHECK(room.received_over(4, 300'000) < 330'000);
  CHECK(room.stats().send_estimate < 400'000);
  CHECK(room.longest_queue < 300'000);
  room.run(40, 20'000'000);
  CHECK(room.received_over(2, 20'000'000) > 700'000);
}

TEST_CASE("one packet in twenty lost does not take the best layer away") {
  NarrowRoom room;
  room.run(5, 20'000'000, 20);
  CHECK(room.received_over(3, 20'000'000, 20) > 700'000);
  CHECK(room.stats().loss_sent > 0.02);
}

TEST_CASE("a bound on what is sent is kept; below the lowest layer the image is held, and comes back") {
  NarrowRoom room;
  room.run(2, 20'000'000);
  room.loop.set_send_limit(room.bob.local.id, 200'000);
  room.run(2, 20'000'000);
  CHECK(room.received_over(3, 20'000'000) < 220'000);
  room.loop.set_send_limit(room.bob.local.id, 50'000);
  room.run(2, 20'000'000);
  CHECK(room.received_over(2, 20'000'000) < 20'000);
  room.loop.set_send_limit(room.bob.local.id, 0);
  room.run(3, 20'000'000);
  CHECK(room.received_over(2, 20'000'000) > 700'000);
}

TEST_CASE("a frame reaches a narrow line piece by piece, a wide one at once") {
  NarrowRoom room;
  room.run(3, 20'000'000);
  auto burst = [&] {
    size_t before = room.bob.rtp.size();
    for (int i = 0; i < 8; ++i) {
      for (uint8_t layer : {1, 2}) room.send(room.alice, room.frame(layer, false, 1'000));
    }
    return room.bob.rtp.size() - before;
  };
  room.run(40, 20'000'000);
  CHECK(burst() == 8);
  room.run(8, 300'000);
  size_t before = room.bob.rtp.size();
  CHECK(burst() < 5);
  for (int i = 0; i < 100; ++i) {
    room.now = room.now + Pacer::turn_us;
    room.loop.pace(room.now);
    room.pump();
  }
  CHECK(room.bob.rtp.size() >= before + 8);
}

TEST_CASE("a line that was poor is filled again within two seconds of its end") {
  NarrowRoom room;
  room.run(5, 20'000'000);
  room.run(20, 300'000, 20);
  room.run(2, 20'000'000);
  CHECK(room.received_over(1, 20'000'000) > 700'000);
}

TEST_CASE("what is lost on the way in is asked for, and its repair goes on to subscribers once") {
  VideoRoom room;
  room.send(room.alice, video(1, 10, 7, 'f', true));
  room.loop.tick(room.now);
  room.send(room.alice, video(2, 20, 7, 'f', true));
  size_t before = room.bob.rtp.size();
  room.send(room.alice, video(4, 40, 7, 'f', false));
  room.now = room.now + 20'000;
  room.alice.rtcp.clear();
  room.send(room.alice, video(5, 50, 7, 'f', false));
  bool asked = std::ranges::any_of(room.alice.rtcp, [](const Bytes& packet) {
    return packet[1] == 205 && (packet[0] & 0x1f) == 1 && packet[11] == 7 && packet[13] == 3;
  });
  CHECK(asked);
  // RFC 4588: the repair names its layer by extension 11 and begins with the number of what it stands for.
  Bytes repair = video(900, 30, 8, 'f', false);
  repair[1] = 97;
  repair[18] = 0xb0;
  repair.insert(repair.begin() + 20, {0, 3});
  room.send(room.alice, repair);
  REQUIRE(room.bob.rtp.size() == before + 3);
  auto repaired = *parse_rtp(room.bob.rtp.back()), ahead = *parse_rtp(room.bob.rtp[before]);
  CHECK(repaired.sequence == static_cast<uint16_t>(ahead.sequence - 1));
  CHECK(repaired.ssrc == ahead.ssrc);
  CHECK(repaired.payload_length == ahead.payload_length);
  room.send(room.alice, video(3, 30, 7, 'f', false));  // the original, late after all
  CHECK(room.bob.rtp.size() == before + 3);
}

TEST_CASE("numbered packets of a publisher are told of") {
  Room room;
  room.connect();
  room.loop.add_receiver(TrackId{10}, room.alice.local.id, numbered_camera());
  room.send(room.alice, video(1, 10, 7, 'q', true));
  room.alice.rtcp.clear();
  room.loop.tick(room.now + 200'000);
  room.pump();
  CHECK(std::ranges::none_of(room.alice.rtcp, is_feedback));
  room.send(room.alice, numbered(video(2, 20, 7, 'q', false), 0x1234));
  room.loop.tick(room.now + 400'000);
  room.pump();
  auto told = std::ranges::find_if(room.alice.rtcp, is_feedback);
  REQUIRE(told != room.alice.rtcp.end());
  auto reports = parse_transport_feedback(*told);
  REQUIRE(reports);
  CHECK(reports->at(0).sequence == 0x1234);
  // Chromium ignores it, and in the end sends next to nothing, when it does not name a stream of its own.
  CHECK(ByteView(*told).subspan(8, 4)[3] == 7);
}

TEST_CASE("a publisher is told when its packets reached the machine, however late this thread got to them") {
  Room room;
  room.connect();
  room.loop.add_receiver(TrackId{10}, room.alice.local.id, numbered_camera());
  Monotonic first = room.now;
  room.now = room.now + 100'000;
  for (uint8_t i = 0; i < 3; ++i) {
    room.loop.on_arrival(first + 20'000 * i);
    room.send(room.alice, numbered(video(i, 10, 7, 'q', i == 0), i));
  }
  room.alice.rtcp.clear();
  room.loop.tick(room.now + 300'000);
  room.pump();
  auto told = std::ranges::find_if(room.alice.rtcp, is_feedback);
  REQUIRE(told != room.alice.rtcp.end());
  auto reports = parse_transport_feedback(*told);
  REQUIRE(reports);
  REQUIRE(reports->size() == 3);
  CHECK(*reports->at(2).arrived_us - *reports->at(1).arrived_us == 20'000);
  CHECK(*reports->at(1).arrived_us - *reports->at(0).arrived_us == 20'000);
}

}  // namespace parvis::sfu
