#pragma once
// For tests: a MediaLoop without sockets, and two clients of their own (ICE, DTLS, SRTP).
#include <doctest/doctest.h>

#include <cstring>
#include <deque>

#include "engine/sfu/media_loop.h"
#include "engine/sfu/stun.h"

namespace parvis::sfu::testing {

struct Wire final : DatagramSender {
  std::array<uint8_t, max_datagram> buffer;
  std::deque<std::pair<Peer, Bytes>> sent;
  std::span<uint8_t, max_datagram> space() override { return buffer; }
  void push(const Peer& to, size_t length) override {
    sent.emplace_back(to, Bytes(buffer.begin(), buffer.begin() + static_cast<ptrdiff_t>(length)));
  }
  void flush() override {}
  // TCP: what each peer has not taken, who was kept, who was closed.
  std::map<Peer, size_t> waiting;
  std::vector<Peer> kept, closed;
  void keep(const Peer& peer) override { kept.push_back(peer); }
  void close(const Peer& peer) override { closed.push_back(peer); }
  size_t queued(const Peer& peer) const override {
    auto found = waiting.find(peer);
    return found == waiting.end() ? 0 : found->second;
  }
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
  uint32_t checks = 0;
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
  void check(Client& client) { check_from(client.peer, client); }
  void check_from(const Peer& from, const Client& client, bool nominates = true, bool forged = false) {
    std::array<uint8_t, 256> buffer;
    std::array<uint8_t, 12> transaction{};
    uint32_t number = ++checks;
    std::memcpy(transaction.data(), &number, sizeof number);
    size_t length = write_stun_request(buffer, transaction, client.local.ice_ufrag + ":c",
                                       forged ? "guessed" : client.local.ice_pwd, nominates);
    loop.on_datagram(from, std::span(buffer).first(length), now);
    loop.on_batch_end(now);
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
    loop.on_batch_end(now);
    pump();
  }
  void send_rtcp(Client& client, Bytes clear) {
    size_t length = clear.size();
    clear.resize(length + Srtp::max_overhead);
    clear.resize(client.out->protect_rtcp(clear, length));
    loop.on_datagram(client.peer, clear, now);
    loop.on_batch_end(now);
    pump();
  }
};

/// VP8 with a mid (id 4) and a rid (id 10) extension of one character each.
inline Bytes video(uint16_t sequence, uint32_t timestamp, uint8_t ssrc, char rid, bool key) {
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
inline CodecOptions vp8(uint8_t payload_type) {
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
    published.extensions.repaired_rid = 11;
    loop.add_receiver(TrackId{10}, alice.local.id, published);
    loop.add_sender({SenderId{20}, 0xb0b, 0xb0c}, bob.local.id, TrackId{10},
                    {.mid = "5", .codecs = {vp8(100)}});
  }
  RtpHeader last() { return *parse_rtp(bob.rtp.back()); }
};

}  // namespace parvis::sfu::testing
