#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <functional>
#include <random>

#include "engine/sfu/sctp_association.h"

namespace parvis::sfu::sctp {
namespace {

struct Weather {
  double loss = 0, duplication = 0;
  int64_t delay_us = 20'000, jitter_us = 0;  // more jitter than spacing: reordering
};

/// Two associations and the network between them, under a seeded dice.
struct Pipe {
  struct End final : Listener {
    Pipe& pipe;
    int side;
    Association association;
    std::vector<Message> messages;
    std::vector<std::vector<uint16_t>> peer_resets;
    std::vector<uint16_t> resets;
    int ups = 0, downs = 0;
    End(Pipe& owner, int number, uint64_t seed)
        : pipe(owner), side(number), association(owner.settings, seed, *this) {}
    void transmit(ByteView packet) override { pipe.carry(side, packet); }
    void on_up() override { ++ups; }
    void on_down() override { ++downs; }
    void on_message(Message message) override { messages.push_back(std::move(message)); }
    void on_peer_reset(const std::vector<uint16_t>& streams) override { peer_resets.push_back(streams); }
    void on_reset(uint16_t stream) override { resets.push_back(stream); }
  };
  Settings settings;
  Weather weather;
  std::mt19937_64 dice;
  Monotonic now{seconds_us(100)};
  std::multimap<Monotonic, std::pair<int, Bytes>> flying;
  uint64_t packets = 0, bytes = 0;
  std::function<bool(ByteView)> swallow;
  End a, b;
  End* left = &a;

  explicit Pipe(Weather initial = {}, uint64_t seed = 1, Settings common = {})
      : settings(common), weather(initial), dice(seed), a(*this, 0, 77), b(*this, 1, 78) {}

  void carry(int from, ByteView packet) {
    CHECK(packet.size() <= max_packet);
    ++packets;
    bytes += packet.size();
    if (swallow && swallow(packet)) return;
    auto chance = [&] { return std::uniform_real_distribution<>(0, 1)(dice); };
    int copies = chance() < weather.loss ? 0 : chance() < weather.duplication ? 2 : 1;
    for (; copies > 0; --copies) {
      int64_t delay = weather.delay_us + static_cast<int64_t>(chance() * double(weather.jitter_us));
      flying.emplace(now + delay, std::pair(from, Bytes(packet.begin(), packet.end())));
    }
  }
  void run(int64_t for_us) {
    Monotonic end = now + for_us;
    Monotonic next_tick = now + 50'000;
    while (now < end) {
      while (!flying.empty() && flying.begin()->first <= now) {
        auto [from, packet] = std::move(flying.begin()->second);
        flying.erase(flying.begin());
        (from == 0 ? b : *left).association.receive(packet, now);
      }
      if (now >= next_tick) {
        left->association.tick(now);
        b.association.tick(now);
        next_tick = now + 50'000;
      }
      Monotonic next = flying.empty() ? next_tick : std::min(next_tick, flying.begin()->first);
      now = std::max(now + 1, std::min(next, end));
    }
  }
  void connect() {
    a.association.connect(now);
    run(seconds_us(1));
    REQUIRE(a.association.established());
    REQUIRE(b.association.established());
  }
};

Outgoing message(uint16_t stream, size_t size, uint8_t filling, bool ordered = true) {
  return {.stream = stream,
          .protocol = 53,
          .payload = std::make_shared<const Bytes>(size, filling),
          .ordered = ordered};
}
Outgoing lossy(uint16_t stream, size_t size, uint8_t filling, bool ordered = false) {
  Outgoing out = message(stream, size, filling, ordered);
  out.max_retransmits = 0;
  return out;
}

TEST_CASE("either side may begin, or both at once, and loss does not prevent it") {
  for (bool both : {false, true}) {
    for (uint64_t seed = 1; seed <= 20; ++seed) {
      Pipe pipe({.loss = 0.3, .duplication = 0.2, .jitter_us = 30'000}, seed);
      pipe.b.association.connect(pipe.now);
      if (both) pipe.a.association.connect(pipe.now + 5'000);
      pipe.run(seconds_us(60));
      CHECK(pipe.a.association.established());
      CHECK(pipe.b.association.established());
      CHECK(pipe.a.ups == 1);
      CHECK(pipe.b.ups == 1);
    }
  }
}

TEST_CASE("reliable messages arrive once, whole and in order over a bad network, with little more sent") {
  for (uint64_t seed = 1; seed <= 8; ++seed) {
    Pipe pipe({}, seed);
    pipe.connect();
    pipe.weather = {.loss = 0.05, .duplication = 0.05, .jitter_us = 15'000};
    std::array<std::vector<size_t>, 4> sent;
    size_t total = 0;
    for (size_t i = 0; i < 200; ++i) {
      auto stream = static_cast<uint16_t>(i % 4);
      size_t size = i % 50 == 0 ? 60'000 : 1 + pipe.dice() % 3'000;
      pipe.a.association.send(message(stream, size, uint8_t(i)), pipe.now);
      sent[stream].push_back(size);
      total += size;
      if (i % 10 == 0) pipe.run(20'000);
    }
    pipe.run(seconds_us(60));
    REQUIRE(pipe.b.messages.size() == 200);
    std::array<std::vector<size_t>, 4> received;
    for (const Message& m : pipe.b.messages) {
      size_t index = received[m.stream].size() * 4 + m.stream;
      CHECK(std::ranges::all_of(m.body, [&](uint8_t byte) { return byte == uint8_t(index); }));
      received[m.stream].push_back(m.body.size());
    }
    CHECK(received == sent);
    CHECK(pipe.bytes < total * 14 / 10);
  }
}

TEST_CASE("a message of the largest size passes, a larger one ends the association") {
  Pipe pipe;
  pipe.connect();
  pipe.a.association.send(message(1, 262'144, 5), pipe.now);
  pipe.run(seconds_us(5));
  REQUIRE(pipe.b.messages.size() == 1);
  CHECK(pipe.b.messages[0].body == Bytes(262'144, 5));
  pipe.a.association.send(message(1, 262'145, 5), pipe.now);
  pipe.run(seconds_us(5));
  CHECK(pipe.b.messages.size() == 1);
  CHECK(pipe.a.downs == 1);
  CHECK(pipe.b.downs == 1);
}

TEST_CASE("unordered messages do not wait for a lost one, nor do other streams") {
  Pipe pipe;
  pipe.connect();
  bool first = true;
  pipe.swallow = [&](ByteView) { return std::exchange(first, false); };
  pipe.a.association.send(message(1, 10, 1), pipe.now);
  pipe.a.association.send(message(1, 10, 2), pipe.now);
  pipe.a.association.send(message(2, 10, 3), pipe.now);
  pipe.a.association.send(message(1, 10, 4, false), pipe.now);
  pipe.run(30'000);
  REQUIRE(pipe.b.messages.size() == 2);
  CHECK(pipe.b.messages[0].body[0] == 3);
  CHECK(pipe.b.messages[1].body[0] == 4);
  pipe.run(seconds_us(3));
  REQUIRE(pipe.b.messages.size() == 4);
  CHECK(pipe.b.messages[2].body[0] == 1);
  CHECK(pipe.b.messages[3].body[0] == 2);
}

TEST_CASE("lossy messages are sent once; those that follow are not held up, also when they are ordered") {
  for (bool ordered : {false, true}) {
    Pipe pipe;
    pipe.connect();
    pipe.weather.loss = 0.2;
    for (int i = 0; i < 200; ++i) {
      pipe.a.association.send(lossy(3, i % 10 == 0 ? 5'000 : 200, uint8_t(i), ordered), pipe.now);
      pipe.run(20'000);
    }
    pipe.weather.loss = 0;
    pipe.run(seconds_us(2));
    pipe.a.association.send(message(1, 10, 255), pipe.now);
    pipe.run(seconds_us(5));
    CHECK(pipe.a.association.retransmitted() < 10);
    CHECK(pipe.b.messages.size() > 120);
    CHECK(pipe.b.messages.size() < 201);
    CHECK(std::ranges::is_sorted(pipe.b.messages, {}, [](const Message& m) { return m.body[0]; }));
    CHECK(pipe.b.messages.back().body[0] == 255);
  }
}

TEST_CASE("lossy messages wait for a slow client no longer than a moment") {
  Pipe pipe({.delay_us = 200'000});
  pipe.connect();
  for (int i = 0; i < 400; ++i) {
    pipe.a.association.send(lossy(3, 2'000, uint8_t(i / 2)), pipe.now);
    pipe.run(1'000);
  }
  pipe.run(seconds_us(3));
  CHECK(pipe.b.messages.size() > 5);
  CHECK(pipe.b.messages.size() < 300);
}

TEST_CASE("a lost packet is sent again long before the timer") {
  Pipe pipe({.delay_us = 5'000});
  pipe.connect();
  int number = 0;
  pipe.swallow = [&](ByteView packet) { return packet.size() > 1'000 && ++number == 3; };
  pipe.a.association.send(message(1, 12'000, 1), pipe.now);
  pipe.run(60'000);
  CHECK(pipe.b.messages.size() == 1);
  CHECK(pipe.a.association.retransmitted() == 1);
}

TEST_CASE("a stream is reset when all is acknowledged, and begins anew") {
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    Pipe pipe({}, seed);
    pipe.connect();
    pipe.weather = {.loss = 0.2, .jitter_us = 10'000};
    for (int i = 0; i < 3; ++i) pipe.a.association.send(message(5, 3'000, uint8_t(i)), pipe.now);
    pipe.run(1'000);
    pipe.a.association.reset_stream(5, pipe.now);
    pipe.run(seconds_us(30));
    REQUIRE(pipe.a.resets == std::vector<uint16_t>{5});
    CHECK(pipe.b.peer_resets == std::vector<std::vector<uint16_t>>{{5}});
    pipe.a.association.send(message(5, 10, 9), pipe.now);
    pipe.run(seconds_us(10));
    REQUIRE(pipe.b.messages.size() == 4);
    CHECK(pipe.b.messages.back().body[0] == 9);
  }
}

TEST_CASE("a peer that begins anew is followed; one that is gone is given up; an abort is told") {
  Pipe pipe;
  pipe.connect();
  pipe.a.association.send(message(1, 10, 1), pipe.now);
  pipe.run(seconds_us(1));
  Pipe::End again(pipe, 0, 4'711);
  pipe.left = &again;
  again.association.connect(pipe.now);
  pipe.run(seconds_us(2));
  CHECK(pipe.b.ups == 2);
  CHECK(pipe.b.downs == 1);
  again.association.send(message(1, 10, 7), pipe.now);
  pipe.run(seconds_us(1));
  REQUIRE(pipe.b.messages.size() == 2);
  CHECK(pipe.b.messages[1].body[0] == 7);

  pipe.weather.loss = 1;
  pipe.b.association.send(message(1, 10, 7), pipe.now);
  pipe.run(seconds_us(120));
  CHECK(pipe.b.downs == 2);
  CHECK_FALSE(pipe.b.association.established());

  Pipe other;
  other.connect();
  other.a.association.abort();
  other.run(seconds_us(1));
  CHECK(other.b.downs == 1);
}

TEST_CASE("a closed window is asked again, and a silent association is probed") {
  Pipe pipe({}, 1, {.message_bytes = 50'000, .window = 20'000});
  pipe.connect();
  for (int i = 0; i < 20; ++i) pipe.a.association.send(message(uint16_t(i % 3), 40'000, 1), pipe.now);
  pipe.weather.loss = 0.02;
  pipe.run(seconds_us(120));
  CHECK(pipe.b.messages.size() == 20);
  uint64_t before = pipe.packets;
  pipe.weather.loss = 0;
  pipe.run(seconds_us(65));
  CHECK(pipe.packets > before);
  CHECK(pipe.packets < before + 20);
  pipe.weather.loss = 1;
  pipe.run(seconds_us(600));
  CHECK(pipe.a.downs == 1);
}

}  // namespace
}  // namespace parvis::sfu::sctp
