// Zone files and the rules they end with.
#include <cstdlib>

#include "proto/time_zone.h"

using namespace parvis;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  ByteView bytes(data, size);
  (void)proto::parse_zone_rule({reinterpret_cast<const char*>(data), size});
  if (auto zone = proto::TimeZone::parse(bytes)) {
    for (int64_t at : {int64_t{0}, int64_t{1'790'000'000'000}, int64_t{-5'000'000'000'000}}) {
      auto local = zone->local({at});
      if (local.ms < 0 || local.ms >= 86'400'000) std::abort();
      (void)zone->instant(local.day, local.ms);
    }
  }
  return 0;
}
