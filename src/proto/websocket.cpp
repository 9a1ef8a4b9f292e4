#include "proto/websocket.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/utf8.h"
#include "proto/sha1.h"

namespace parvis::proto {
namespace {

constexpr size_t max_control_bytes = 125;

void unmask(char* data, size_t size, const std::array<uint8_t, 4>& mask, uint8_t& at) {
  size_t i = 0;
  for (; i < size && at != 0; ++i, at = (at + 1) & 3) data[i] = static_cast<char>(data[i] ^ mask[at]);
  uint64_t wide;
  std::memcpy(&wide, mask.data(), 4);
  wide |= wide << 32;
  for (; i + 8 <= size; i += 8) {
    uint64_t word;
    std::memcpy(&word, data + i, 8);
    word ^= wide;
    std::memcpy(data + i, &word, 8);
  }
  for (; i < size; ++i, at = (at + 1) & 3) data[i] = static_cast<char>(data[i] ^ mask[at]);
}

}  // namespace

bool valid_close_code(uint16_t code) {
  if (code >= 3000 && code <= 4999) return true;
  return code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006;
}

bool valid_websocket_key(std::string_view key) {
  Bytes nonce;
  return key.size() == 24 && from_base64(key, Base64::standard_padded, nonce) && nonce.size() == 16;
}

std::string websocket_accept(std::string_view key) {
  return to_base64(sha1(std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"), Base64::standard_padded);
}

bool WebSocketDecoder::take_head(ByteView& in) {
  auto wanted = [&]() -> size_t {
    if (head_size_ < 2) return 2;
    size_t extended = (head_[1] & 0x7f) == 126 ? 2 : (head_[1] & 0x7f) == 127 ? 8 : 0;
    return 2 + extended + (head_[1] & 0x80 ? 4 : 0);
  };
  while (head_size_ < wanted() && !in.empty()) {
    size_t count = std::min(wanted() - head_size_, in.size());
    std::copy_n(in.begin(), count, head_.begin() + head_size_);
    head_size_ = static_cast<uint8_t>(head_size_ + count);
    in = in.subspan(count);
  }
  return head_size_ >= 2 && head_size_ == wanted();
}

/// Checks the head just read and prepares for its payload; returns a close code, 0 when fine.
uint16_t WebSocketDecoder::open_frame() {
  final_ = head_[0] & 0x80;
  opcode_ = static_cast<Opcode>(head_[0] & 0x0f);
  bool compressed = head_[0] & 0x40;
  bool masked = head_[1] & 0x80;
  bool control = opcode_ >= Opcode::close;
  if (head_[0] & 0x30) return close_code::protocol_error;
  if (masked != (options_.role == Role::server)) return close_code::protocol_error;
  if (opcode_ > Opcode::pong || (opcode_ > Opcode::binary && !control)) return close_code::protocol_error;
  left_ = head_[1] & 0x7f;
  size_t extended = left_ == 126 ? 2 : left_ == 127 ? 8 : 0;
  if (extended) {
    left_ = 0;
    for (size_t i = 0; i < extended; ++i) left_ = left_ << 8 | head_[2 + i];
    if (left_ < (extended == 2 ? 126u : 65536u) || left_ >> 63) return close_code::protocol_error;
  }
  if (masked) std::copy_n(head_.begin() + 2 + extended, 4, mask_.begin());
  mask_at_ = 0;
  head_size_ = 0;
  in_frame_ = true;
  if (control) {
    if (!final_ || compressed || left_ > max_control_bytes) return close_code::protocol_error;
    return 0;
  }
  bool continues = opcode_ == Opcode::continuation;
  if (continues != in_message_) return close_code::protocol_error;
  if (compressed && (continues || !options_.compression)) return close_code::protocol_error;
  if (!continues) {
    message_binary_ = opcode_ == Opcode::binary;
    message_compressed_ = compressed;
  }
  if (left_ > options_.max_message_bytes - message_.size()) return close_code::too_big;
  in_message_ = true;
  return 0;
}

void WebSocketDecoder::take_payload(ByteView& in) {
  auto count = static_cast<size_t>(std::min<uint64_t>(left_, in.size()));
  if (count == 0) return;
  auto& text = target();
  size_t start = text.size();
  text.append(as_text(in.first(count)));
  if (options_.role == Role::server) unmask(text.data() + start, count, mask_, mask_at_);
  in = in.subspan(count);
  left_ -= count;
}

std::expected<WebSocketEvent, uint16_t> WebSocketDecoder::finish_control() {
  WebSocketEvent event;
  event.data = std::exchange(control_, {});
  if (opcode_ == Opcode::ping) event.kind = WebSocketEvent::Kind::ping;
  if (opcode_ == Opcode::pong) event.kind = WebSocketEvent::Kind::pong;
  if (opcode_ != Opcode::close) return event;
  event.kind = WebSocketEvent::Kind::close;
  event.close_code = close_code::no_status;
  if (event.data.empty()) return event;
  if (event.data.size() == 1) return std::unexpected(close_code::protocol_error);
  auto bytes = as_bytes(event.data);
  event.close_code = static_cast<uint16_t>(bytes[0] << 8 | bytes[1]);
  event.data.erase(0, 2);
  if (!valid_close_code(event.close_code)) return std::unexpected(close_code::protocol_error);
  if (!utf8::valid(event.data)) return std::unexpected(close_code::invalid_data);
  return event;
}

std::expected<WebSocketEvent, uint16_t> WebSocketDecoder::finish_frame() {
  in_frame_ = false;
  if (opcode_ >= Opcode::close) return finish_control();
  WebSocketEvent event;
  if (!final_) return event;
  in_message_ = false;
  event.kind = message_binary_ ? WebSocketEvent::Kind::binary : WebSocketEvent::Kind::text;
  event.compressed = message_compressed_;
  event.data = std::exchange(message_, {});
  if (!message_binary_ && !message_compressed_ && !utf8::valid(event.data)) {
    return std::unexpected(close_code::invalid_data);
  }
  return event;
}

std::expected<WebSocketEvent, uint16_t> WebSocketDecoder::next(ByteView& in) {
  while (true) {
    if (!in_frame_) {
      if (!take_head(in)) return WebSocketEvent{};
      if (auto code = open_frame()) return std::unexpected(code);
    }
    take_payload(in);
    if (left_ > 0) return WebSocketEvent{};
    auto event = finish_frame();
    if (!event || event->kind != WebSocketEvent::Kind::need_more) return event;
  }
}

size_t write_frame_head(std::span<uint8_t, max_server_frame_head> out, Opcode opcode, bool compressed,
                        uint64_t size) {
  out[0] = static_cast<uint8_t>(0x80 | (compressed ? 0x40 : 0) | static_cast<uint8_t>(opcode));
  if (size < 126) {
    out[1] = static_cast<uint8_t>(size);
    return 2;
  }
  size_t extended = size < 65536 ? 2 : 8;
  out[1] = extended == 2 ? 126 : 127;
  for (size_t i = 0; i < extended; ++i) out[2 + i] = static_cast<uint8_t>(size >> (8 * (extended - 1 - i)));
  return 2 + extended;
}

std::string masked_frame(Opcode opcode, std::string_view payload, std::array<uint8_t, 4> mask, bool final,
                         bool compressed) {
  std::array<uint8_t, max_server_frame_head> head;
  size_t head_size = write_frame_head(head, opcode, compressed, payload.size());
  if (!final) head[0] &= 0x7f;
  head[1] |= 0x80;
  std::string out(as_text({head.data(), head_size}));
  out.append(as_text(mask));
  size_t start = out.size();
  out.append(payload);
  uint8_t at = 0;
  unmask(out.data() + start, payload.size(), mask, at);
  return out;
}

std::string close_payload(uint16_t code, std::string_view reason) {
  std::string out = {static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
  while (!reason.empty()) {
    size_t length = utf8::sequence_length(reason);
    if (length == 0 || out.size() + length > max_control_bytes) break;
    out.append(reason.substr(0, length));
    reason.remove_prefix(length);
  }
  return out;
}

}  // namespace parvis::proto
