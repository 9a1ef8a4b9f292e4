// Canonical JSON: idempotent, readable, and the same from text as from a tree.
#include "base/check.h"
#include "engine/matrix/canonical_json.h"
#include "engine/matrix/canonical_object.h"

using namespace parvis;
using namespace parvis::matrix;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  auto once = Canonical::parse(text);
  if (!once) return 0;
  auto twice = Canonical::parse(once->text());
  CHECK(twice && twice->text() == once->text());
  auto tree = json::parse(once->text(), {.max_bytes = max_event_bytes * 2, .max_depth = 64});
  CHECK(tree);
  auto of_tree = Canonical::of(*tree);
  CHECK(of_tree && of_tree->text() == once->text());
  std::string rebuilt = "{}";
  for (ObjectReader members(once->text()); auto member = members.next();)
    rebuilt = with_member(rebuilt, member->key, member->value);
  if (once->is_object()) CHECK(rebuilt.size() == once->text().size());
  (void)decode_string(once->text());
  (void)decode_integer(once->text());
  return 0;
}
