#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <cstring>

#include "base/check.h"
#include "engine/sfu/rtp.h"
#include "engine/sfu/srtp.h"

// HMAC_CTX: its successor costs several times more per packet.
#pragma clang diagnostic ignored "-Wdeprecated-declarations"

namespace parvis::sfu {
namespace {

constexpr size_t gcm_tag = 16;
constexpr size_t sha1_tag = 10;
constexpr size_t rtcp_clear = 8;  // first header and sender's SSRC stay in the clear
constexpr uint32_t encrypted_bit = 0x8000'0000;

uint32_t read32(const uint8_t* p) { return uint32_t{p[0]} << 24 | p[1] << 16 | p[2] << 8 | p[3]; }
void write32(uint8_t* p, uint32_t v) {
  for (int i = 0; i < 4; ++i) p[i] = static_cast<uint8_t>(v >> (24 - 8 * i));
}

struct Context {
  EVP_CIPHER_CTX* get = EVP_CIPHER_CTX_new();
  ~Context() { EVP_CIPHER_CTX_free(get); }
};

/// RFC 3711 section 4.3.3: AES-CM as key derivation; the label is byte 7 of the 14 bytes of salt.
void derive(const SrtpKeys& keys, uint8_t label, std::span<uint8_t> out) {
  std::array<uint8_t, 16> iv{};
  std::memcpy(iv.data(), keys.salt.data(), 14);
  iv[7] ^= label;
  Context context;
  std::array<uint8_t, 32> zeros{};
  int length = 0;
  CHECK(EVP_EncryptInit_ex(context.get, EVP_aes_128_ctr(), nullptr, keys.key.data(), iv.data()) == 1);
  CHECK(EVP_EncryptUpdate(context.get, out.data(), &length, zeros.data(), static_cast<int>(out.size())) == 1);
}

struct Keyed {
  Context cipher;
  HMAC_CTX* hmac = nullptr;
  std::array<uint8_t, 14> salt{};
  ~Keyed() {
    if (hmac) HMAC_CTX_free(hmac);
  }
};

// RFC 3711 section 3.3.1: the roll-over counter that brings `sequence` nearest to `highest`.
uint64_t extend(uint64_t highest, bool started, uint16_t sequence) {
  if (!started) return sequence;
  auto delta = static_cast<int16_t>(sequence - static_cast<uint16_t>(highest));
  if (delta < 0 && highest < static_cast<uint64_t>(-delta)) return (uint64_t{1} << 48) - 1;
  return highest + static_cast<uint64_t>(int64_t{delta});
}

}  // namespace

struct Srtp::Ciphers {
  SrtpProfile profile;
  Keyed rtp, rtcp;

  explicit Ciphers(const SrtpKeys& keys) : profile(keys.profile) {
    set(rtp, keys, 0);
    set(rtcp, keys, 3);
  }
  bool gcm() const { return profile == SrtpProfile::aead_aes_128_gcm; }

  void set(Keyed& out, const SrtpKeys& keys, uint8_t label) {
    std::array<uint8_t, 16> key;
    derive(keys, label, key);
    derive(keys, static_cast<uint8_t>(label + 2), std::span(out.salt).first(gcm() ? 12 : 14));
    const EVP_CIPHER* cipher = gcm() ? EVP_aes_128_gcm() : EVP_aes_128_ctr();
    CHECK(EVP_CipherInit_ex(out.cipher.get, cipher, nullptr, key.data(), nullptr, 1) == 1);
    if (gcm()) return;
    std::array<uint8_t, 20> auth;
    derive(keys, static_cast<uint8_t>(label + 1), auth);
    out.hmac = HMAC_CTX_new();
    CHECK(HMAC_Init_ex(out.hmac, auth.data(), auth.size(), EVP_sha1(), nullptr) == 1);
  }

  /// RFC 7714 sections 8.1, 9.1: SSRC at 2, the 48-bit packet index at 6.
  void set_gcm_iv(Keyed& keyed, uint32_t ssrc, uint64_t index, bool encrypt) {
    std::array<uint8_t, 12> iv{};
    write32(iv.data() + 2, ssrc);
    for (int i = 0; i < 6; ++i) iv[6 + i] = static_cast<uint8_t>(index >> (40 - 8 * i));
    for (int i = 0; i < 12; ++i) iv[i] ^= keyed.salt[i];
    EVP_CipherInit_ex(keyed.cipher.get, nullptr, nullptr, nullptr, iv.data(), encrypt);
  }
  void run_counter(Keyed& keyed, uint32_t ssrc, uint64_t index, std::span<uint8_t> bytes) {
    std::array<uint8_t, 16> iv{};
    write32(iv.data() + 4, ssrc);
    for (int i = 0; i < 6; ++i) iv[8 + i] = static_cast<uint8_t>(index >> (40 - 8 * i));
    for (int i = 0; i < 14; ++i) iv[i] ^= keyed.salt[i];
    int length = 0;
    EVP_CipherInit_ex(keyed.cipher.get, nullptr, nullptr, nullptr, iv.data(), 1);
    EVP_CipherUpdate(keyed.cipher.get, bytes.data(), &length, bytes.data(), static_cast<int>(bytes.size()));
  }
  std::array<uint8_t, 20> tag(Keyed& keyed, std::span<const uint8_t> bytes, const uint32_t* roll_over) {
    std::array<uint8_t, 20> out;
    HMAC_Init_ex(keyed.hmac, nullptr, 0, nullptr, nullptr);
    HMAC_Update(keyed.hmac, bytes.data(), bytes.size());
    if (roll_over) {
      std::array<uint8_t, 4> counter;
      write32(counter.data(), *roll_over);
      HMAC_Update(keyed.hmac, counter.data(), 4);
    }
    HMAC_Final(keyed.hmac, out.data(), nullptr);
    return out;
  }

  void seal(Keyed& keyed, std::span<const uint8_t> aad, std::span<const uint8_t> aad2,
            std::span<uint8_t> text, uint8_t* tag_out) {
    int length = 0;
    auto* cipher = keyed.cipher.get;
    EVP_EncryptUpdate(cipher, nullptr, &length, aad.data(), static_cast<int>(aad.size()));
    if (!aad2.empty())
      EVP_EncryptUpdate(cipher, nullptr, &length, aad2.data(), static_cast<int>(aad2.size()));
    EVP_EncryptUpdate(cipher, text.data(), &length, text.data(), static_cast<int>(text.size()));
    EVP_EncryptFinal_ex(cipher, text.data() + text.size(), &length);
    EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_GET_TAG, gcm_tag, tag_out);
  }
  bool open(Keyed& keyed, std::span<const uint8_t> aad, std::span<const uint8_t> aad2,
            std::span<uint8_t> text, uint8_t* tag_in) {
    int length = 0;
    auto* cipher = keyed.cipher.get;
    EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, gcm_tag, tag_in);
    EVP_DecryptUpdate(cipher, nullptr, &length, aad.data(), static_cast<int>(aad.size()));
    if (!aad2.empty())
      EVP_DecryptUpdate(cipher, nullptr, &length, aad2.data(), static_cast<int>(aad2.size()));
    EVP_DecryptUpdate(cipher, text.data(), &length, text.data(), static_cast<int>(text.size()));
    return EVP_DecryptFinal_ex(cipher, text.data() + text.size(), &length) == 1;
  }
};

Srtp::Srtp(const SrtpKeys& keys, size_t max_sources)
    : max_sources_(max_sources), ciphers_(std::make_unique<Ciphers>(keys)) {}
Srtp::~Srtp() = default;
Srtp::Srtp(Srtp&&) noexcept = default;

Srtp::Source* Srtp::source(uint32_t ssrc) {
  auto found = sources_.find(ssrc);
  if (found != sources_.end()) return &found->second;
  if (sources_.size() >= max_sources_) return nullptr;
  return &sources_[ssrc];
}

size_t Srtp::protect_rtp(std::span<uint8_t> packet, size_t length) {
  auto header = parse_rtp(packet.first(length));
  if (!header || packet.size() < length + max_overhead) return 0;
  Source* source = this->source(header->ssrc);
  if (!source) return 0;
  uint64_t index = extend(source->highest, source->started, header->sequence);
  if (index >> 48 || index + 1 == uint64_t{1} << 48) return 0;
  if (!source->started || index > source->highest) source->highest = index;
  source->started = true;
  auto clear = packet.first(header->payload_offset);
  auto text = packet.subspan(header->payload_offset, length - header->payload_offset);
  if (ciphers_->gcm()) {
    ciphers_->set_gcm_iv(ciphers_->rtp, header->ssrc, index, true);
    ciphers_->seal(ciphers_->rtp, clear, {}, text, packet.data() + length);
    return length + gcm_tag;
  }
  ciphers_->run_counter(ciphers_->rtp, header->ssrc, index, text);
  auto roll_over = static_cast<uint32_t>(index >> 16);
  auto tag = ciphers_->tag(ciphers_->rtp, packet.first(length), &roll_over);
  std::memcpy(packet.data() + length, tag.data(), sha1_tag);
  return length + sha1_tag;
}

size_t Srtp::unprotect_rtp(std::span<uint8_t> packet) {
  size_t overhead = ciphers_->gcm() ? gcm_tag : sha1_tag;
  if (packet.size() < 12 + overhead) return 0;
  size_t length = packet.size() - overhead;
  auto header = parse_rtp_header(packet.first(length));
  if (!header) return 0;
  auto found = sources_.find(header->ssrc);
  if (found == sources_.end() && sources_.size() >= max_sources_) return 0;
  Source state = found == sources_.end() ? Source{} : found->second;
  uint64_t index = extend(state.highest, state.started, header->sequence);
  if (index >> 48 || index + 1 == uint64_t{1} << 48) return 0;
  if (state.started && index <= state.highest) {
    uint64_t back = state.highest - index;
    if (back >= 64 || state.window >> back & 1) return 0;
  }
  auto clear = packet.first(header->payload_offset);
  auto text = packet.subspan(header->payload_offset, length - header->payload_offset);
  if (ciphers_->gcm()) {
    ciphers_->set_gcm_iv(ciphers_->rtp, header->ssrc, index, false);
    if (!ciphers_->open(ciphers_->rtp, clear, {}, text, packet.data() + length)) return 0;
  } else {
    auto roll_over = static_cast<uint32_t>(index >> 16);
    auto tag = ciphers_->tag(ciphers_->rtp, packet.first(length), &roll_over);
    if (!equal_secret(ByteView(tag).first(sha1_tag), packet.subspan(length, sha1_tag))) return 0;
    ciphers_->run_counter(ciphers_->rtp, header->ssrc, index, text);
  }
  // Only a packet that proved authentic changes what is remembered.
  if (!state.started || index > state.highest) {
    uint64_t ahead = state.started ? index - state.highest : 64;
    state.window = (ahead >= 64 ? 0 : state.window << ahead) | 1;
    state.highest = index;
    state.started = true;
  } else {
    state.window |= uint64_t{1} << (state.highest - index);
  }
  sources_[header->ssrc] = state;
  return length;
}

size_t Srtp::protect_rtcp(std::span<uint8_t> packet, size_t length) {
  if (length < rtcp_clear || packet.size() < length + max_overhead) return 0;
  uint32_t ssrc = read32(packet.data() + 4);
  uint32_t index = rtcp_index_++ & ~encrypted_bit;
  std::array<uint8_t, 4> word;
  write32(word.data(), index | encrypted_bit);
  auto text = packet.subspan(rtcp_clear, length - rtcp_clear);
  if (ciphers_->gcm()) {
    ciphers_->set_gcm_iv(ciphers_->rtcp, ssrc, index, true);
    ciphers_->seal(ciphers_->rtcp, packet.first(rtcp_clear), word, text, packet.data() + length);
    std::memcpy(packet.data() + length + gcm_tag, word.data(), 4);
    return length + gcm_tag + 4;
  }
  ciphers_->run_counter(ciphers_->rtcp, ssrc, index, text);
  std::memcpy(packet.data() + length, word.data(), 4);
  auto tag = ciphers_->tag(ciphers_->rtcp, packet.first(length + 4), nullptr);
  std::memcpy(packet.data() + length + 4, tag.data(), sha1_tag);
  return length + 4 + sha1_tag;
}

size_t Srtp::unprotect_rtcp(std::span<uint8_t> packet) {
  size_t overhead = 4 + (ciphers_->gcm() ? gcm_tag : sha1_tag);
  if (packet.size() < rtcp_clear + overhead) return 0;
  size_t length = packet.size() - overhead;
  const uint8_t* word_at = packet.data() + (ciphers_->gcm() ? packet.size() - 4 : length);
  uint32_t word = read32(word_at), index = word & ~encrypted_bit, ssrc = read32(packet.data() + 4);
  if (!(word & encrypted_bit)) return 0;
  auto found = control_sources_.find(ssrc);
  if (found == control_sources_.end() && control_sources_.size() >= max_sources_) return 0;
  Source state = found == control_sources_.end() ? Source{} : found->second;
  if (state.started && index <= state.highest) {
    uint64_t back = state.highest - index;
    if (back >= 64 || state.window >> back & 1) return 0;
  }
  auto text = packet.subspan(rtcp_clear, length - rtcp_clear);
  if (ciphers_->gcm()) {
    std::array<uint8_t, 4> aad;
    std::memcpy(aad.data(), word_at, 4);
    ciphers_->set_gcm_iv(ciphers_->rtcp, ssrc, index, false);
    if (!ciphers_->open(ciphers_->rtcp, packet.first(rtcp_clear), aad, text, packet.data() + length))
      return 0;
  } else {
    auto tag = ciphers_->tag(ciphers_->rtcp, packet.first(length + 4), nullptr);
    if (!equal_secret(ByteView(tag).first(sha1_tag), packet.subspan(length + 4, sha1_tag))) return 0;
    ciphers_->run_counter(ciphers_->rtcp, ssrc, index, text);
  }
  if (!state.started || index > state.highest) {
    uint64_t ahead = state.started ? index - state.highest : 64;
    state.window = (ahead >= 64 ? 0 : state.window << ahead) | 1;
    state.highest = index;
    state.started = true;
  } else {
    state.window |= uint64_t{1} << (state.highest - index);
  }
  control_sources_[ssrc] = state;
  return length;
}

}  // namespace parvis::sfu
