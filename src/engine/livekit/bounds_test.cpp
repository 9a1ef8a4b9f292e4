// What a participant may make others hold or do, with an engine that only counts.
#include <doctest/doctest.h>

#include "engine/livekit/data.h"
#include "engine/livekit/negotiate.h"
#include "engine/livekit/room.h"

namespace parvis::livekit {
namespace {

struct Counting final : sfu::Engine {
  std::vector<size_t> sent;  // receivers of each message
  uint64_t last = 0;
  std::string print = "sha-256 AA";
  std::vector<uint16_t> ports{1};
  Result<sfu::LocalTransport> create_transport(const sfu::TransportOptions&) override {
    return sfu::LocalTransport{.id = sfu::TransportId{++last}, .fingerprint = print};
  }
  Result<void> set_remote(sfu::TransportId, const sfu::RemoteTransport&) override { return {}; }
  Result<sfu::LocalTransport> restart_ice(sfu::TransportId id) override {
    return sfu::LocalTransport{.id = id};
  }
  void close_transport(sfu::TransportId) override {}
  void move_transport(sfu::TransportId, uint64_t) override {}
  bool share_thread(uint64_t, uint64_t) const override { return true; }
  Result<sfu::TrackId> add_receiver(sfu::TransportId, const sfu::ReceiverOptions&) override {
    return sfu::TrackId{++last};
  }
  void set_muted(sfu::TrackId, bool) override {}
  void remove_receiver(sfu::TrackId) override {}
  Result<sfu::Sender> add_sender(sfu::TransportId, sfu::TrackId, const sfu::SenderOptions&) override {
    return sfu::Sender{.id = sfu::SenderId{++last}};
  }
  void set_layer_limit(sfu::SenderId, sfu::LayerLimit) override {}
  void set_send_limit(sfu::TransportId, uint32_t) override {}
  void set_paused(sfu::SenderId, bool) override {}
  void remove_sender(sfu::SenderId) override {}
  void open_data_channel(sfu::TransportId, const sfu::DataChannel&) override {}
  bool send_message(sfu::TransportId, uint16_t, bool, ByteView) override { return true; }
  void send_message(std::vector<sfu::TransportId> to, std::string, bool, Bytes) override {
    sent.push_back(to.size());
  }
  void transport_stats(std::vector<sfu::TransportId>,
                       std::function<void(std::vector<sfu::TransportStats>)>) override {}
  void engine_stats(std::function<void(sfu::EngineStats)>) override {}
  const std::string& fingerprint() const override { return print; }
  const std::vector<uint16_t>& udp_ports() const override { return ports; }
  const std::vector<uint16_t>& tcp_ports() const override { return ports; }
  void adopt(int) override {}
};

struct At {
  std::unique_ptr<Env, void (*)(Env*)> env = make_system_env();
  Counting engine;
  Observer observer;
  ServerLimits limits;
  Room room;
  Parts parts{.env = *env,
              .engine = engine,
              .observer = observer,
              .limits = limits,
              .alive = std::make_shared<bool>(true),
              .token_source = {},
              .rooms = {},
              .by_group = {},
              .by_transport = {}};

  Participant& add(const std::string& identity) {
    auto one = std::make_shared<Participant>();
    one->room = &room;
    one->grant.identity = identity;
    one->sid = "PA_" + identity;
    one->publisher.id = sfu::TransportId{++engine.last};
    one->active = true;
    room.participants[identity] = one;
    return *one;
  }
  void data(Participant& from, const wire::DataPacket& packet) {
    route_data(parts, from, std::string(lossy_label), as_bytes(packet.SerializeAsString()));
  }
};

wire::DataPacket greeting() {
  wire::DataPacket out;
  out.mutable_user()->set_payload("hi");
  return out;
}

std::string offer_of(size_t sections, const std::string& prefix) {
  sfu::sdp::Description out;
  for (size_t i = 0; i < sections; ++i) {
    sfu::sdp::Section section;
    section.mid = prefix + std::to_string(i);
    section.direction = sfu::sdp::Direction::sendonly;
    section.payload_types = {
        {.id = 111, .name = "opus", .clock_rate = 48'000, .channels = 2, .parameters = {}, .feedback = {}}};
    section.ice_ufrag = "u";
    section.ice_pwd = "pppppppppppppppppppppp";
    section.fingerprint = "sha-256 AA:BB";
    section.setup = "actpass";
    out.sections.push_back(std::move(section));
    out.bundle.push_back(prefix + std::to_string(i));
  }
  return sfu::sdp::write(out);
}

}  // namespace

TEST_CASE("whoever is named twice receives a message once; too many names are no message") {
  At at;
  Participant& ada = at.add("ada");
  at.add("bruno");
  at.add("chloe");
  auto packet = greeting();
  for (int i = 0; i < 500; ++i) packet.add_destination_identities("bruno");
  packet.add_destination_identities("chloe");
  at.data(ada, packet);
  CHECK(at.engine.sent == std::vector<size_t>{2});
  for (int i = 0; i < 500; ++i) packet.add_destination_identities("bruno");
  at.data(ada, packet);
  auto sids = greeting();
  for (int i = 0; i < 101; ++i) sids.mutable_user()->add_destination_sids("PA_bruno");
  at.data(ada, sids);
  CHECK(at.engine.sent.size() == 1);
  CHECK(at.parts.dropped_data == 2);
}

TEST_CASE("data go out as far as a participant's share of deliveries, and others keep theirs") {
  At at;
  at.limits.deliveries = {.per_second = 10, .burst = 20};
  Participant& ada = at.add("ada");
  Participant& bruno = at.add("bruno");
  at.add("chloe");
  for (int i = 0; i < 15; ++i) at.data(ada, greeting());
  CHECK(at.engine.sent.size() == 10);  // to two each
  CHECK(at.parts.dropped_data == 5);
  at.data(bruno, greeting());
  CHECK(at.engine.sent.size() == 11);
}

TEST_CASE("sections that an offer leaves out are forgotten") {
  At at;
  Participant& ada = at.add("ada");
  for (int i = 0; i < 5; ++i) {
    wire::SessionDescription offer;
    offer.set_sdp(offer_of(100, "m" + std::to_string(i) + "x"));
    REQUIRE(handle_offer(at.parts, ada, offer));
    CHECK(ada.unmatched.size() == 100);
  }
}

TEST_CASE("media that failed over UDP are tried over TCP, and the other way round after that") {
  At at;
  Participant& ada = at.add("ada");
  at.parts.change_protocol(ada);
  CHECK(at.room.without_udp.contains("ada"));
  ada.without_udp = true;
  at.parts.change_protocol(ada);
  CHECK(at.room.without_udp.empty());
}

}  // namespace parvis::livekit
