// How a client asks to join: base64, gzip and protobuf from strangers.
#include "engine/livekit/join_request.h"

namespace rooms = parvis::livekit;
using namespace parvis;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  rooms::JoinQuery query;
  query.join_request = to_base64({data, size}, Base64::url_unpadded);
  (void)rooms::parse_join(query);
  query.join_request.assign(reinterpret_cast<const char*>(data), size);
  (void)rooms::parse_join(query);
  return 0;
}
