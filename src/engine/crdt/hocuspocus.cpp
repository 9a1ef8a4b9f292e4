#include "engine/crdt/hocuspocus.h"

#include "engine/crdt/errors.h"
#include "engine/crdt/wire.h"

namespace parvis::crdt {
namespace {

using Message = HocuspocusMessage;
using Type = Message::Type;

void read_auth(Reader& reader, Message& out) {
  uint64_t kind = reader.varuint();
  if (kind > 2) return reader.fail();
  out.auth = static_cast<Message::Auth>(kind);
  if (out.auth == Message::Auth::token && reader.at_end()) return;
  out.has_text = true;
  out.text = read_message_text(reader);
  if (out.auth == Message::Auth::token && !reader.at_end()) out.provider_version = read_message_text(reader);
}

void read_body(Reader& reader, Message& out) {
  switch (out.type) {
    case Type::sync:
    case Type::sync_reply:
      out.sync = read_sync_message(reader);
      return;
    case Type::awareness:
      out.awareness = reader.varbytes();
      return;
    case Type::auth:
      return read_auth(reader, out);
    case Type::query_awareness:
      return;
    case Type::close:
      if (reader.at_end()) return;
      [[fallthrough]];
    case Type::stateless:
    case Type::broadcast_stateless:
      out.has_text = true;
      out.text = read_message_text(reader);
      return;
    case Type::sync_status:
      out.applied = reader.varuint() == 1;
      return;
    case Type::ping:
    case Type::pong:
      return;
  }
}

Message make(std::string_view address, Type type) {
  Message message;
  message.address = address;
  message.type = type;
  return message;
}

Bytes with_text(Message message, std::string_view text) {
  message.has_text = true;
  message.text = text;
  return encode_hocuspocus(message);
}

}  // namespace

Result<HocuspocusMessage> decode_hocuspocus(ByteView bytes) {
  constexpr uint64_t last_type = static_cast<uint64_t>(Type::pong);
  Message out;
  if (bytes.size() == 1 && (bytes[0] == static_cast<uint8_t>(Type::ping) || bytes[0] == last_type)) {
    out.type = static_cast<Type>(bytes[0]);
    return out;
  }
  Reader reader(bytes);
  out.address = read_message_text(reader);
  uint64_t type = reader.varuint();
  if (reader.failed() || type > last_type) return fail(reasons::malformed, "hocuspocus header");
  if (out.address.size() > max_address_bytes) return fail(reasons::too_large, "hocuspocus address");
  out.type = static_cast<Type>(type);
  read_body(reader, out);
  if (reader.failed()) return fail(reasons::malformed, "hocuspocus body");
  return out;
}

Bytes encode_hocuspocus(const HocuspocusMessage& message) {
  Bytes out;
  Writer writer(out);
  if (message.address.empty() && (message.type == Type::ping || message.type == Type::pong)) {
    writer.byte(static_cast<uint8_t>(message.type));
    return out;
  }
  writer.varstring(message.address);
  writer.varuint(static_cast<uint64_t>(message.type));
  switch (message.type) {
    case Type::sync:
    case Type::sync_reply:
      write_sync_message(writer, message.sync.step, message.sync.body);
      break;
    case Type::awareness:
      writer.varbytes(message.awareness);
      break;
    case Type::auth:
      writer.varuint(static_cast<uint64_t>(message.auth));
      if (message.has_text) writer.varstring(message.text);
      if (!message.provider_version.empty()) writer.varstring(message.provider_version);
      break;
    case Type::close:
    case Type::stateless:
    case Type::broadcast_stateless:
      if (message.has_text) writer.varstring(message.text);
      break;
    case Type::sync_status:
      writer.varuint(message.applied ? 1 : 0);
      break;
    case Type::query_awareness:
    case Type::ping:
    case Type::pong:
      break;
  }
  return out;
}

Bytes hocuspocus_sync(std::string_view address, SyncStep step, ByteView body) {
  Message message = make(address, Type::sync);
  message.sync = {step, body};
  return encode_hocuspocus(message);
}

Bytes hocuspocus_awareness(std::string_view address, ByteView awareness) {
  Message message = make(address, Type::awareness);
  message.awareness = awareness;
  return encode_hocuspocus(message);
}

Bytes hocuspocus_denied(std::string_view address, std::string_view reason) {
  Message message = make(address, Type::auth);
  message.auth = Message::Auth::denied;
  return with_text(message, reason);
}

Bytes hocuspocus_authenticated(std::string_view address, bool read_only) {
  Message message = make(address, Type::auth);
  message.auth = Message::Auth::authenticated;
  return with_text(message, read_only ? "readonly" : "read-write");
}

Bytes hocuspocus_sync_status(std::string_view address, bool applied) {
  Message message = make(address, Type::sync_status);
  message.applied = applied;
  return encode_hocuspocus(message);
}

Bytes hocuspocus_stateless(std::string_view address, std::string_view payload) {
  return with_text(make(address, Type::stateless), payload);
}

Bytes hocuspocus_close(std::string_view address, std::string_view reason) {
  return with_text(make(address, Type::close), reason);
}

}  // namespace parvis::crdt
