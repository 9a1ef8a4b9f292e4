// The small header fields: cookies, dates, ranges, preconditions, weights.
#include <array>
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "base/check.h"
#include "proto/conditional.h"
#include "proto/cookies.h"
#include "proto/http1_response.h"
#include "proto/http_date.h"
#include "proto/negotiate.h"

using namespace parvis;
using namespace parvis::proto;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto text = as_text({data, size});
  auto value = find_cookie(text, "a");
  CHECK(value.find(';') == std::string_view::npos);
  auto cookie = format_set_cookie({.name = "a", .value = std::string(text)});
  if (!cookie.empty()) CHECK(find_cookie(cookie, "a") == text);

  const Instant now{1'700'000'000'000};
  if (auto when = parse_http_date(text, now)) CHECK(parse_http_date(format_http_date(*when), now) == when);

  auto answer = evaluate_range({.range = text}, {}, 1000, now);
  uint64_t end = 0;
  CHECK(answer.ranges.size() <= max_ranges);
  for (const auto& range : answer.ranges) {
    CHECK(range.size > 0 && range.first >= end && range.first + range.size <= 1000);
    end = range.first + range.size;
  }
  (void)evaluate_preconditions({.if_match = text, .if_none_match = text, .if_range = text}, {"\"x\"", now},
                               true, now);
  (void)choose_coding(text, {true, true});
  constexpr std::array<std::string_view, 2> languages = {"fr", "en"};
  CHECK(choose_language(text, languages) < 2);
  int weight = quality(text);
  CHECK(weight >= 0 && weight <= 1000);

  std::string head;
  append_header(head, text, text);
  CHECK(head.find_first_of("\r\n") == head.size() - 2);
  return 0;
}
