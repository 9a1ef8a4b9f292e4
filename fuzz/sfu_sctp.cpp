// Packets to data channels that are up, as a client inside DTLS could send them: each is led by its length
// (two bytes) and by the step of time before it (one, in 16 ms). Checksum and tag are set right, so that what
// is behind them is reached; the first byte tells whether the peer's INIT comes before them all.
#include <algorithm>
#include <deque>

#include "engine/sfu/data_channels.h"

using namespace parvis;
using namespace parvis::sfu;

namespace {

struct Side final : ChannelListener {
  std::deque<Bytes> out;
  DataChannels channels;
  explicit Side(uint64_t seed)
      : channels(Limits{.data_channels_per_transport = 4, .message_bytes = 20'000, .queued_bytes = 50'000},
                 seed, std::make_shared<sctp::QueuedBytes>(0), *this) {}
  void transmit(ByteView packet) override { out.emplace_back(packet.begin(), packet.end()); }
  void on_channel(const DataChannel&) override {}
  void on_channel_closed(uint16_t) override {}
  void on_channel_message(uint16_t, bool, Bytes) override {}
};

/// Header, and a cookie echo's tag and checksum, as the server expects them.
void make_valid(Bytes& packet, uint32_t tag) {
  packet[0] = packet[2] = 5'000 >> 8;
  packet[1] = packet[3] = 5'000 & 255;
  bool init = packet.size() > 12 && packet[12] == 1;
  for (size_t i = 0; i < 4; ++i) packet[4 + i] = init ? 0 : static_cast<uint8_t>(tag >> (24 - 8 * i));
  std::fill(packet.begin() + 8, packet.begin() + 12, 0);
  uint32_t sum = sctp::crc32c(packet);
  for (size_t i = 0; i < 4; ++i) packet[8 + i] = static_cast<uint8_t>(sum >> 8 * i);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  bool up = *data++ & 1;
  --size;
  if (auto packet = sctp::parse_packet({data, size})) {
    for (const auto& chunk : packet->chunks) sctp::parse_sack(chunk);
  }
  Monotonic now{seconds_us(1)};
  Side client(1), server(2);
  uint32_t tag = 1;
  client.channels.start(now);
  server.channels.start(now);
  if (up) {
    client.channels.open({.stream = 2, .label = "l", .ordered = false, .reliable = false}, now);
    server.channels.open({.stream = 1, .label = "r"}, now);
  }
  while (!client.out.empty() || !server.out.empty()) {
    for (Bytes& packet : std::exchange(client.out, {})) {
      auto header = sctp::parse_packet(packet)->header;
      if (header.verification_tag) tag = header.verification_tag;
      server.channels.receive(packet, now);
    }
    for (Bytes& packet : std::exchange(server.out, {})) client.channels.receive(packet, now);
  }
  auto message = std::make_shared<const Bytes>(3'000, 'x');
  while (size > 3) {
    size_t length = std::min(size - 3, size_t{data[0]} << 8 | data[1]);
    now = now + data[2] * 16'384;
    Bytes packet(12 + length);
    std::copy_n(data + 3, length, packet.begin() + 12);
    make_valid(packet, tag);
    server.channels.receive(packet, now);
    server.channels.send("r", true, message, now);
    server.channels.send("l", true, message, now);
    server.channels.tick(now);
    server.out.clear();
    data += 3 + length;
    size -= 3 + length;
  }
  return 0;
}
