// Awareness updates from strangers: two halves applied in turn; the states survive their own encoding.
#include <cstdlib>

#include "engine/crdt/awareness.h"

using namespace parvis::crdt;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Awareness awareness(Awareness::Limits{.clients = 64, .state_bytes = 4096});
  size_t half = size > 0 ? data[0] * size / 256 : 0;
  (void)awareness.apply({data, half});
  (void)awareness.apply({data + half, size - half});
  (void)awareness.apply({data, size});
  Awareness copy;
  if (!copy.apply(awareness.encode())) std::abort();
  for (uint64_t client : awareness.present())
    if (awareness.clock(client) > 0 &&
        (!copy.state(client) || *copy.state(client) != *awareness.state(client)))
      std::abort();
  auto present = awareness.present();
  awareness.remove(present);
  if (!awareness.present().empty()) std::abort();
  return 0;
}
