#pragma once
// Two clocks, two types, never mixed in one expression.
#include <compare>
#include <cstdint>

namespace parvis {

/// Civil time: milliseconds since 1970-01-01T00:00:00Z. May jump; for people and storage.
struct Instant {
  int64_t ms = 0;
  auto operator<=>(const Instant&) const = default;
};
inline Instant operator+(Instant a, int64_t ms) { return {a.ms + ms}; }
inline int64_t operator-(Instant a, Instant b) { return a.ms - b.ms; }

/// Monotonic time: microseconds since an arbitrary origin. For timeouts and rates.
struct Monotonic {
  int64_t us = 0;
  auto operator<=>(const Monotonic&) const = default;
};
inline Monotonic operator+(Monotonic a, int64_t us) { return {a.us + us}; }
inline int64_t operator-(Monotonic a, Monotonic b) { return a.us - b.us; }

inline constexpr int64_t seconds_us(int64_t seconds) { return seconds * 1'000'000; }
inline constexpr int64_t millis_us(int64_t millis) { return millis * 1'000; }

}  // namespace parvis
