#include <doctest/doctest.h>

#include <algorithm>
#include <deque>

#include "engine/sfu/data_channels.h"
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
  std::vector<std::pair<TransportId, DataChannel>> opened;
  std::vector<std::pair<TransportId, uint16_t>> closed;
  std::vector<std::pair<TransportId, std::string>> messages;
  void on_state(TransportId, State, CloseReason) override {}
  void on_track_started(TrackId, const std::string&) override {}
  void on_layer(SenderId, LayerLimit) override {}
  void on_speakers(uint64_t, const std::vector<SpeakerLevel>&) override {}
  void on_data_channel(TransportId id, const DataChannel& channel) override {
    opened.emplace_back(id, channel);
  }
  void on_data_channel_closed(TransportId id, uint16_t stream) override { closed.emplace_back(id, stream); }
  void on_message(TransportId id, uint16_t, bool, Bytes message) override {
    messages.emplace_back(id, as_text(message));
  }
};

/// A client that has data channels only: ICE in its smallest form, DTLS client, SCTP.
struct Client final : ChannelListener {
  Peer peer;
  LocalTransport local;
  std::shared_ptr<Certificate> certificate = *Certificate::make();
  std::deque<Bytes> flight;
  std::unique_ptr<Dtls> dtls;
  DataChannels channels{Limits{}, 99, nullptr, *this};
  Monotonic now{seconds_us(1)};
  std::vector<std::string> labels, messages;
  std::vector<uint16_t> closed;

  Client(uint64_t id, MediaLoop& loop, const Certificate& server) {
    peer.port = static_cast<uint16_t>(5000 + id);
    local.id = TransportId{id};
    local.ice_ufrag = "ufrag" + std::to_string(id);
    local.ice_pwd = "password" + std::to_string(id);
    loop.create_transport(local, 1, now);
    loop.set_remote(local.id, {"c", "cccccccccccccccccccccc", certificate->fingerprint()});
    dtls =
        std::make_unique<Dtls>(certificate, Dtls::Role::client, server.fingerprint(),
                               [this](ByteView bytes) { flight.emplace_back(bytes.begin(), bytes.end()); });
    dtls->on_data([this](ByteView record) { channels.receive(record, now); });
  }
  void receive(ByteView bytes) {
    if (protocol_of(bytes) == Protocol::dtls && dtls->receive(bytes) == Dtls::Outcome::connected)
      channels.start(now);
  }
  void transmit(ByteView packet) override { CHECK(dtls->send(packet)); }
  void on_channel(const DataChannel& channel) override { labels.push_back(channel.label); }
  void on_channel_closed(uint16_t stream) override { closed.push_back(stream); }
  void on_channel_message(uint16_t, bool, Bytes message) override { messages.emplace_back(as_text(message)); }
};

struct Room {
  std::shared_ptr<Certificate> certificate = *Certificate::make();
  Wire wire;
  Log log;
  MediaLoop loop{certificate, Limits{}, wire, log};
  Monotonic now{seconds_us(1)};
  Client alice{1, loop, *certificate}, bob{2, loop, *certificate};

  Room() {
    for (Client* client : {&alice, &bob}) {
      std::array<uint8_t, 256> buffer;
      std::array<uint8_t, 12> transaction{};
      size_t length =
          write_stun_request(buffer, transaction, client->local.ice_ufrag + ":c", client->local.ice_pwd);
      loop.on_datagram(client->peer, std::span(buffer).first(length), now);
      loop.on_batch_end(now);
      client->dtls->start();
    }
  }
  void pump() {
    while (!wire.sent.empty() || !alice.flight.empty() || !bob.flight.empty()) {
      for (Client* client : {&alice, &bob}) {
        for (Bytes& bytes : std::exchange(client->flight, {})) loop.on_datagram(client->peer, bytes, now);
      }
      for (auto& [to, bytes] : std::exchange(wire.sent, {})) (to == alice.peer ? alice : bob).receive(bytes);
    }
  }
};

TEST_CASE("what a client sends on a channel reaches the owner; what the owner sends reaches every client") {
  Room room;
  room.loop.open_data_channel(room.bob.local.id, {.label = "chat"}, room.now);  // before DTLS is up
  room.alice.channels.open({.stream = 2, .label = "chat"}, room.now);
  room.pump();
  CHECK(room.bob.labels == std::vector<std::string>{"chat"});
  REQUIRE(room.log.opened.size() == 2);
  uint16_t own = DataChannels::first_own_stream;
  CHECK(room.log.opened[0].second.stream + room.log.opened[1].second.stream == own + 2);
  auto hello = std::make_shared<const Bytes>(Bytes{'h', 'i'});
  room.alice.channels.send(uint16_t{2}, true, hello, {}, room.now);
  room.pump();
  REQUIRE(room.log.messages.size() == 1);
  CHECK(room.log.messages[0] == std::pair{room.alice.local.id, std::string("hi")});
  room.loop.send_message({room.alice.local.id, room.bob.local.id, TransportId{77}}, "chat", true, hello,
                         room.now);
  room.loop.send_message(room.bob.local.id, own, true, hello, {}, room.now);
  room.pump();
  CHECK(room.alice.messages.size() == 1);
  CHECK(room.bob.messages.size() == 2);
}

TEST_CASE(
    "a large message crosses in datagrams of the path's size, and closing the transport is not a fault of "
    "the channel") {
  Room room;
  room.alice.channels.open({.stream = 2, .label = "chat"}, room.now);
  room.pump();
  auto large = std::make_shared<const Bytes>(262'144, 'x');
  auto queued = std::make_shared<sctp::QueuedBytes>(0);
  room.loop.count_queued(room.alice.local.id, queued);
  room.loop.send_message(room.alice.local.id, 2, true, large, sctp::Charge(queued, large->size()), room.now);
  CHECK(*queued == large->size());
  CHECK(std::ranges::all_of(room.wire.sent, [](const auto& sent) { return sent.second.size() <= 1'200; }));
  for (int i = 0; i < 20; ++i) {
    room.pump();
    room.now = room.alice.now = room.now + 50'000;
    room.loop.tick(room.now);
    room.alice.channels.tick(room.now);
  }
  REQUIRE(room.alice.messages.size() == 1);
  CHECK(room.alice.messages[0].size() == 262'144);
  CHECK(*queued == 0);
  room.loop.close_transport(room.alice.local.id, CloseReason::asked);
  room.pump();
  CHECK(room.alice.closed.empty());  // it is told by signalling, which an abort would overtake
  CHECK(room.wire.sent.empty());
  CHECK(room.log.closed.empty());
}

TEST_CASE("messages, and channels opened, beyond a client's share are dropped and counted") {
  Room room;
  room.alice.channels.open({.stream = 2, .label = "chat"}, room.now);
  room.pump();
  auto hello = std::make_shared<const Bytes>(Bytes{'h', 'i'});
  for (int i = 0; i < 2'500; ++i) {
    room.alice.channels.send(uint16_t{2}, true, hello, {}, room.now);
    if (i % 20 == 0) room.pump();
  }
  room.pump();
  CHECK(room.log.messages.size() == 1'999);  // and one channel
  CHECK(room.loop.stats().dropped_flood == 501);
  room.alice.channels.open({.stream = 4, .label = "one more"}, room.now);
  room.pump();
  CHECK(room.log.opened.size() == 1);
  room.now = room.alice.now = room.now + seconds_us(1);
  room.alice.channels.send(uint16_t{2}, true, hello, {}, room.now);
  room.pump();
  CHECK(room.log.messages.size() == 2'000);
}

}  // namespace
}  // namespace parvis::sfu
