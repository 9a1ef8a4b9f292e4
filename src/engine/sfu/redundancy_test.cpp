#include "engine/sfu/redundancy.h"

#include <doctest/doctest.h>

namespace parvis::sfu {
namespace {

Bytes some(uint8_t value, size_t size) { return Bytes(size, value); }

/// Reads RFC 2198 back: the blocks, oldest first, with how much older they are.
std::vector<std::pair<uint32_t, Bytes>> blocks_of(ByteView packet) {
  std::vector<std::pair<uint32_t, size_t>> headers;
  size_t at = 0;
  for (; packet[at] & 0x80; at += 4) {
    headers.emplace_back(packet[at + 1] << 6 | packet[at + 2] >> 2,
                         (packet[at + 2] & 3) << 8 | packet[at + 3]);
    CHECK((packet[at] & 0x7f) == 111);
  }
  CHECK(packet[at++] == 111);
  std::vector<std::pair<uint32_t, Bytes>> out;
  for (auto [offset, size] : headers) {
    out.emplace_back(offset, Bytes(packet.begin() + static_cast<ptrdiff_t>(at),
                                   packet.begin() + static_cast<ptrdiff_t>(at + size)));
    at += size;
  }
  out.emplace_back(0, Bytes(packet.begin() + static_cast<ptrdiff_t>(at), packet.end()));
  return out;
}

}  // namespace

TEST_CASE("a packet carries those before it, as far as they are known and recent") {
  VoiceMemory memory;
  std::array<uint8_t, 1'400> out;
  Bytes now = some(9, 80);
  auto written = [&](uint16_t sequence, uint32_t timestamp, size_t depth) {
    size_t length = memory.write(out, 111, sequence, timestamp, now, depth);
    return blocks_of(ByteView(out).first(length));
  };
  CHECK(written(7, 7'000, 2).size() == 1);
  memory.put(65'535, 5'080, some(1, 300));
  memory.put(0, 6'040, some(2, 70));
  auto blocks = written(1, 7'000, 2);
  REQUIRE(blocks.size() == 3);
  CHECK(blocks[0] == std::pair(1'920u, some(1, 300)));
  CHECK(blocks[1] == std::pair(960u, some(2, 70)));
  CHECK(blocks[2].second == now);
  CHECK(written(1, 7'000, 1).size() == 2);
  CHECK(written(2, 7'960, 2).size() == 2);   // the one between was lost on its way here
  CHECK(written(1, 90'000, 2).size() == 1);  // silence lay between them
  memory.put(0, 6'040, some(2, VoiceMemory::most_block + 1));
  CHECK(memory.write(std::span(out).first(100), 111, 1, 7'000, now, 2) == 0);
}

TEST_CASE("a line that loses is given more, and one that is whole again less, after a while") {
  Redundancy line;
  CHECK(line.depth() == 0);
  line.observe(0.02, {});
  CHECK(line.depth() == 1);
  line.observe(0.05, {});
  CHECK(line.depth() == 2);
  line.observe(0, Monotonic{seconds_us(5)});
  CHECK(line.depth() == 2);
  line.observe(0.05, Monotonic{seconds_us(6)});
  line.observe(0, Monotonic{seconds_us(15)});
  CHECK(line.depth() == 2);
  line.observe(0, Monotonic{seconds_us(17)});
  CHECK(line.depth() == 0);
}

}  // namespace parvis::sfu
