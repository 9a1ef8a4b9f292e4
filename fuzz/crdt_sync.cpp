// A y-websocket message from a stranger; what is read is written back the same.
#include <cstdlib>

#include "engine/crdt/doc.h"
#include "engine/crdt/sync_protocol.h"

using namespace parvis::crdt;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto message = decode_y_message({data, size});
  if (!message || message->channel != YMessage::Channel::sync) return 0;
  if (message->sync.step == SyncStep::state) {
    auto state = StateVector::decode(message->sync.body);
    if (state && StateVector::decode(state->encode()).value() != *state) std::abort();
    if (state) Doc().encode_state(Format::v1, *state);
  } else {
    Doc doc;
    (void)doc.apply_update(message->sync.body, Format::v1);
    (void)doc.contains_update(message->sync.body, Format::v1);
  }
  parvis::Bytes written = encode_sync_message(message->sync.step, message->sync.body);
  auto again = decode_y_message(written);
  if (!again || again->sync.step != message->sync.step) std::abort();
  return 0;
}
