#include <doctest/doctest.h>

#include <algorithm>
#include <deque>

#include "engine/sfu/data_channels.h"

namespace parvis::sfu {
namespace {

struct Side final : ChannelListener {
  std::deque<Bytes> out;
  std::vector<DataChannel> opened;
  std::vector<uint16_t> closed;
  std::vector<std::pair<bool, std::string>> messages;
  std::shared_ptr<sctp::QueuedBytes> queued = std::make_shared<sctp::QueuedBytes>(0);
  DataChannels channels;
  Side(uint64_t seed, Limits limits) : channels(limits, seed, queued, *this) {}
  void transmit(ByteView packet) override { out.emplace_back(packet.begin(), packet.end()); }
  void on_channel(const DataChannel& channel) override { opened.push_back(channel); }
  void on_channel_closed(uint16_t stream) override { closed.push_back(stream); }
  void on_channel_message(uint16_t, bool binary, Bytes message) override {
    messages.emplace_back(binary, as_text(message));
  }
};

struct Pair {
  Monotonic now{seconds_us(1)};
  Side client, server;
  explicit Pair(Limits limits = {}) : client(1, limits), server(2, limits) {
    client.channels.start(now);
    server.channels.start(now);
  }
  void pump() {
    while (!client.out.empty() || !server.out.empty()) {
      for (auto [from, to] : {std::pair(&client, &server), std::pair(&server, &client)}) {
        if (from->out.empty()) continue;
        Bytes packet = std::move(from->out.front());
        from->out.pop_front();
        to->channels.receive(packet, now);
      }
    }
  }
  void pass(int64_t us) {
    for (int64_t end = now.us + us; now.us < end;) {
      now = now + 50'000;
      client.channels.tick(now);
      server.channels.tick(now);
      pump();
    }
  }
};

sctp::Payload payload(std::string_view text) {
  return std::make_shared<const Bytes>(as_bytes(text).begin(), as_bytes(text).end());
}

TEST_CASE("channels of either side open with label, protocol and reliability, and carry texts and bytes") {
  Pair pair;
  pair.client.channels.open({.stream = 2, .label = "_lossy", .ordered = false, .reliable = false}, pair.now);
  pair.server.channels.open({.label = "_reliable", .protocol = "p"}, pair.now);  // both begin at once
  pair.pump();
  REQUIRE(pair.server.opened.size() == 2);
  REQUIRE(pair.client.opened.size() == 2);
  auto found = std::ranges::find(pair.server.opened, "_lossy", &DataChannel::label);
  REQUIRE(found != pair.server.opened.end());
  CHECK(found->stream == 2);
  CHECK_FALSE(found->ordered);
  CHECK_FALSE(found->reliable);
  auto reliable = std::ranges::find(pair.client.opened, "_reliable", &DataChannel::label);
  REQUIRE(reliable != pair.client.opened.end());
  CHECK(reliable->stream == DataChannels::first_own_stream);
  CHECK(reliable->protocol == "p");
  CHECK(reliable->reliable);
  CHECK(pair.server.channels.send("_reliable", false, payload("été"), pair.now));
  CHECK(pair.server.channels.send("_reliable", true, payload(""), pair.now));
  CHECK(pair.server.channels.send(uint16_t{2}, true, payload("x"), {}, pair.now));
  CHECK_FALSE(pair.server.channels.send("_other", true, payload("x"), pair.now));
  CHECK_FALSE(pair.server.channels.send(uint16_t{9}, true, payload("x"), {}, pair.now));
  pair.pump();
  CHECK(pair.client.messages ==
        std::vector<std::pair<bool, std::string>>{{false, "été"}, {true, ""}, {true, "x"}});
}

TEST_CASE("closing is told to the other side, which answers; the stream can be opened again") {
  Pair pair({.data_channels_per_transport = 1});
  pair.client.channels.open({.stream = 4, .label = "a"}, pair.now);
  pair.pump();
  // A second open on the same stream is an error that closes the channel; a further one is beyond the limit.
  pair.client.channels.open({.stream = 6, .label = "b"}, pair.now);
  CHECK(pair.client.opened.size() == 1);
  pair.client.channels.close();
  pair.pump();
  CHECK(pair.server.closed == std::vector<uint16_t>{4});
  CHECK(pair.client.closed.empty());
  pair.client.channels.open({.stream = 4, .label = "c"}, pair.now);
  pair.pump();
  CHECK(pair.server.opened.back().label == "c");
}

TEST_CASE("a stream whose channel the engine closed can be opened again by the client") {
  Pair pair;
  pair.client.channels.open({.stream = 4, .label = "full"}, pair.now);
  pair.pump();
  // Beyond the queue: closed, and the client answers by closing its half.
  CHECK_FALSE(pair.server.channels.send("full", true, payload(std::string(5'000'000, 'x')), pair.now));
  pair.pass(millis_us(500));
  CHECK(pair.client.closed == std::vector<uint16_t>{4});
  pair.client.channels.open({.stream = 4, .label = "again"}, pair.now);
  pair.client.channels.send(uint16_t{4}, false, payload("first"), {}, pair.now);
  pair.pump();
  REQUIRE(pair.server.opened.size() == 2);
  CHECK(pair.server.messages == std::vector<std::pair<bool, std::string>>{{false, "first"}});
}

TEST_CASE("more channels than the limit are refused to a client") {
  Limits few{.data_channels_per_transport = 2};
  Side client(1, {}), server(2, few);
  Monotonic now{seconds_us(1)};
  auto pump = [&] {
    while (!client.out.empty() || !server.out.empty()) {
      for (Bytes& packet : std::exchange(client.out, {})) server.channels.receive(packet, now);
      for (Bytes& packet : std::exchange(server.out, {})) client.channels.receive(packet, now);
    }
  };
  client.channels.start(now);
  for (uint16_t stream : {2, 4, 6}) client.channels.open({.stream = stream, .label = "x"}, now);
  pump();
  for (int i = 0; i < 10; ++i) {
    now = now + 50'000;
    client.channels.tick(now);
    server.channels.tick(now);
    pump();
  }
  CHECK(server.opened.size() == 2);
  CHECK(client.closed == std::vector<uint16_t>{6});
}

TEST_CASE(
    "a reliable channel whose client takes nothing is closed when its queue is full, a lossy one drops") {
  Pair pair({.queued_bytes = 100'000});
  pair.client.channels.open({.stream = 2, .label = "r"}, pair.now);
  pair.client.channels.open({.stream = 4, .label = "l", .ordered = false, .reliable = false}, pair.now);
  pair.pump();
  std::string ten(10'000, 'x');
  int sent = 0;
  while (pair.server.channels.send("r", true, payload(ten), pair.now)) ++sent;
  CHECK(sent == 10);
  CHECK(*pair.server.queued < 100'000);  // what was not begun is dropped
  CHECK(pair.server.closed == std::vector<uint16_t>{2});
  for (int i = 0; i < 300; ++i) CHECK(pair.server.channels.send("l", true, payload(ten), pair.now));
  CHECK(*pair.server.queued <= 100'000);
  pair.pump();
  pair.pass(seconds_us(1));
  CHECK(*pair.server.queued == 0);
  CHECK(pair.client.closed == std::vector<uint16_t>{2});
  CHECK(pair.client.messages.size() < 200);
}

}  // namespace
}  // namespace parvis::sfu
