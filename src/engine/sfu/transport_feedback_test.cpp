#include <doctest/doctest.h>

#include "engine/sfu/transport_feedback.h"

namespace parvis::sfu {

TEST_CASE("what came is told with its times, what did not as lost, over a wrap of the numbers") {
  ArrivalLog log;
  CHECK(log.take(1, 2).empty());
  Monotonic start{seconds_us(5)};
  log.add(65'533, start);
  log.add(65'535, start + millis_us(10));
  log.add(2, start + millis_us(400));
  log.add(1, start + millis_us(401));  // out of order
  auto reports = parse_transport_feedback(log.take(1, 2));
  REQUIRE(reports);
  REQUIRE(reports->size() == 6);
  CHECK((*reports)[0].sequence == 65'533);
  CHECK_FALSE((*reports)[1].arrived_us);
  CHECK_FALSE((*reports)[3].arrived_us);  // 0
  int64_t first = *(*reports)[0].arrived_us;
  CHECK(*(*reports)[2].arrived_us - first == millis_us(10));
  CHECK(*(*reports)[4].arrived_us - first == millis_us(401));
  CHECK(*(*reports)[5].arrived_us - first == millis_us(400));
  CHECK(log.empty());
  log.add(5, start + millis_us(500));
  reports = parse_transport_feedback(log.take(1, 2));
  REQUIRE(reports);
  REQUIRE(reports->size() == 3);  // 3 and 4 are lost
  CHECK((*reports)[0].sequence == 3);
  CHECK((*reports)[2].arrived_us);
}

TEST_CASE("a long silence and a jump of the numbers do not grow a report beyond a datagram") {
  ArrivalLog log;
  Monotonic now{seconds_us(1)};
  for (uint32_t i = 0; i < 5'000; ++i) log.add(static_cast<uint16_t>(i * 3), now + i * 1'000);
  size_t told = 0;
  for (int i = 0; i < 20 && !log.empty(); ++i) {
    Bytes packet = log.take(1, 2);
    CHECK(packet.size() <= 1'400);
    if (packet.empty()) continue;
    auto reports = parse_transport_feedback(packet);
    REQUIRE(reports);
    for (const auto& report : *reports) told += report.arrived_us.has_value();
  }
  CHECK(told >= 1'000);
  log.add(60'000, now + seconds_us(600));
  CHECK(log.take(1, 2).size() <= 1'400);
}

TEST_CASE("a feedback packet that is cut short or lies about its length is refused") {
  ArrivalLog log;
  for (uint16_t i = 0; i < 40; ++i) log.add(i, Monotonic{i * 300'000});
  Bytes whole = log.take(1, 2);
  REQUIRE(parse_transport_feedback(whole));
  for (size_t size = 0; size < whole.size() - 4; ++size)
    CHECK_FALSE(parse_transport_feedback(ByteView(whole).first(size)));
  whole[14] = 0xff;  // thousands of packets
  CHECK_FALSE(parse_transport_feedback(whole));
}

}  // namespace parvis::sfu
