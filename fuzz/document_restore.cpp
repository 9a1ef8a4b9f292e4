// Two documents of strangers, one turned into the other as a restoration does: either it is refused, or the
// edits make them equal. Input: two updates of format v1, the first preceded by its length in two bytes.
#include <cstdlib>

#include "engine/crdt/doc.h"
#include "module/documents/content_tree.h"
#include "module/documents/forward_edit.h"

using namespace parvis;

namespace {

uint32_t number_of(const crdt::Doc& doc, Numbering& numbering) {
  auto root = crdt::find_root(doc, "default");
  if (!root) return 0;
  auto tree = read_content(doc, *root, numbering);
  return tree ? tree->number : 0;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  size_t first = size_t{data[0]} << 8 | data[1];
  ByteView rest(data + 2, size - 2);
  if (first > rest.size()) return 0;
  crdt::Doc now, then;
  (void)now.apply_update(rest.first(first), crdt::Format::v1);
  (void)then.apply_update(rest.subspan(first), crdt::Format::v1);
  // What waits for others may wait for the very client we draw; a stranger cannot guess it in the house.
  if (now.has_pending()) return 0;
  uint64_t client = 1;
  while (now.clock(client) > 0) ++client;
  auto update = forward_edit(now.encode_state(crdt::Format::v2), then.encode_state(crdt::Format::v1), client);
  if (!update) return 0;
  if (!now.apply_update(*update, crdt::Format::v1)) std::abort();
  Numbering numbering;
  auto wanted = number_of(then, numbering);
  if (crdt::find_root(then, "default") && number_of(now, numbering) != wanted) std::abort();
  return 0;
}
