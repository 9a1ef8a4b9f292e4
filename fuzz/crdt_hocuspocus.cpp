// A Hocuspocus message from a stranger; what is read is written back and read the same.
#include <cstdlib>

#include "engine/crdt/hocuspocus.h"

using namespace parvis::crdt;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto message = decode_hocuspocus({data, size});
  if (!message) return 0;
  parvis::Bytes written = encode_hocuspocus(*message);
  auto again = decode_hocuspocus(written);
  if (!again || again->type != message->type || again->address != message->address ||
      again->text != message->text || again->document() != message->document())
    std::abort();
  return 0;
}
