// Request heads: never a crash; a head found in one piece is found in two; what is accepted frames its body
// one way only.
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "base/check.h"
#include "proto/http1_request.h"
#include "proto/url.h"

using namespace parvis;
using namespace parvis::proto;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto bytes = as_text({data, size});
  const HeadLimits limits{.max_bytes = 2048, .max_headers = 20, .max_target_bytes = 512};
  size_t scanned = 0;
  auto end = find_head_end(bytes, scanned, limits);
  size_t trickled = 0;
  Result<size_t> slowly = 0;
  for (size_t part = 1; part <= size && slowly && *slowly == 0; ++part) {
    slowly = find_head_end(bytes.substr(0, part), trickled, limits);
  }
  if (end && *end) CHECK(slowly && *slowly == *end);
  if (!end || *end == 0) return 0;
  RequestHead head;
  if (!parse_request_head(bytes.substr(0, *end), limits, head)) return 0;
  CHECK(!(head.chunked && head.content_length));
  CHECK(!(head.chunked && head.minor_version == 0));
  CHECK(head.headers.size() <= limits.max_headers);
  for (const auto& field : head.headers) {
    CHECK(!field.name.empty());
    CHECK(field.value.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos);
  }
  auto target = split_target(head.target);
  if (auto path = normalise_path(target.path)) {
    CHECK(path->starts_with('/') || *path == "*");
    CHECK(!has_dot_segments(*path) || path->find('%') != std::string::npos);
    if (path_is_normal(target.path)) CHECK(*path == target.path);
  }
  return 0;
}
