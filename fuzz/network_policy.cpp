// The network policy's document: what is accepted is written, and read again as it was.
#include <cstdlib>

#include "core/network_policy/evaluate.h"
#include "core/network_policy/zones.h"

using namespace parvis;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto document =
      json::parse({reinterpret_cast<const char*>(data), size}, {.max_bytes = PolicyLimits::document_bytes});
  if (!document) return 0;
  auto parsed = parse_policy(*document, french_zone);
  if (!parsed.errors.empty()) return 0;
  for (int64_t at : {int64_t{1'783'500'000'000}, int64_t{1'796'200'000'000}}) {
    auto applied = evaluate(parsed.policy, {at}, "rie", false);
    if (applied.until && applied.until->ms <= at) std::abort();
    (void)applied_sentence(applied, Language::french);
  }
  auto text = write_policy(parsed.policy);
  auto again = parse_policy(*json::parse(text), french_zone);
  if (!again.errors.empty() || write_policy(again.policy) != text) std::abort();
  return 0;
}
