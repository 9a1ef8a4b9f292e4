// Paths and queries: encoding comes back, a normal path is normal for good and never climbs.
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "base/check.h"
#include "base/utf8.h"
#include "proto/url.h"

using namespace parvis;
using namespace parvis::proto;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto text = as_text({data, size});
  CHECK(percent_decode(percent_encode(text)) == text);
  CHECK(decode_query_text(percent_encode(text)) == text);
  auto target = split_target(text);
  auto path = normalise_path(target.path);
  if (path && *path != "*") {
    CHECK(path->starts_with('/'));
    CHECK(utf8::valid(*path));
    CHECK(path->find('\0') == std::string::npos);
    CHECK(("/" + *path + "/").find("/../") == std::string::npos);
    CHECK(("/" + *path + "/").find("/./") == std::string::npos);
    if (!has_dot_segments(target.path)) {
      size_t raw_slashes = 0, slashes = 0;
      for (char c : target.path) raw_slashes += c == '/';
      for (char c : *path) slashes += c == '/';
      CHECK(raw_slashes == slashes);  // decoding makes no new segment
    }
  }
  auto pairs = parse_query(target.query);
  CHECK(pairs.size() <= max_query_pairs);
  if (!pairs.empty()) CHECK(query_value(target.query, pairs[0].first) == pairs[0].second);
  return 0;
}
