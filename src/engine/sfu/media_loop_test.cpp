#include <doctest/doctest.h>

#include <deque>

#include "engine/sfu/media_loop.h"
#include "engine/sfu/stun.h"

namespace parvis::sfu {
namespace {

struct Wire final : DatagramSender {
  std::array<uint8_t, max_datagram> buffer;
  std::deque<std::pair<Peer, Bytes>> sent;
  std::span<uint8_t, max_datagram> space() override { return buffer; }
  void push(const Peer& to, size_t length) override {
    sent.emplace_back(to, Bytes(buffer.begin(), buffer.begin() + static_cast<ptrdiff_t>(length)));
  }
  void flush() override {}
};

struct Log final : LoopEvents {
  std::vector<std::pair<TransportId, State>> states;
  std::vector<std::string> started;
  void on_state(TransportId transport, State state, CloseReason) override {
    states.emplace_back(transport, state);
  }
  void on_track_started(TrackId, const std::string& rid) override { started.push_back(rid); }
  void on_layer(SenderId, LayerLimit) override {}
  std::vector<std::pair<uint64_t, std::vector<SpeakerLevel>>> speakers;
  void on_speakers(uint64_t group, const std::vector<SpeakerLevel>& levels) override {
    speakers.emplace_back(group, levels);
  }
};

/// A client: full ICE in its smallest form, DTLS client, SRTP.
struct Client {
  Peer peer;
  LocalTransport local;
  std::shared_ptr<Certificate> certificate = *Certificate::make();
  std::unique_ptr<Dtls> dtls;
  std::optional<Srtp> in, out;
  std::vector<Bytes> rtp, rtcp, flight;

  Client(uint64_t id, MediaLoop& loop, const Certificate& server) {
    peer.ip = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, static_cast<uint8_t>(id)};
    peer.port = 5000;
    local.id = TransportId{id};
    local.ice_ufrag = "ufrag" + std::to_string(id);
    local.ice_pwd = "password" + std::to_string(id);
    loop.create_transport(local, 1, {});
    loop.set_remote(local.id, {"c", "cccccccccccccccccccccc", certificate->fingerprint()});
    dtls =
        std::make_unique<Dtls>(certificate, Dtls::Role::client, server.fingerprint(),
                               [this](ByteView bytes) { flight.emplace_back(bytes.begin(), bytes.end()); });
  }
  void receive(Bytes bytes) {
    Protocol protocol = protocol_of(bytes);
    if (protocol == Protocol::dtls && dtls->receive(bytes) == Dtls::Outcome::connected) {
      in.emplace(dtls->receive_keys());
      out.emplace(dtls->send_keys());
    }
    if (protocol == Protocol::rtp && in) {
      bytes.resize(in->unprotect_rtp(bytes));
      rtp.push_back(std::move(bytes));
    } else if (protocol == Protocol::rtcp && in) {
      bytes.resize(in->unprotect_rtcp(bytes));
      rtcp.push_back(std::move(bytes));
    }
  }
};

struct Room {
  std::shared_ptr<Certificate> certificate = *Certificate::make();
  Wire wire;
  Log log;
  MediaLoop loop{certificate, Limits{}, wire, log};
  Monotonic now{seconds_us(1)};
  Client alice{1, loop, *certificate}, bob{2, loop, *certificate};

  void pump() {
    while (!wire.sent.empty() || !alice.flight.empty() || !bob.flight.empty()) {
      for (Client* client : {&alice, &bob}) {
        auto flight = std::exchange(client->flight, {});
        for (Bytes& bytes : flight) loop.on_datagram(client->peer, bytes, now);
      }
      auto sent = std::exchange(wire.sent, {});
      for (auto& [to, bytes] : sent) (to == alice.peer ? alice : bob).receive(std::move(bytes));
    }
  }
  void check(Client& client) {
    std::array<uint8_t, 256> buffer;
    std::array<uint8_t, 12> transaction{};
    size_t length =
        write_stun_request(buffer, transaction, client.local.ice_ufrag + ":c", client.local.ice_pwd);
    loop.on_datagram(client.peer, std::span(buffer).first(length), now);
  }
  void connect() {
    for (Client* client : {&alice, &bob}) {
      check(*client);
      client->dtls->start();
    }
    pump();
    REQUIRE(alice.out);
    REQUIRE(bob.in);
  }
  void send(Client& client, Bytes clear) {
    size_t length = clear.size();
    clear.resize(length + Srtp::max_overhead);
    clear.resize(client.out->protect_rtp(clear, length));
    loop.on_datagram(client.peer, clear, now);
    pump();
  }
  void send_rtcp(Client& client, Bytes clear) {
    size_t length = clear.size();
    clear.resize(length + Srtp::max_overhead);
    clear.resize(client.out->protect_rtcp(clear, length));
    loop.on_datagram(client.peer, clear, now);
    pump();
  }
};

/// VP8 with a mid (id 4) and a rid (id 10) extension of one character each.
Bytes video(uint16_t sequence, uint32_t timestamp, uint8_t ssrc, char rid, bool key) {
  return {0x90,
          0x80 | 96,
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
          '1',
          0xa0,
          uint8_t(rid),
          0x10,
          uint8_t(key ? 0 : 1),
          'd',
          'a',
          't',
          'a',
          ssrc};
}
CodecOptions vp8(uint8_t payload_type) {
  return {.codec = Codec::vp8,
          .payload_type = payload_type,
          .rtx_payload_type = uint8_t(payload_type + 1),
          .clock_rate = 90'000,
          .parameters = {}};
}

struct VideoRoom : Room {
  VideoRoom() {
    connect();
    ReceiverOptions published{
        .kind = Kind::video, .mid = "1", .codecs = {vp8(96)}, .layers = {{.rid = "q"}, {.rid = "f"}}};
    published.extensions.mid = 4;
    published.extensions.rid = 10;
    loop.add_receiver(TrackId{10}, alice.local.id, published);
    loop.add_sender({SenderId{20}, 0xb0b, 0xb0c}, bob.local.id, TrackId{10},
                    {.mid = "5", .codecs = {vp8(100)}});
  }
  RtpHeader last() { return *parse_rtp(bob.rtp.back()); }
};

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
