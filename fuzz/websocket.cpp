// WebSocket frames: same events however the bytes are cut; text is UTF-8; limits hold; inflating is bounded.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "base/utf8.h"
#include "proto/websocket.h"
#include "proto/websocket_deflate.h"

using namespace parvis;
using namespace parvis::proto;

namespace {

constexpr size_t max_message = 4000;

std::string events(ByteView in, size_t step, WebSocketDecoder::Role role) {
  WebSocketDecoder decoder({.role = role, .compression = true, .max_message_bytes = max_message});
  std::string out;
  while (!in.empty()) {
    auto piece = in.first(std::min(step, in.size()));
    in = in.subspan(piece.size());
    while (true) {
      auto event = decoder.next(piece);
      if (!event) return out + "error " + std::to_string(event.error());
      if (event->kind == WebSocketEvent::Kind::need_more) break;
      CHECK(event->data.size() <= max_message);
      if (event->kind == WebSocketEvent::Kind::text && !event->compressed) CHECK(utf8::valid(event->data));
      if (event->kind == WebSocketEvent::Kind::close) {
        CHECK(valid_close_code(event->close_code) || event->close_code == close_code::no_status);
      }
      if (event->compressed) {
        static MessageDeflate deflate;
        auto plain = deflate.inflate(event->data, 10'000);
        if (plain) CHECK(plain->size() <= 10'000);
      }
      out += std::to_string(static_cast<int>(event->kind)) + ":" + event->data + ";";
    }
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  auto role = data[0] & 1 ? WebSocketDecoder::Role::server : WebSocketDecoder::Role::client;
  ByteView in(data + 1, size - 1);
  CHECK(events(in, SIZE_MAX, role) == events(in, 1 + (data[0] >> 1) % 16, role));
  return 0;
}
