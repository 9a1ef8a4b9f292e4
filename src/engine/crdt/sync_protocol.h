#pragma once
// Messages of y-protocols as y-websocket frames them: one binary WebSocket message is a channel number and a
// body. Decoded views point into the message. Updates on the wire are always format v1.
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace parvis::crdt {

enum class SyncStep : uint8_t {
  state = 0,   // step 1: body is a state vector, to be answered with `answer`
  answer = 1,  // step 2: body is an update
  update = 2,
};

/// The part y-websocket and Hocuspocus share.
struct SyncMessage {
  SyncStep step = SyncStep::state;
  ByteView body;
};

struct YMessage {
  enum class Channel : uint8_t { sync = 0, awareness = 1, auth = 2, query_awareness = 3 };
  Channel channel = Channel::sync;
  SyncMessage sync;         // channel sync
  ByteView awareness;       // channel awareness: see awareness.h
  std::string_view denied;  // channel auth: why permission was denied
};

/// reasons::malformed for truncated messages, unknown channels and steps. Bytes after the message are
/// ignored, as y-protocols does.
Result<YMessage> decode_y_message(ByteView message);
Bytes encode_sync_message(SyncStep step, ByteView body);
Bytes encode_awareness_message(ByteView awareness);
Bytes encode_permission_denied(std::string_view reason);
Bytes encode_query_awareness();

// Internal to the engine.
class Reader;
class Writer;
SyncMessage read_sync_message(Reader& reader);
void write_sync_message(Writer& writer, SyncStep step, ByteView body);
/// Text of a message: refused unless UTF-8.
std::string_view read_message_text(Reader& reader);

}  // namespace parvis::crdt
