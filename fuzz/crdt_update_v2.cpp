// An update of format v2 from a stranger, applied to a document, merged, cut and converted.
#include "crdt_update_target.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  parvis::crdt::fuzz::try_update({data, size}, parvis::crdt::Format::v2);
  return 0;
}
