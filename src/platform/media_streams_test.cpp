#include "platform/media_streams.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/bytes.h"
#include "platform/framing.h"

namespace parvis {
namespace {

Bytes frame(ByteView content) {
  Bytes out{static_cast<uint8_t>(content.size() >> 8), static_cast<uint8_t>(content.size())};
  out.insert(out.end(), content.begin(), content.end());
  return out;
}

std::vector<std::string> frames_of(FrameReader& reader) {
  std::vector<std::string> out;
  while (auto one = reader.next()) out.emplace_back(as_text(*one));
  return out;
}

TEST_CASE("frames are found wherever the stream is cut") {
  Bytes stream;
  for (std::string_view text : {"one", "", "three", "4"}) {
    auto bytes = frame(as_bytes(text));
    stream.insert(stream.end(), bytes.begin(), bytes.end());
  }
  for (size_t cut = 0; cut <= stream.size(); ++cut) {
    Bytes first(stream.begin(), stream.begin() + static_cast<ptrdiff_t>(cut));
    FrameReader begin(first);
    auto frames = frames_of(begin);
    Bytes second(begin.rest().begin(), begin.rest().end());
    second.insert(second.end(), stream.begin() + static_cast<ptrdiff_t>(cut), stream.end());
    FrameReader end(second);
    for (auto& one : frames_of(end)) frames.push_back(one);
    CHECK(frames == std::vector<std::string>{"one", "three", "4"});
    CHECK(end.rest().empty());
    CHECK_FALSE(end.too_long());
  }
}

TEST_CASE("a frame longer than a datagram may be is none") {
  Bytes longest = frame(Bytes(max_frame_bytes));
  FrameReader good(longest);
  CHECK(good.next()->size() == max_frame_bytes);
  Bytes longer = frame(Bytes(max_frame_bytes + 1));
  FrameReader bad(longer);
  CHECK_FALSE(bad.next());
  CHECK(bad.too_long());
}

/// A TCP client that nobody waits for.
struct Client {
  int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
  Bytes received;
  bool closed = false;

  explicit Client(uint16_t port, int receive_buffer = 0) {
    if (receive_buffer)
      ::setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    sockaddr_in to{.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {}, .sin_zero = {}};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::connect(descriptor, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0);
  }
  Client(const Client&) = delete;
  ~Client() { ::close(descriptor); }
  void send(ByteView bytes) {
    REQUIRE(::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
            static_cast<ssize_t>(bytes.size()));
  }
  void read() {
    std::array<uint8_t, 65'536> buffer;
    for (;;) {
      ssize_t count = ::recv(descriptor, buffer.data(), buffer.size(), MSG_DONTWAIT);
      if (count == 0 || (count < 0 && errno != EAGAIN)) closed = true;
      if (count <= 0) return;
      received.insert(received.end(), buffer.begin(), buffer.begin() + count);
    }
  }
};

/// Keeps who says "hello", answers "ping", hangs up at "bye".
struct World final : DatagramReceiver {
  EpollLoop loop;
  int listener = *listen_for_media({"127.0.0.1", 0});
  uint16_t port = 0;
  std::unique_ptr<MediaStreams> streams;
  std::vector<std::string> heard;
  std::vector<Peer> peers, ended;
  size_t batches = 0;

  explicit World(StreamLimits limits = {}) {
    sockaddr_in name{};
    socklen_t length = sizeof name;
    ::getsockname(listener, reinterpret_cast<sockaddr*>(&name), &length);
    port = ntohs(name.sin_port);
    streams = std::make_unique<MediaStreams>(loop, listener, limits);
    streams->start(*this);
  }
  void on_datagram(const Peer& from, std::span<uint8_t> bytes, Monotonic) override {
    std::string text(as_text(bytes));
    heard.push_back(text);
    peers.push_back(from);
    if (text == "hello") streams->keep(from);
    if (text == "ping") streams->push(from, as_bytes("pong"));
    if (text == "bye") streams->close(from);
  }
  void on_batch_end(Monotonic) override {
    ++batches;
    streams->flush();
  }
  void on_stream_closed(const Peer& peer, Monotonic) override { ended.push_back(peer); }

  void until(const std::function<bool()>& condition) {
    int left = 5'000;
    std::function<void()> look = [&] {
      if (condition() || --left == 0) return loop.stop();
      loop.call_at(loop.now() + 1'000, look);
    };
    look();
    loop.run();
    CHECK(left > 0);
  }
};

TEST_CASE("packets travel both ways in frames, however the bytes arrive") {
  World world;
  Client client(world.port);
  Bytes all = frame(as_bytes("hello"));
  for (uint8_t byte : all) {
    client.send({&byte, 1});
    world.loop.call_at(world.loop.now() + 100, [&] { world.loop.stop(); });
    world.loop.run();
  }
  world.until([&] { return world.heard.size() == 1; });
  Bytes two = frame(as_bytes("ping")), more = frame(as_bytes("ping"));
  two.insert(two.end(), more.begin(), more.end());
  client.send(two);
  world.until([&] {
    client.read();
    return client.received.size() == 12;
  });
  CHECK(world.heard == std::vector<std::string>{"hello", "ping", "ping"});
  CHECK(client.received == Bytes{0, 4, 'p', 'o', 'n', 'g', 0, 4, 'p', 'o', 'n', 'g'});
  CHECK(world.peers[0].stream != 0);
  CHECK(world.peers[0] == world.peers[2]);
  ::shutdown(client.descriptor, SHUT_WR);
  world.until([&] { return world.ended.size() == 1; });
  CHECK(world.ended[0] == world.peers[0]);
  CHECK(world.streams->stats().open == 0);
}

TEST_CASE("what is no framed media ends its connection alone") {
  World world;
  Client good(world.port), bad(world.port);
  good.send(frame(as_bytes("hello")));
  bad.send(as_bytes("GET / HTTP/1.1\r\n"));
  world.until([&] {
    bad.read();
    return bad.closed;
  });
  CHECK(world.streams->stats().malformed == 1);
  good.send(frame(as_bytes("ping")));
  world.until([&] {
    good.read();
    return good.received.size() == 6;
  });
}

TEST_CASE("an owner may hang up in the midst of what a connection sends") {
  World world;
  Client client(world.port);
  Bytes bytes = frame(as_bytes("ping"));
  for (std::string_view text : {"bye", "never heard"}) {
    Bytes next = frame(as_bytes(text));
    bytes.insert(bytes.end(), next.begin(), next.end());
  }
  client.send(bytes);
  world.until([&] {
    client.read();
    return client.closed;
  });
  CHECK(world.heard == std::vector<std::string>{"ping", "bye"});
  CHECK(client.received.size() == 6);  // what was said before is written
  CHECK(world.ended.empty());
}

TEST_CASE("connections beyond the bounds are refused, those that never prove themselves are closed") {
  StreamLimits limits;
  limits.connections = 3;
  limits.unproven_per_address = 2;
  limits.proven_within_us = millis_us(200);
  World world(limits);
  Client kept(world.port);
  kept.send(frame(as_bytes("hello")));
  world.until([&] { return world.heard.size() == 1; });
  Client second(world.port), third(world.port), fourth(world.port);
  world.until([&] {
    fourth.read();
    return fourth.closed;
  });
  CHECK(world.streams->stats().refused == 1);
  CHECK(world.streams->stats().open == 3);
  world.until([&] {
    second.read();
    third.read();
    return second.closed && third.closed;
  });
  CHECK(world.streams->stats().never_proven == 2);
  kept.send(frame(as_bytes("ping")));
  world.until([&] {
    kept.read();
    return kept.received.size() == 6;
  });
  Client again(world.port);
  again.send(frame(as_bytes("hello")));
  world.until([&] { return world.heard.size() == 3; });
}

TEST_CASE("somebody who sends frames and never proves anything is sent away") {
  World world;
  Client client(world.port);
  Bytes bytes;
  for (int i = 0; i < 100; ++i) {
    Bytes one = frame(as_bytes("guess"));
    bytes.insert(bytes.end(), one.begin(), one.end());
  }
  client.send(bytes);
  world.until([&] {
    client.read();
    return client.closed;
  });
  CHECK(world.heard.size() < 100);
}

TEST_CASE("a slow reader's queue is bounded, and what it gets are whole packets") {
  StreamLimits limits;
  limits.queued_bytes = 50'000;
  World world(limits);
  Client client(world.port, 4'096);
  client.send(frame(as_bytes("hello")));
  world.until([&] { return !world.peers.empty(); });
  Peer peer = world.peers[0];
  Bytes packet(1'000);
  size_t pushed = 0;
  while (world.streams->stats().dropped < 100 && pushed < 100'000) {
    packet[0] = static_cast<uint8_t>(++pushed);
    world.streams->push(peer, packet);
    world.streams->flush();
  }
  CHECK(world.streams->stats().dropped == 100);
  CHECK(world.streams->queued(peer) <= limits.queued_bytes);
  size_t expected = (pushed - 100) * 1'002;
  world.until([&] {
    client.read();
    return client.received.size() >= expected;
  });
  FrameReader frames(client.received);
  size_t whole = 0;
  while (auto one = frames.next()) whole += one->size() == 1'000;
  CHECK(whole == pushed - 100);
  CHECK(frames.rest().empty());
  CHECK(world.streams->queued(peer) == 0);
}

TEST_CASE("a connection that another listener accepted is served like its own") {
  World world;
  int own = *listen_for_media({"127.0.0.1", 0});
  sockaddr_in name{};
  socklen_t length = sizeof name;
  ::getsockname(own, reinterpret_cast<sockaddr*>(&name), &length);
  Client client(ntohs(name.sin_port));
  int accepted = -1;
  world.until([&] { return (accepted = ::accept4(own, nullptr, nullptr, SOCK_NONBLOCK)) >= 0; });
  client.send(frame(as_bytes("ping")));
  world.streams->adopt(accepted);
  world.until([&] {
    client.read();
    return client.received.size() == 6;
  });
  ::close(own);
}

}  // namespace
}  // namespace parvis
