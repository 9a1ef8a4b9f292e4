#pragma once
// Conditional requests and ranges (RFC 9110 sections 13 and 14), decided from headers alone.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace parvis::proto {

/// What the server holds now. `etag` is quoted, "W/" in front when weak; "" when there is none.
struct Representation {
  std::string_view etag;
  std::optional<Instant> modified;
  bool exists = true;
};

/// The request's headers, "" when absent.
struct Conditions {
  std::string_view if_match, if_none_match, if_modified_since, if_unmodified_since, if_range, range;
};

enum class Precondition : uint8_t { proceed, not_modified, failed };  // go on | 304 | 412

/// Evaluated in the order of section 13.2.2. `safe` = GET or HEAD.
Precondition evaluate_preconditions(const Conditions& conditions, const Representation& current, bool safe,
                                    Instant now);

bool same_strong_etag(std::string_view a, std::string_view b);
bool same_weak_etag(std::string_view a, std::string_view b);

struct ByteRange {
  uint64_t first = 0;
  uint64_t size = 0;
};
struct RangeAnswer {
  enum class Kind : uint8_t { whole, partial, unsatisfiable };  // 200 | 206 | 416
  Kind kind = Kind::whole;
  std::vector<ByteRange> ranges;  // ascending when more than one; overlapping ones joined
};
inline constexpr size_t max_ranges = 16;  // more is answered with the whole

/// Honours Range and If-Range for a GET of `size` bytes. A malformed or excessive Range is ignored (whole).
RangeAnswer evaluate_range(const Conditions& conditions, const Representation& current, uint64_t size,
                           Instant now);

/// "bytes 0-99/1000" and "bytes */1000"
std::string content_range(const ByteRange& range, uint64_t size);
std::string content_range_unsatisfiable(uint64_t size);

}  // namespace parvis::proto
