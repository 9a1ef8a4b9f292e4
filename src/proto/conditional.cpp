#include "proto/conditional.h"

#include <algorithm>

#include "proto/ascii.h"
#include "proto/http_date.h"

namespace parvis::proto {
namespace {

std::string_view opaque(std::string_view etag) { return etag.starts_with("W/") ? etag.substr(2) : etag; }

bool listed(std::string_view list, const Representation& current, bool strong) {
  if (ascii::trim(list) == "*") return current.exists;
  bool found = false;
  for_each_element(list, ',', [&](std::string_view candidate) {
    found = strong ? same_strong_etag(candidate, current.etag) : same_weak_etag(candidate, current.etag);
    return !found;
  });
  return found && current.exists;
}

/// Dates have no milliseconds, so neither may the comparison.
int64_t seconds_of(Instant when) { return when.ms / 1000; }

/// "Range applies" under If-Range: an entity tag must match strongly, a date exactly.
bool if_range_holds(std::string_view condition, const Representation& current, Instant now) {
  if (condition.empty()) return true;
  if (condition.starts_with('"') || condition.starts_with("W/"))
    return same_strong_etag(condition, current.etag);
  auto date = parse_http_date(condition, now);
  return date && current.modified && seconds_of(*current.modified) == seconds_of(*date);
}

std::optional<uint64_t> number(std::string_view text) {
  if (text.empty() || text.size() > 18 || !ascii::all(text, ascii::digit)) return std::nullopt;
  uint64_t value = 0;
  for (char c : text) value = value * 10 + static_cast<uint64_t>(c - '0');
  return value;
}

/// One range of the list. False when malformed; `out` stays empty when it lies outside the representation.
bool parse_one(std::string_view spec, uint64_t size, std::optional<ByteRange>& out) {
  size_t dash = spec.find('-');
  if (dash == std::string_view::npos) return false;
  auto first_text = ascii::trim(spec.substr(0, dash)), last_text = ascii::trim(spec.substr(dash + 1));
  auto last = number(last_text);
  if (first_text.empty()) {  // the last n bytes
    if (!last) return false;
    uint64_t count = std::min(*last, size);
    if (count) out = ByteRange{size - count, count};
    return true;
  }
  auto first = number(first_text);
  if (!first || (!last_text.empty() && !last) || (last && *last < *first)) return false;
  if (*first >= size) return true;
  uint64_t end = last ? std::min(*last, size - 1) : size - 1;
  out = ByteRange{*first, end - *first + 1};
  return true;
}

void join(std::vector<ByteRange>& ranges) {
  std::ranges::sort(ranges, {}, &ByteRange::first);
  std::vector<ByteRange> out;
  for (const auto& range : ranges) {
    if (!out.empty() && range.first <= out.back().first + out.back().size) {
      uint64_t end = std::max(out.back().first + out.back().size, range.first + range.size);
      out.back().size = end - out.back().first;
    } else {
      out.push_back(range);
    }
  }
  ranges = std::move(out);
}

}  // namespace

bool same_strong_etag(std::string_view a, std::string_view b) {
  return !a.empty() && a == b && !a.starts_with("W/");
}
bool same_weak_etag(std::string_view a, std::string_view b) { return !a.empty() && opaque(a) == opaque(b); }

Precondition evaluate_preconditions(const Conditions& conditions, const Representation& current, bool safe,
                                    Instant now) {
  auto failed = [&](bool holds) { return holds ? Precondition::proceed : Precondition::failed; };
  auto outcome = Precondition::proceed;
  if (!conditions.if_match.empty()) {
    outcome = failed(listed(conditions.if_match, current, true));
  } else if (!conditions.if_unmodified_since.empty() && current.modified) {
    auto date = parse_http_date(conditions.if_unmodified_since, now);
    if (date) outcome = failed(seconds_of(*current.modified) <= seconds_of(*date));
  }
  if (outcome != Precondition::proceed) return outcome;
  if (!conditions.if_none_match.empty()) {
    if (!listed(conditions.if_none_match, current, false)) return Precondition::proceed;
    return safe ? Precondition::not_modified : Precondition::failed;
  }
  if (safe && !conditions.if_modified_since.empty() && current.modified) {
    auto date = parse_http_date(conditions.if_modified_since, now);
    if (date && seconds_of(*current.modified) <= seconds_of(*date)) return Precondition::not_modified;
  }
  return Precondition::proceed;
}

RangeAnswer evaluate_range(const Conditions& conditions, const Representation& current, uint64_t size,
                           Instant now) {
  RangeAnswer whole;
  if (conditions.range.empty() || !ascii::same(conditions.range.substr(0, 6), "bytes=")) return whole;
  if (!if_range_holds(conditions.if_range, current, now)) return whole;
  RangeAnswer answer;
  bool valid = true;
  size_t count = 0;
  for_each_element(conditions.range.substr(6), ',', [&](std::string_view spec) {
    std::optional<ByteRange> range;
    valid = parse_one(spec, size, range) && ++count <= max_ranges;
    if (range) answer.ranges.push_back(*range);
    return valid;
  });
  if (!valid || count == 0) return whole;
  answer.kind = answer.ranges.empty() ? RangeAnswer::Kind::unsatisfiable : RangeAnswer::Kind::partial;
  join(answer.ranges);
  return answer;
}

std::string content_range(const ByteRange& range, uint64_t size) {
  return "bytes " + std::to_string(range.first) + "-" + std::to_string(range.first + range.size - 1) + "/" +
         std::to_string(size);
}
std::string content_range_unsatisfiable(uint64_t size) { return "bytes */" + std::to_string(size); }

}  // namespace parvis::proto
