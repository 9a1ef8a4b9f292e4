#include "engine/sfu/stun.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

namespace parvis::sfu {
namespace {

constexpr size_t header_bytes = 20;
constexpr size_t integrity_bytes = 24;  // with the attribute's header
constexpr uint16_t binding_request = 0x0001, binding_success = 0x0101;
constexpr uint16_t username = 0x0006, message_integrity = 0x0008, xor_mapped_address = 0x0020;
constexpr uint16_t use_candidate = 0x0025, priority = 0x0024, ice_controlling = 0x802a, fingerprint = 0x8028;
constexpr uint32_t fingerprint_xor = 0x5354'554e;
constexpr std::array<uint8_t, 4> cookie{0x21, 0x12, 0xa4, 0x42};

uint16_t read16(ByteView bytes, size_t at) { return static_cast<uint16_t>(bytes[at] << 8 | bytes[at + 1]); }
void write16(uint8_t* p, size_t v) {
  p[0] = static_cast<uint8_t>(v >> 8);
  p[1] = static_cast<uint8_t>(v);
}

constexpr std::array<uint32_t, 256> crc_table = [] {
  std::array<uint32_t, 256> out{};
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0xedb8'8320 : 0);
    out[i] = crc;
  }
  return out;
}();

uint32_t crc32(ByteView bytes) {
  uint32_t crc = 0xffff'ffff;
  for (uint8_t byte : bytes) crc = crc >> 8 ^ crc_table[(crc ^ byte) & 0xff];
  return ~crc;
}

/// HMAC over the message up to `end`, as if the integrity attribute were its last (RFC 8489 section 14.5).
std::array<uint8_t, 20> integrity(ByteView message, size_t end, std::string_view password) {
  std::array<uint8_t, 20> out;
  std::array<uint8_t, 2'048> copy;
  std::memcpy(copy.data(), message.data(), end);
  write16(copy.data() + 2, end + integrity_bytes - header_bytes);
  HMAC(EVP_sha1(), password.data(), static_cast<int>(password.size()), copy.data(), end, out.data(), nullptr);
  return out;
}

class Writer {
 public:
  Writer(std::span<uint8_t> out, uint16_t type, ByteView transaction) : out_(out) {
    write16(out_.data(), type);
    std::memcpy(out_.data() + 4, cookie.data(), 4);
    std::memcpy(out_.data() + 8, transaction.data(), 12);
  }
  void add(uint16_t type, ByteView value) {
    size_t padded = (value.size() + 3) & ~size_t{3};
    std::memset(out_.data() + length_, 0, 4 + padded);
    write16(out_.data() + length_, type);
    write16(out_.data() + length_ + 2, value.size());
    if (!value.empty()) std::memcpy(out_.data() + length_ + 4, value.data(), value.size());
    length_ += 4 + padded;
    write16(out_.data() + 2, length_ - header_bytes);
  }
  size_t finish(std::string_view password) {
    auto hmac = integrity(out_, length_, password);
    add(message_integrity, hmac);
    write16(out_.data() + 2, length_ + 8 - header_bytes);
    uint32_t crc = crc32(out_.first(length_)) ^ fingerprint_xor;
    std::array<uint8_t, 4> value;
    for (int i = 0; i < 4; ++i) value[i] = static_cast<uint8_t>(crc >> (24 - 8 * i));
    add(fingerprint, value);
    return length_;
  }

 private:
  std::span<uint8_t> out_;
  size_t length_ = header_bytes;
};

}  // namespace

std::optional<StunRequest> parse_stun_request(ByteView message) {
  constexpr size_t max_message = 1'024;  // the longest user name, and the rest of a check
  if (message.size() < header_bytes || message.size() > max_message) return std::nullopt;
  if (read16(message, 0) != binding_request || read16(message, 2) + header_bytes != message.size())
    return std::nullopt;
  if (std::memcmp(message.data() + 4, cookie.data(), 4) != 0) return std::nullopt;
  StunRequest out{.transaction = message.subspan(8, 12)};
  bool has_fingerprint = false;
  size_t at = header_bytes;
  while (at + 4 <= message.size() && !has_fingerprint) {
    uint16_t type = read16(message, at);
    size_t length = read16(message, at + 2);
    if (at + 4 + length > message.size()) return std::nullopt;
    ByteView value = message.subspan(at + 4, length);
    if (type == username && !out.integrity_offset) {
      std::string_view text = as_text(value);
      size_t colon = text.find(':');
      if (colon == std::string_view::npos) return std::nullopt;
      out.local_ufrag = text.substr(0, colon);
      out.remote_ufrag = text.substr(colon + 1);
    } else if (type == use_candidate && !out.integrity_offset) {
      out.use_candidate = true;
    } else if (type == message_integrity && !out.integrity_offset) {
      if (length != 20) return std::nullopt;
      out.integrity_offset = at;
    } else if (type == fingerprint) {
      if (length != 4 || at + 8 != message.size()) return std::nullopt;
      uint32_t told = uint32_t{read16(value, 0)} << 16 | read16(value, 2);
      if (told != (crc32(message.first(at)) ^ fingerprint_xor)) return std::nullopt;
      has_fingerprint = true;
    }
    at += 4 + ((length + 3) & ~size_t{3});
  }
  if (!has_fingerprint || !out.integrity_offset || out.local_ufrag.empty()) return std::nullopt;
  return out;
}

bool stun_integrity_holds(ByteView message, const StunRequest& request, std::string_view password) {
  auto expected = integrity(message, request.integrity_offset, password);
  return equal_secret(expected, message.subspan(request.integrity_offset + 4, 20));
}

size_t write_stun_response(std::span<uint8_t> out, const StunRequest& request, const Peer& peer,
                           std::string_view password) {
  Writer writer(out, binding_success, request.transaction);
  std::array<uint8_t, 20> mapped{};
  mapped[1] = peer.v4() ? 1 : 2;
  write16(mapped.data() + 2, peer.port ^ 0x2112);
  size_t length = peer.v4() ? 4 : 16;
  std::memcpy(mapped.data() + 4, peer.ip.data() + (16 - length), length);
  for (size_t i = 0; i < length; ++i) mapped[4 + i] ^= i < 4 ? cookie[i] : request.transaction[i - 4];
  writer.add(xor_mapped_address, ByteView(mapped).first(4 + length));
  return writer.finish(password);
}

size_t write_stun_request(std::span<uint8_t> out, ByteView transaction, std::string_view name,
                          std::string_view password, bool nominates) {
  Writer writer(out, binding_request, transaction);
  writer.add(username, as_bytes(name));
  constexpr std::array<uint8_t, 8> tie_breaker{1, 2, 3, 4, 5, 6, 7, 8};
  writer.add(ice_controlling, tie_breaker);
  constexpr std::array<uint8_t, 4> host_priority{0x7e, 0xff, 0xff, 0xff};
  writer.add(priority, host_priority);
  if (nominates) writer.add(use_candidate, {});
  return writer.finish(password);
}

}  // namespace parvis::sfu
