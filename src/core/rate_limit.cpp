#include "core/rate_limit.h"

#include <algorithm>
#include <cmath>

namespace parvis {

Result<void> RateLimiter::take_person(std::string_view person, double cost, Monotonic now) {
  return take("p" + std::string(person), limits_.person_per_second, limits_.person_burst, cost, now);
}

Result<void> RateLimiter::take_network(std::string_view network, double cost, Monotonic now) {
  return take("n" + std::string(network), limits_.network_per_second, limits_.network_burst, cost, now);
}

Result<void> RateLimiter::take(std::string key, double per_second, double burst, double cost, Monotonic now) {
  if (cost <= 0) return {};
  auto found = by_key_.find(key);
  if (found == by_key_.end()) {
    if (buckets_.size() >= limits_.max_buckets) {
      by_key_.erase(buckets_.back().key);
      buckets_.pop_back();
    }
    buckets_.push_front({std::move(key), burst, now});
    found = by_key_.emplace(buckets_.front().key, buckets_.begin()).first;
  } else {
    buckets_.splice(buckets_.begin(), buckets_, found->second);
  }
  Bucket& bucket = *found->second;
  bucket.tokens = std::min(burst, bucket.tokens + static_cast<double>(now - bucket.at) * per_second / 1e6);
  bucket.at = now;
  cost = std::min(cost, burst);
  if (bucket.tokens >= cost) {
    bucket.tokens -= cost;
    return {};
  }
  auto wait_ms = static_cast<int64_t>(std::ceil((cost - bucket.tokens) / per_second * 1000));
  return fail(reasons::limited, "rate limit", wait_ms);
}

}  // namespace parvis
