#include "engine/crdt/sync_protocol.h"

#include "engine/crdt/errors.h"
#include "engine/crdt/text_units.h"
#include "engine/crdt/wire.h"

namespace parvis::crdt {

SyncMessage read_sync_message(Reader& reader) {
  uint64_t step = reader.varuint();
  if (step > 2) reader.fail();
  return {static_cast<SyncStep>(step), reader.varbytes()};
}

void write_sync_message(Writer& writer, SyncStep step, ByteView body) {
  writer.varuint(static_cast<uint64_t>(step));
  writer.varbytes(body);
}

std::string_view read_message_text(Reader& reader) {
  std::string_view text = reader.varstring();
  uint64_t units;
  if (!measure_utf8(text, units)) reader.fail();
  return text;
}

Result<YMessage> decode_y_message(ByteView message) {
  using Channel = YMessage::Channel;
  Reader reader(message);
  YMessage out;
  uint64_t channel = reader.varuint();
  if (channel > static_cast<uint64_t>(Channel::query_awareness)) return fail(reasons::malformed, "channel");
  out.channel = static_cast<Channel>(channel);
  switch (out.channel) {
    case Channel::sync:
      out.sync = read_sync_message(reader);
      break;
    case Channel::awareness:
      out.awareness = reader.varbytes();
      break;
    case Channel::auth:
      if (reader.varuint() != 0) reader.fail();
      out.denied = read_message_text(reader);
      break;
    case Channel::query_awareness:
      break;
  }
  if (reader.failed()) return fail(reasons::malformed, "sync message");
  return out;
}

Bytes encode_sync_message(SyncStep step, ByteView body) {
  Bytes out;
  Writer writer(out);
  writer.varuint(static_cast<uint64_t>(YMessage::Channel::sync));
  write_sync_message(writer, step, body);
  return out;
}

Bytes encode_awareness_message(ByteView awareness) {
  Bytes out;
  Writer writer(out);
  writer.varuint(static_cast<uint64_t>(YMessage::Channel::awareness));
  writer.varbytes(awareness);
  return out;
}

Bytes encode_permission_denied(std::string_view reason) {
  Bytes out;
  Writer writer(out);
  writer.varuint(static_cast<uint64_t>(YMessage::Channel::auth));
  writer.varuint(0);
  writer.varstring(reason);
  return out;
}

Bytes encode_query_awareness() { return {static_cast<uint8_t>(YMessage::Channel::query_awareness)}; }

}  // namespace parvis::crdt
