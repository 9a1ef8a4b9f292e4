#pragma once
// WebSocket framing (RFC 6455), sans-IO, both roles. The decoder holds nothing between messages.
#include <array>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace parvis::proto {

namespace close_code {
inline constexpr uint16_t normal = 1000, going_away = 1001, protocol_error = 1002, no_status = 1005,
                          invalid_data = 1007, policy = 1008, too_big = 1009, internal = 1011, restart = 1012,
                          try_again = 1013;
}
/// Codes a peer may send in a close frame (section 7.4).
bool valid_close_code(uint16_t code);

/// The value of Sec-WebSocket-Accept for a client's key; the key must be 16 bytes in base64.
bool valid_websocket_key(std::string_view key);
std::string websocket_accept(std::string_view key);

enum class Opcode : uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

struct WebSocketEvent {
  enum class Kind : uint8_t { need_more, text, binary, ping, pong, close };
  Kind kind = Kind::need_more;
  bool compressed =
      false;  // a text or binary message still to be inflated; its UTF-8 is then not checked yet
  uint16_t close_code = 0;  // of a close frame; close_code::no_status when it carries none
  std::string data;         // whole message, control payload, or the close reason
};

class WebSocketDecoder {
 public:
  enum class Role : uint8_t { server, client };  // a server demands masked frames, a client refuses them
  struct Options {
    Role role = Role::server;
    bool compression = false;  // RSV1 was negotiated
    size_t max_message_bytes = 1 << 20;
  };
  explicit WebSocketDecoder(Options options) : options_(options) {}

  /// Takes bytes off the front of `in` until an event is complete or `in` is empty (need_more). The error is
  /// the close code to send; after it the decoder must not be used.
  std::expected<WebSocketEvent, uint16_t> next(ByteView& in);
  /// Nothing partial is held.
  bool idle() const { return head_size_ == 0 && !in_frame_ && message_.empty() && !in_message_; }

 private:
  static constexpr size_t max_head_bytes = 14;
  bool take_head(ByteView& in);
  uint16_t open_frame();
  void take_payload(ByteView& in);
  std::expected<WebSocketEvent, uint16_t> finish_frame();
  std::expected<WebSocketEvent, uint16_t> finish_control();
  std::string& target() { return opcode_ >= Opcode::close ? control_ : message_; }

  Options options_;
  std::array<uint8_t, max_head_bytes> head_{};
  std::array<uint8_t, 4> mask_{};
  uint8_t head_size_ = 0;
  uint8_t mask_at_ = 0;
  Opcode opcode_ = Opcode::continuation;
  bool final_ = false;
  bool in_frame_ = false;    // head read, payload incomplete
  bool in_message_ = false;  // between the fragments of one
  bool message_binary_ = false;
  bool message_compressed_ = false;
  uint64_t left_ = 0;  // payload bytes of this frame still to come
  std::string message_;
  std::string control_;
};

inline constexpr size_t max_server_frame_head = 10;
/// Writes the head of an unmasked, final frame; returns its size (2, 4 or 10).
size_t write_frame_head(std::span<uint8_t, max_server_frame_head> out, Opcode opcode, bool compressed,
                        uint64_t size);
/// A whole masked frame, as clients send.
std::string masked_frame(Opcode opcode, std::string_view payload, std::array<uint8_t, 4> mask,
                         bool final = true, bool compressed = false);
/// Payload of a close frame; the reason is cut to what a control frame holds, at a character boundary.
std::string close_payload(uint16_t code, std::string_view reason);

}  // namespace parvis::proto
