#pragma once
// Every byte attributed: person × tool × class × network path × hour × direction. Counters in memory, flushed
// each minute and at stop. A person's counters are private to them; administrators see sums over at least ten
// people.
#include <cstdint>
#include <string_view>

#include "base/id.h"
#include "core/http/router.h"

namespace parvis {

class Meter {
 public:
  virtual ~Meter() = default;
  virtual void count(PersonId person, std::string_view tool, http::TrafficClass traffic,
                     std::string_view path, uint64_t bytes_in, uint64_t bytes_out) = 0;
};

}  // namespace parvis
