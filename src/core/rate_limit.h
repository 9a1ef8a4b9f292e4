#pragma once
// Token buckets: one per signed-in person, one per network for strangers. Every limit of the house's doors is
// in the table below. Loop thread only.
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.h"
#include "base/time.h"

namespace parvis {

struct RateLimits {
  double person_per_second = 20;  // requests of cost 1
  double person_burst = 200;
  double network_per_second = 50;  // people who are not signed in share an address behind a ministry's proxy
  double network_burst = 500;
  size_t max_buckets = 100'000;  // the least recently used is forgotten (as if full)
};

class RateLimiter {
 public:
  explicit RateLimiter(RateLimits limits) : limits_(limits) {}
  /// Takes `cost` tokens, or fails with reasons::limited and retry_after_ms.
  Result<void> take_person(std::string_view person, double cost, Monotonic now);
  Result<void> take_network(std::string_view network, double cost, Monotonic now);
  size_t buckets() const { return buckets_.size(); }

 private:
  struct Bucket {
    std::string key;
    double tokens;
    Monotonic at;
  };
  Result<void> take(std::string key, double per_second, double burst, double cost, Monotonic now);
  RateLimits limits_;
  std::list<Bucket> buckets_;  // most recent first
  std::unordered_map<std::string_view, std::list<Bucket>::iterator> by_key_;
};

}  // namespace parvis
